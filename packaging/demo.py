"""The main job as a story: sell, lose the line, decide differently at two tills, settle, and prove that it adds up.

Every step is a command that you could type; what it answers is checked. A step that is not so ends the demo with 1.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import syncserver.cli
import till.cli
from common.units import format_energy, format_money

PROGRAMS: dict[str, Callable[[], None]] = {"till": till.cli.main, "syncserver": syncserver.cli.main}
BIN = Path(sys.executable).parent
TARIFF = """\
tariff = "zhejiang-residential"
since = 2026-01-01T00:00:00+08:00

[classes]
residential = [
    { price = "0.538", up_to = "2760" },
    { price = "0.588", up_to = "4800" },
    { price = "0.838" },
]
"""

CLERKS = (("wang", "王芳 Wang Fang", "clerk"), ("zhao", "赵敏 Zhao Min", "field"), ("li", "李娜 Li Na", "supervisor"))
PIN = "380512"


class Wrong(Exception):
    """The story did not go as it must."""


class Demo:
    """A folder with an office, two tills, cards and a meter, and the ways to act on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: subprocess.Popen[str] | None = None
        self.url = ""

    # --- acting ---

    def command(self, program: str, *words: str, code: int = 0) -> Any:
        """Run a command in a process of its own and return its JSON. It must end with `code`."""
        shown = " ".join(word if " " not in word else f"'{word}'" for word in words)
        print(f"    $ {program} {shown}")
        status, output = in_process(PROGRAMS[program], [program, *words, "--json"])
        if status != code:
            raise Wrong(f"`{program} {shown}` ended with {status}, not {code}:\n{output}")
        return json.loads(output.strip().splitlines()[-1]) if output.strip() else None

    def office(self, *words: str, code: int = 0) -> Any:
        """A command at the office."""
        return self.command("syncserver", "--data", self.path("office"), *words, code=code)

    def till(self, name: str, *words: str, card: str = "", code: int = 0) -> Any:
        """A command at a till, with a card in its reader."""
        reader = ["--reader", f"sim:{self.card(card)}"] if card else []
        return self.command("till", "--data", self.path(name), *reader, *words, code=code)

    def meter(self, card: str) -> Any:
        """Put a card in the meter on the wall and take it out."""
        return self.command("till", "sim", "insert", self.path("meter"), self.card(card))

    def path(self, name: str) -> str:
        """A place in the demo's folder, as one would type it."""
        return os.path.relpath(self.folder / name)

    def card(self, serial: str) -> str:
        """A card's file."""
        return self.path(f"cards/{serial}.card")

    def line_up(self, port: int = 0) -> int:
        """Start the office's server. Returns its port."""
        words = ["--data", self.path("office"), "serve", "--port", str(port), "--json"]
        print(f"    $ syncserver {' '.join(words)} &")
        self.server = subprocess.Popen([BIN / "syncserver", *words], stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        told = self.server.stdout.readline()
        if not told:
            raise Wrong("the office's server did not start")
        self.url = json.loads(told)["url"]
        return int(self.url.rpartition(":")[2])

    def line_down(self) -> None:
        """Cut the line: the server is killed as a power cut would, with no time to say goodbye."""
        if self.server is not None:
            self.server.send_signal(signal.SIGKILL)
            self.server.wait()
            self.server = None


def in_process(program: Callable[[], None], words: list[str]) -> tuple[int, str]:
    """Run a program's main in a fork (it is loaded already). Returns its exit code and what it printed."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            os.close(reading)
            sys.argv = words
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            program()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        output = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), output


# --- telling ---


def tell(text: str) -> None:
    """A sentence of the story."""
    print(f"\n* {text}")


def say(text: str) -> None:
    """What came of it."""
    print(f"      {text}")


def must(what: str, found: object, wanted: object) -> None:
    """Check a fact of the story."""
    if found != wanted:
        raise Wrong(f"{what}: {found!r}, and it should be {wanted!r}")


def energy(value: int) -> str:
    return format_energy(value)


def yuan(value: int) -> str:
    return f"{format_money(value)} yuan"


# --- the story ---


def set_up(demo: Demo) -> list[str]:
    """The office, its tariff, its cards and its meter. Returns the cards' serials."""
    tell("The office starts, on an embedded database, and publishes its tariff.")
    utility = ("--name", "示范电力 Demo Power", "--currency", "CNY", "--digits", "2", "--zone", "Asia/Shanghai")
    demo.office("init", *utility)
    (demo.folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
    demo.office("tariff", "publish", demo.path("tariff.toml"))
    allotted = demo.office("cards", "allot", "--branch", "hill", "--count", "4")
    demo.office("cards", "personalise", "--out", demo.path("card-keys.json"))
    demo.office("meters", "esam", "--out", demo.path("esam.json"))
    for clerk, name, role in CLERKS:
        demo.office("clerk", "add", clerk, "--name", name, "--branch", "hill", "--role", role, "--pin", PIN)
    demo.line_up()
    say(f"it listens at {demo.url}")

    tell("The card factory makes four blank cards, the meter factory one meter; two tills enrol with one-time codes.")
    demo.command("till", "sim", "cards", demo.path("card-keys.json"), "--folder", demo.path("cards"))
    demo.command("till", "sim", "meter", demo.path("meter"), "--number", "M1001", "--esam", demo.path("esam.json"))
    for name, place, clerk in (("till-a", "counter", "wang"), ("till-b", "van", "zhao")):
        code = demo.office("till", "enrol-code", "--branch", "hill", "--name", place)["code"]
        enrolled = demo.till(name, "enrol", "--server", demo.url, "--code", code)
        demo.till(name, "sign-in", clerk, "--pin", PIN)
        say(f"{name} is {enrolled['till']} of branch {enrolled['branch']}, {enrolled['name']}; {clerk} signs in")
    return list(allotted["serials"])


def sell_with_the_line_up(demo: Demo, old: str) -> None:
    """Li's account, first card, first purchase; the meter takes it."""
    tell("Mr Li comes to the counter: an account, his first card, and 100 yuan of electricity.")
    demo.till("till-a", "account", "open", "--number", "0431-77", "--name", "李四 Li Si", "--meter", "M1001")
    demo.till("till-a", "card", "issue", "0431-77", card=old)
    sold = demo.till("till-a", "vend", "--money", "100", card=old)
    must("the price", sold["amount"], 10_000)
    say(f"sold {energy(sold['job']['credit'])} for {yuan(sold['amount'])}, receipt {sold['job']['receipt']}")
    say(f"printed: {demo.path('till-a/receipts/' + sold['job']['receipt'] + '.txt')}")
    taken = demo.meter(old)
    must("the meter", taken["outcome"], "loaded")
    must("credit in the meter", taken["total"], sold["job"]["credit"])
    say(f"the meter took it: count {taken['count']}, {energy(taken['remaining'])} left")
    for name in ("till-a", "till-b"):
        report = demo.till(name, "sync")
        say(f"{name} sent {report['sent']} entries and received {report['received']}")


def sell_with_the_line_down(demo: Demo, old: str, new: str, other: str) -> int:
    """Two tills decide differently about one card. Returns the energy that is stranded on the old one."""
    tell("The line is cut: the office's server is killed (SIGKILL), as by a power cut.")
    demo.line_down()
    refused = demo.till("till-a", "sync", code=4)
    say(refused["refused"]["what"])
    say(refused["refused"]["safe"])

    tell("Till A sells on: Mrs Wang gets an account, a card and 20 kWh, with no line at all.")
    demo.till("till-a", "account", "open", "--number", "0431-78", "--name", "王五 Wang Wu", "--meter", "M1002")
    demo.till("till-a", "card", "issue", "0431-78", card=other)
    sold = demo.till("till-a", "vend", "--energy", "20", card=other)
    say(f"sold {energy(sold['job']['credit'])} for {yuan(sold['amount'])}")

    tell("Mr Li's son says at till B that the card is lost. Till B gives out a new one.")
    replaced = demo.till("till-b", "card", "replace", "0431-77", "--reason", "lost", card=new)
    say(f"card {replaced['card']} replaces {old}")

    tell("Mr Li finds the old card in his coat. Till A cannot know, and sells him 30 kWh on it.")
    stranded = demo.till("till-a", "vend", "--energy", "30", card=old)
    say(f"sold {energy(stranded['job']['credit'])} for {yuan(stranded['amount'])} on the superseded card")
    return int(stranded["job"]["credit"])


def settle(demo: Demo, port: int, old: str, new: str, stranded: int) -> None:
    """Both sync; the office settles; the new card gets what the old one carries."""
    tell("The line comes back. Both tills sync, and the office settles what they decided differently.")
    must("the port", demo.line_up(port), port)
    for name in ("till-a", "till-b", "till-a"):
        report = demo.till(name, "sync")
        say(f"{name} sent {report['sent']} entries and received {report['received']}")
    cases = demo.office("cases")
    owed = [case for case in cases if case["type"] == "makeup.owed"]
    must("make-ups owed", [case["credit"] for case in owed], [stranded])
    must("cards blocked", [case["card"] for case in cases if case["type"] == "card.blocked"], [old])
    say(f"rule `{owed[0]['rule']}`: {energy(stranded)} is owed to the new card, the old one is blocked")

    tell("The old card is refused everywhere now, and says why.")
    refused = demo.till("till-a", "vend", "--energy", "1", card=old, code=3)
    must("the refusal", refused["refused"]["error"], "CardIsSuperseded")
    say(refused["refused"]["what"])
    say(refused["refused"]["next"])

    tell("Mr Li brings the new card: the make-up is written, he pays nothing, the meter takes it.")
    verdict = demo.till("till-b", "card", "read", card=new)
    must("the verdict", verdict["verdict"], "MakeupIsOwed")
    say(verdict["words"].splitlines()[0])
    made = demo.till("till-b", "card", "makeup", card=new)
    must("the make-up", (made["credit"], made["receipt"]), (stranded, None))
    taken = demo.meter(new)
    must("the meter", taken["outcome"], "loaded")
    say(f"the meter took it: count {taken['count']}, {energy(taken['remaining'])} left")
    late = demo.meter(old)
    must("the old card in the meter", late["outcome"], "refused_issue")
    say("the old card, put in the meter after all: refused, nothing loaded twice")
    demo.till("till-b", "card", "read", card=new)


def prove(demo: Demo) -> None:
    """Every journal is verified, every read model rebuilt, the books balance."""
    tell("Everybody syncs once more. Every journal is verified, every table rebuilt and compared.")
    for name in ("till-a", "till-b", "till-a"):
        demo.till(name, "sync")
    for name in ("till-a", "till-b"):
        head = demo.till(name, "journal", "verify")
        must("what differs", demo.till(name, "rebuild", "--check")["differences"], [])
        say(f"{name}: all {head['seq']} entries hold")
    audited = demo.office("verify")
    must("what differs at the office", demo.office("rebuild", "--check")["differences"], [])
    say(f"the office: all {audited['entries']} entries of {audited['journals']} journals hold")

    tell("The books.")
    books = demo.office("books")
    tills = [demo.till(name, "status") for name in ("till-a", "till-b")]
    must("money", books["money"], sum(status["money"] for status in tills))
    credit = books["energy"]
    must("energy sold", credit["sold"], sum(status["energy"] for status in tills))
    places = [credit[place] for place in ("taken", "on_cards", "on_dead_cards", "owed")]
    must("sold + made up = taken + on cards + on dead cards + owed", credit["sold"] + credit["made_up"], sum(places))
    must("the books", books["conserved"], True)
    say(f"sold {energy(credit['sold'])} + made up {energy(credit['made_up'])}")
    say(
        f"= in meters {energy(places[0])} + on cards {energy(places[1])}"
        f" + on dead cards {energy(places[2])} + owed {energy(places[3])}"
    )
    say(f"money taken {yuan(books['money'])}, in the drawers {yuan(sum(status['money'] for status in tills))}")
    meter = json.loads((demo.folder / "meter").read_text())
    account = demo.till("till-b", "account", "show", "0431-77")["standing"]["books"]["energy"]
    must("the meter and the books", meter["remaining"] + meter["use"], account["taken"])
    must("what Mr Li paid for", account["sold"], account["taken"])
    say(f"Mr Li paid for {energy(account['sold'])}; his meter took {energy(account['taken'])}, to the watt-hour")


def export(demo: Demo) -> None:
    """An export for the auditor."""
    tell("An auditor who trusts nobody gets till A's journal as a file.")
    written = demo.till("till-a", "journal", "export", demo.path("export"))
    head = demo.command("till", "journal", "check", written["journal"], written["key"])
    say(f"all {head['seq']} entries hold; README.md shows the same with openssl and sha256sum alone")


def next_steps(demo: Demo, new: str) -> None:
    print(f"""
Everything is in {demo.path(".")}. The line is up no more; start it again, and go on:

    . .venv/bin/activate
    syncserver --data {demo.path("office")} serve --port {demo.url.rpartition(":")[2]} &
    till --data {demo.path("till-b")} sign-in zhao --pin {PIN}
    till --data {demo.path("till-b")} --reader sim:{demo.card(new)} card read
    till --data {demo.path("till-b")} --reader sim:{demo.card(new)} vend --money 50
    till sim insert {demo.path("meter")} {demo.card(new)}
    till --data {demo.path("till-b")} account show 0431-77
    till --data {demo.path("till-b")} sync
    syncserver --data {demo.path("office")} books
    till --help
""")


def fresh_folder(folder: Path) -> Path:
    """The demo's folder, emptied of an earlier demo; never of anything else."""
    mark = folder / ".kilotill-demo"
    if folder.exists() and not mark.exists():
        raise Wrong(f"{folder} is not of an earlier demo; name another folder: sh packaging/demo.sh FOLDER")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    return folder


def main() -> int:
    """Tell the story. Returns the exit code."""
    began = time.monotonic()
    demo = None
    try:
        demo = Demo(fresh_folder(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-data").resolve()))
        print(f"Kilotill, the main job, {datetime.now(UTC).astimezone():%Y-%m-%d %H:%M}. Data in {demo.path('.')}.")
        old, new, other, _ = set_up(demo)
        port = int(demo.url.rpartition(":")[2])
        sell_with_the_line_up(demo, old)
        stranded = sell_with_the_line_down(demo, old, new, other)
        settle(demo, port, old, new, stranded)
        prove(demo)
        export(demo)
        next_steps(demo, new)
    except Wrong as wrong:
        print(f"\nThe demo FAILED. {wrong}", file=sys.stderr)
        return 1
    finally:
        if demo is not None:
            demo.line_down()
    print(f"Done in {time.monotonic() - began:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
