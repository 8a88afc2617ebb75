"""Has the frozen till do a till's work where nothing of the checkout is at hand; `packaging/frozen/check.sh` runs it.

The office is the checkout's. A line for each thing that holds, or does not; ends with 1 if one does not.
"""

import argparse
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageGrab
from stage import BIN, CLERKS, PIN, TARIFF, Stage, Wrong, must

from till import VERSION

WIDTH, HEIGHT = 1280, 800
PCSCD = "/usr/sbin/pcscd"
DISPLAYS = Path("/tmp/.X11-unix")  # noqa: S108  # where X servers listen
PATIENCE = 30.0
"""Seconds that something may take on a loaded machine."""
SEEN, ALIKE = 48, 0.01
"""A difference of brightness that one sees, and the part of a picture's points that may differ so much."""
ACCOUNT, METER, NAME = "0431-77", "M1001", "李四 Li Si"


class Machine:
    """Where the frozen till is tried: a place of its own on this machine, or in a clean root."""

    def __init__(self, folder: Path, place: Path, root: Path | None) -> None:
        self.place, self._root = place, root
        self._enter = [] if root is None else ["chroot", str(root)]
        (place / "home").mkdir(parents=True)
        shutil.copytree(folder, place / "till", symlinks=True)
        if root is not None:
            for shared in (Path("/dev"), Path("/proc"), DISPLAYS):
                target = root / shared.relative_to("/")
                target.mkdir(parents=True, exist_ok=True)
                subprocess.run(["/usr/bin/mount", "--rbind", shared, target], check=True)

    def inside(self, path: Path) -> str:
        """A path as the till sees it."""
        return str(path if self._root is None else Path("/") / path.relative_to(self._root))

    def command(self, *words: str, **more: str) -> list[str]:
        """What starts the till with these words, in an environment that has nothing but what is named here."""
        named = {
            "PATH": "/usr/bin:/bin",
            "HOME": self.inside(self.place / "home"),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            "KILOTILL_TILL": self.inside(self.place / "data"),
        }
        settings = [f"{name}={value}" for name, value in (named | more).items()]
        return [*self._enter, "/usr/bin/env", "-i", *settings, self.inside(self.place / "till" / "till"), *words]

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """Its PC/SC daemon: one that runs, or ours. One check or test at a time here has the reader's port."""
        listens = (self._root or Path("/")) / "run/pcscd/pcscd.comm"
        with ExitStack() as stack, open(PCSCD, "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._root is not None or not listens.exists():
                listens.unlink(missing_ok=True)
                asked = subprocess.run([*self._enter, PCSCD, "--help"], capture_output=True, text=True, check=False)
                # Newer ones ask polkit who may use a reader, and in a bare root there is none.
                free = [option for option in ("--disable-polkit",) if option in asked.stdout]
                stack.enter_context(serving(*self._enter, PCSCD, "--foreground", *free))
                until(listens.exists, "pcscd listens")
                time.sleep(2)  # its reader listens a little later, and has room for one card, not for one who asks
            yield

    def says(self, *words: str) -> str:
        """What the till prints. Raises Wrong when it ends badly."""
        ended = subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=120, check=False, cwd=self.place
        )
        if ended.returncode:
            raise Wrong(f"`till {' '.join(words)}` ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
        return ended.stdout

    def does(self, *words: str) -> Any:
        """The same, as data."""
        return json.loads(self.says(*words, "--json").splitlines()[-1])


class Check:
    """One run: an office of the checkout's, a machine, and what was found."""

    def __init__(self, machine: Machine, stage: Stage, pictures: Path) -> None:
        self.machine, self.stage, self.pictures = machine, stage, pictures
        self.wrong = 0
        self.card = ""
        self.receipt = ""

    def see(self, what: str, look: Callable[[], str]) -> None:
        """Look at one thing and say what was found."""
        try:
            with redirect_stdout(StringIO()):  # the office's commands tell what they are
                told = look()
        except (Wrong, OSError, subprocess.SubprocessError, ValueError, LookupError) as error:
            self.wrong += 1
            print(f"NOT SO  {what}: {error}", flush=True)
        else:
            print(f"ok      {what}{told and ': '}{told}", flush=True)

    def all(self) -> None:
        """Everything."""
        self.see("it says its version", self.version)
        self.see("every command that the checkout has is there", self.helps)
        self.see("it enrols at the office over TLS, and a clerk signs in", self.enrols)
        self.see("it sells on a simulated card, and the meter takes the credit", self.sells)
        self.see("the receipt as PDF has the customer's name in Chinese", self.prints)
        self.see("the month in Chinese as PDF, XLSX and CSV", self.reports)
        self.see("the office takes its journal, and every signature is good", self.syncs)
        self.see("it sells on a card in a reader of the PC/SC daemon", self.reads)
        self.see("the window is in Chinese, and looks as the checkout's does", self.shows)
        self.see("its keys are locked behind a passphrase, and opened again", self.locks)

    def version(self) -> str:
        must("the version", self.machine.says("--version"), f"till {VERSION}\n")
        begun = time.monotonic()
        self.machine.says("--version")
        took = time.monotonic() - begun
        size = sum(file.stat().st_size for file in (self.machine.place / "till").rglob("*") if not file.is_symlink())
        return f"{VERSION}; in {took * 1000:.0f} ms; the folder is {size // 1_000_000} MB"

    def helps(self) -> str:
        known = {"COLUMNS": "100", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
        ours = subprocess.run([BIN / "till", "--help"], capture_output=True, text=True, check=True, env=known).stdout
        told = self.machine.says("--help")
        if told != ours:
            raise Wrong("it is not of this checkout: its help is another")
        return f"{len(re.findall(r'^│ [a-z]', ours, re.MULTILINE))} commands and groups"

    def enrols(self) -> str:
        office = self.stage.office
        office("init", "--name", "示范电力", "--currency", "CNY", "--digits", "2", "--zone", "Asia/Shanghai")
        (self.stage.folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
        office("tariff", "publish", self.stage.path("tariff.toml"))
        (serial,) = office("cards", "allot", "--branch", "hill", "--count", "1")["serials"]
        place = self.machine.place
        office("cards", "personalise", "--out", str(place / "cards.json"))
        office("meters", "esam", "--out", str(place / "esam.json"))
        clerk, name, role = CLERKS[0]
        office("clerk", "add", clerk, "--name", name, "--branch", "hill", "--role", role, "--pin", PIN)
        self.stage.line_up()
        code = office("till", "enrol-code", "--branch", "hill", "--name", "frozen")["code"]
        enrolled = self.machine.does("enrol", "--server", self.stage.url, "--code", code)
        self.machine.does("sign-in", clerk, "--pin", PIN)
        inside = self.machine.inside
        self.machine.does("sim", "cards", inside(place / "cards.json"), "--folder", inside(place / "tray"))
        self.card = inside(place / "tray" / f"{serial}.card")
        return str(enrolled["till"])

    def sells(self) -> str:
        does, inside, place = self.machine.does, self.machine.inside, self.machine.place
        does("account", "open", "--number", ACCOUNT, "--name", NAME, "--meter", METER)
        does("--reader", f"sim:{self.card}", "card", "issue", ACCOUNT)
        sold = does("--reader", f"sim:{self.card}", "vend", "--money", "100")
        meter = inside(place / "tray" / f"{METER}.meter")
        does("sim", "meter", meter, "--number", METER, "--esam", inside(place / "esam.json"))
        must("the meter", does("sim", "insert", meter, self.card)["outcome"], "loaded")
        self.receipt = sold["job"]["receipt"]
        return f"receipt {self.receipt}"

    def prints(self) -> str:
        folder = self.machine.place / "paper"
        folder.mkdir()
        self.machine.does("receipt", "pdf", self.receipt, self.machine.inside(folder), "--language", "zh")
        (paper,) = folder.glob("*.pdf")
        text = subprocess.run(["/usr/bin/pdftotext", paper, "-"], capture_output=True, text=True, check=True).stdout
        for wanted in ("李四", self.receipt):
            must(f"{wanted} on the receipt", wanted in text, True)
        return f"{paper.name}, {paper.stat().st_size // 1024} kB"

    def reports(self) -> str:
        sizes = []
        for form in ("pdf", "xlsx", "csv"):
            out = self.machine.place / f"month.{form}"
            self.machine.says("--lang", "zh", "report", "month", "--format", form, "--out", self.machine.inside(out))
            sizes.append(f"{form} {out.stat().st_size} bytes")
        return ", ".join(sizes)

    def syncs(self) -> str:
        sent = self.machine.does("sync")["sent"]
        must("whether something was sent", sent > 0, True)
        self.stage.office("verify")
        return f"{sent} entries"

    def locks(self) -> str:
        word = self.machine.place / "passphrase"
        word.write_text("three wise monkeys on a wall\n", encoding="utf-8")
        self.machine.says("keys", "lock", "--passphrase-file", self.machine.inside(word))
        opened = self.machine.command("sync", KILOTILL_KEYS_PASSPHRASE_FILE=self.machine.inside(word))
        subprocess.run(opened, capture_output=True, check=True, timeout=60)
        shut = subprocess.run(self.machine.command("sync"), capture_output=True, stdin=subprocess.DEVNULL, check=False)
        must("whether it is refused without the passphrase", shut.returncode != 0, True)
        return ""

    def reads(self) -> str:
        with self.machine.daemon(), serving(*self.machine.command("sim", "serve", self.card)):
            sold = self.machine.does("vend", "--money", "50")
        return f"receipt {sold['job']['receipt']}"

    def shows(self) -> str:
        self.pictures.mkdir(parents=True, exist_ok=True)
        frozen, checkout = self.pictures / "frozen.png", self.pictures / "checkout.png"
        words = ["--reader", f"sim:{self.card}", "--lang", "zh", "gui", "--size", f"{WIDTH}x{HEIGHT}"]
        with display() as name:
            seconds = picture(self.machine.command(*words, DISPLAY=name), name, frozen)
            data = {"KILOTILL_TILL": str(self.machine.place / "data"), "DISPLAY": name}
            settings = [f"{key}={value}" for key, value in data.items()]
            theirs = [word.replace(self.card, str(self.outside(self.card))) for word in words]
            picture(["/usr/bin/env", *settings, str(BIN / "till"), *theirs], name, checkout)
        apart = difference(frozen, checkout)
        must(
            f"whether the pictures in {self.pictures} are alike ({apart:.2%} of the points differ)", apart < ALIKE, True
        )
        return f"{seconds:.1f} s until it is drawn; {apart:.2%} of the points differ"

    def outside(self, path: str) -> Path:
        """Where a path of the till's is on this machine."""
        place = self.machine.place
        return place / Path(path).relative_to(self.machine.inside(place))


@contextmanager
def display() -> Iterator[str]:
    """A display in memory; what DISPLAY must be."""
    reading, writing = os.pipe()
    screen = f"{WIDTH}x{HEIGHT}x24"
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"]
    with serving(*command, pass_fds=[writing]):
        os.close(writing)
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"


@contextmanager
def serving(*command: str, **settings: Any) -> Iterator[None]:
    """A program that runs meanwhile."""
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, **settings)
        try:
            yield
        except Wrong as error:
            said.seek(0)
            raise Wrong(f"{error}; {command[-1]} said: {said.read().decode(errors='replace')[-2000:]}") from error
        finally:
            running.terminate()
            with suppress(subprocess.TimeoutExpired):
                running.wait(10)
            running.kill()
            running.wait()


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is so. Raises Wrong when it never is."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise Wrong(f"never: {what}")
        time.sleep(0.05)


def picture(command: list[str], name: str, file: Path) -> float:
    """Start a program with a window, and take a picture of the display once it changes no more. Returns seconds until
    there was something on it."""
    begun = time.monotonic()
    with serving(*command):
        until(lambda: filled(grab(name)), "the window's page is drawn")
        seconds = time.monotonic() - begun
        seen = grab(name)

        def still() -> bool:
            nonlocal seen
            time.sleep(3)
            before, seen = seen, grab(name)
            return ImageChops.difference(before, seen).getbbox() is None

        until(still, "the window is still")
    seen.save(file)
    return seconds


def grab(name: str) -> Image.Image:
    """What is on a display."""
    return ImageGrab.grab(xdisplay=name).convert("RGB")


def filled(screen: Image.Image) -> bool:
    """Whether there is something in the lower half, which is empty until the till is open."""
    least, most = screen.crop((0, HEIGHT // 2, WIDTH, HEIGHT)).convert("L").getextrema()
    return least != most


def difference(one: Path, other: Path) -> float:
    """The part of two pictures' points that differ so much that one sees it."""
    with Image.open(one) as first, Image.open(other) as second:
        apart = ImageChops.difference(first.convert("L"), second.convert("L")).histogram()
    return sum(apart[SEEN:]) / sum(apart)


def main() -> None:
    """Look at everything, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--root", type=Path)
    asked = parser.parse_args()
    root = asked.root.resolve() if asked.root else None
    inside = None if root is None else root / "tmp"
    with tempfile.TemporaryDirectory(prefix="kilotill-", dir=inside) as name, tempfile.TemporaryDirectory() as office:
        stage = Stage(Path(office))
        pictures = Path(os.environ.get("FROZEN_PICTURES") or Path(name) / "pictures")
        check = Check(Machine(asked.folder, Path(name) / "machine", root), stage, pictures)
        try:
            check.all()
        finally:
            stage.line_down()
    sys.exit(1 if check.wrong else 0)


if __name__ == "__main__":
    main()
