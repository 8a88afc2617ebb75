"""A machine of its own: a clean Debian, booted by systemd-nspawn, with no network but its loopback."""

import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BASE = (
    "systemd", "systemd-sysv", "dbus", "libpam-systemd", "sudo", "ca-certificates", "logrotate",
)  # fmt: skip
"""What a server has before our packages come; all else must come by what they depend on."""

_BOOT_SECONDS, _HALT_SECONDS, _COMMAND_SECONDS = 180, 60, 900


class CannotBoot(Exception):
    """The machine cannot be made or booted here; the text says why."""


@dataclass(frozen=True)
class Ran:
    """A command that has ended. `said`: both of its outputs."""

    code: int
    said: str


class Machine:
    """A booted Debian.

    Attributes:
        root: its root folder, seen from here.
        leader: the process here that is its first process.
    """

    def __init__(self, root: Path, leader: int) -> None:
        self.root = root
        self.leader = leader

    def run(self, *words: str, user: str = "root", **environment: str) -> Ran:
        """Run a command in it, as one of its users."""
        enter = ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--root"]
        become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        home = "/root" if user == "root" else f"/home/{user}"
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LANG": "C.UTF-8", "USER": user} | environment
        done = subprocess.run(
            [*enter, f"--wdns={home}", *become, *words],
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout.strip())

    def write(self, path: str, text: str) -> None:
        """Write a file in it, root's."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def make_root(place: Path, packages: list[Path], cache: Path) -> None:
    """A clean Debian in `place`, with `packages` in /stage and all that they depend on downloaded, nothing installed.

    Args:
        cache: where what was downloaded is kept for the next time.

    Raises:
        CannotBoot: it could not be made.
    """
    base = _clean_debian(place, cache)
    root = place / "root"
    root.mkdir()
    _must(["tar", "-xpf", str(base), "-C", str(root)])
    (root / "etc/hosts").write_text("127.0.0.1 localhost office\n")
    (root / "etc/hostname").write_text("office\n")
    (root / "etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n")  # nobody pulls this machine's plug
    (root / "stage").mkdir()
    for package in packages:
        shutil.copy(package, root / "stage")
    archives, names = root / "var/cache/apt/archives", [f"/stage/{package.name}" for package in packages]
    for kept in (cache / "archives").glob("*.deb"):
        shutil.copy(kept, archives)
    _must(["chroot", str(root), "apt-get", "install", "-y", "--download-only", "--no-install-recommends", *names])
    (cache / "archives").mkdir(exist_ok=True)
    for fetched in archives.glob("*.deb"):
        shutil.copy(fetched, cache / "archives")


@contextmanager
def booted(root: Path, sockets: Path) -> Iterator[Machine]:
    """The machine, booted, and halted at the end.

    Args:
        sockets: the folder with the display's socket; it is the machine's too.

    Raises:
        CannotBoot: systemd did not come up.
    """
    words = [
        "--directory",
        str(root),
        "--boot",
        "--private-network",
        "--register=no",
        "--keep-unit",
        "--hostname=office",
    ]
    log = root.parent / "boot.log"
    with log.open("w") as told:
        box = subprocess.Popen(
            ["/usr/bin/systemd-nspawn", *words, f"--bind-ro={sockets}"],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _when_up(root, box, log)
    finally:
        box.send_signal(signal.SIGTERM)  # nspawn halts what it has booted
        try:
            box.wait(_HALT_SECONDS)
        except subprocess.TimeoutExpired:
            box.kill()
            box.wait()


def _when_up(root: Path, box: "subprocess.Popen[bytes]", log: Path) -> Machine:
    until = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < until and box.poll() is None:
        time.sleep(0.5)
        leader = _first_process(box.pid)
        if leader is not None:
            machine = Machine(root, leader)
            if machine.run("systemctl", "is-system-running").said in ("running", "degraded"):
                return machine
    raise CannotBoot(f"systemd did not come up in it: {log.read_text(errors='replace')[-2000:]}")


def _first_process(of: int) -> int | None:
    """The systemd that nspawn started, when it is there."""
    waiting = [of]
    while waiting:
        process = waiting.pop()
        try:
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
            if process != of and Path(f"/proc/{process}/comm").read_text().strip() == "systemd":
                return process
        except OSError:
            continue
        waiting += [int(child) for child in children]
    return None


def _clean_debian(place: Path, cache: Path) -> Path:
    """A clean Debian in a tar file, made where there is none yet."""
    cache.mkdir(parents=True, exist_ok=True)
    suite = _codename()
    base = cache / f"{suite}.tar"
    if not base.exists():
        fresh = place / "fresh"
        _must(["debootstrap", "--variant=minbase", f"--include={','.join(BASE)}", suite, str(fresh)])
        with tarfile.open(base.with_suffix(".part"), "w") as tar:
            tar.add(fresh, ".")
        base.with_suffix(".part").rename(base)
        shutil.rmtree(fresh)
    return base


def _codename() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise CannotBoot("This is no Debian: /etc/os-release names no version.")


def _must(words: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBoot(f"`{' '.join(words)}` ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
