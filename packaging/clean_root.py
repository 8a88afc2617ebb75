"""The Debian packages in a clean Debian. `sh packaging/clean-root.sh` runs it."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installed import STEPS, VERSION
from machine import CannotBoot, booted, make_root
from story import USER, Story

HERE = Path(__file__).parent
SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108  # where X servers have theirs


def newer(package: Path, into: Path) -> Path:
    """The same package as a newer version: what an upgrade is tried with."""
    name, version, rest = package.name.split("_")
    with tempfile.TemporaryDirectory(dir=into) as place:
        subprocess.run(["/usr/bin/dpkg-deb", "-R", package, place], check=True)
        control = Path(place) / "DEBIAN/control"
        control.write_text(control.read_text("utf-8").replace(f"Version: {version}", f"Version: {version}+1"), "utf-8")
        made = into / f"{name}_{version}+1_{rest}"
        subprocess.run(
            ["/usr/bin/dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "-b", place, made],
            check=True,
            capture_output=True,
        )
    return made


@contextmanager
def display() -> Iterator[str]:
    """A display in memory, on a number of its own. Its clients, in another machine, share no memory."""
    reading, writing = os.pipe()
    words = [
        "/usr/bin/Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1024x768x24",
        "-nolisten",
        "tcp",
        "-extension",
        "MIT-SHM",
        "-ac",
    ]
    server = subprocess.Popen(words, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def main() -> int:
    """Make the machine, live in it. Returns the exit code."""
    options = argparse.ArgumentParser(prog="sh packaging/clean-root.sh", description=__doc__)
    options.add_argument("packages", nargs="?", type=Path, help="the folder with the .deb files; else they are built")
    options.add_argument("--pictures", type=Path, default=Path("build"), help="where the window's picture goes")
    chosen = options.parse_args()
    chosen.pictures.mkdir(parents=True, exist_ok=True)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kilotill-clean-root"
    with tempfile.TemporaryDirectory(prefix="kilotill-clean-root-") as place:
        here = Path(place)
        built = chosen.packages or here / "built"
        if chosen.packages is None:
            subprocess.run(["/bin/sh", HERE / "debian/build.sh", built], check=True)
        packages = sorted(built.glob(f"kilotill-*_{VERSION}_*.deb"))
        try:
            print("A clean Debian is made, and what the packages depend on is downloaded ...", flush=True)
            make_root(here, [*packages, *(newer(package, here) for package in packages)], cache)
            with display() as name, booted(here / "root", SOCKETS) as machine:
                story = Story(machine, name, chosen.pictures)
                story.run("useradd", "--create-home", USER)
                for step in STEPS:
                    print(f"\n* {(step.__doc__ or '').strip()}", flush=True)
                    try:
                        step(story)
                    except (LookupError, TypeError, AttributeError, ValueError) as error:
                        story.check("the answers are as they should be", False, repr(error))
        except CannotBoot as error:
            print(f"\nIt could not be tried. {error}", file=sys.stderr)
            return 1
    print(f"\n{story.wrong} not so." if story.wrong else "\nAll of it holds.")
    return min(story.wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
