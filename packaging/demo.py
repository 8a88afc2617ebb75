"""The main job as a story: sell, lose the line, decide differently at two tills, settle, and prove that it adds up.

Every step is a command that you could type; what it answers is checked. A step that is not so ends the demo with 1.
With --counter: every job of a branch counter, and a table of what was seen.
With --conflicts: every row of the rule table, decided by two tills and settled by the office.
With --old-system: a town moves from a ten-year-old system, and a till sells where that one ended.
With --gui: the till's window, with a tray of simulated cards.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from conflicts import every_conflict
from counter import every_job
from stage import CLERKS, PIN, TARIFF, Stage, Wrong, fresh_folder, must, say, tell
from takeover import move_town
from window import in_window

from common.units import format_energy, format_money


def energy(value: int) -> str:
    return format_energy(value)


def yuan(value: int) -> str:
    return f"{format_money(value)} yuan"


# --- the story ---


def set_up(stage: Stage) -> list[str]:
    """The office, its tariff, its cards and its meter. Returns the cards' serials."""
    tell("The office starts, on an embedded database, and publishes its tariff.")
    utility = ("--name", "示范电力 Demo Power", "--currency", "CNY", "--digits", "2", "--zone", "Asia/Shanghai")
    stage.office("init", *utility)
    (stage.folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
    stage.office("tariff", "publish", stage.path("tariff.toml"))
    allotted = stage.office("cards", "allot", "--branch", "hill", "--count", "4")
    stage.office("cards", "personalise", "--out", stage.path("card-keys.json"))
    stage.office("meters", "esam", "--out", stage.path("esam.json"))
    for clerk, name, role in CLERKS:
        stage.office("clerk", "add", clerk, "--name", name, "--branch", "hill", "--role", role, "--pin", PIN)
    stage.line_up()
    say(f"it listens at {stage.url}")

    tell("The card factory makes four blank cards, the meter factory one meter; two tills enrol with one-time codes.")
    stage.command("till", "sim", "cards", stage.path("card-keys.json"), "--folder", stage.path("cards"))
    stage.command("till", "sim", "meter", stage.path("meter"), "--number", "M1001", "--esam", stage.path("esam.json"))
    for name, place, clerk in (("till-a", "counter", "wang"), ("till-b", "van", "zhao")):
        code = stage.office("till", "enrol-code", "--branch", "hill", "--name", place)["code"]
        enrolled = stage.till(name, "enrol", "--server", stage.url, "--code", code)
        stage.till(name, "sign-in", clerk, "--pin", PIN)
        say(f"{name} is {enrolled['till']} of branch {enrolled['branch']}, {enrolled['name']}; {clerk} signs in")
    return list(allotted["serials"])


def sell_with_the_line_up(stage: Stage, old: str) -> None:
    """Li's account, first card, first purchase; the meter takes it."""
    tell("Mr Li comes to the counter: an account, his first card, and 100 yuan of electricity.")
    stage.till("till-a", "account", "open", "--number", "0431-77", "--name", "李四 Li Si", "--meter", "M1001")
    stage.till("till-a", "card", "issue", "0431-77", card=old)
    sold = stage.till("till-a", "vend", "--money", "100", card=old)
    must("the price", sold["amount"], 10_000)
    say(f"sold {energy(sold['job']['credit'])} for {yuan(sold['amount'])}, receipt {sold['job']['receipt']}")
    say(f"printed: {stage.path('till-a/receipts/' + sold['job']['receipt'] + '.txt')}")
    taken = stage.insert(old)
    must("the meter", taken["outcome"], "loaded")
    must("credit in the meter", taken["total"], sold["job"]["credit"])
    say(f"the meter took it: count {taken['count']}, {energy(taken['remaining'])} left")
    for name in ("till-a", "till-b"):
        report = stage.till(name, "sync")
        say(f"{name} sent {report['sent']} entries and received {report['received']}")


def sell_with_the_line_down(stage: Stage, old: str, new: str, other: str) -> int:
    """Two tills decide differently about one card. Returns the energy that is stranded on the old one."""
    tell("The line is cut: the office's server is killed (SIGKILL), as by a power cut.")
    stage.line_down()
    refused = stage.till("till-a", "sync", code=4)
    say(refused["refused"]["what"])
    say(refused["refused"]["safe"])

    tell("Till A sells on: Mrs Wang gets an account, a card and 20 kWh, with no line at all.")
    stage.till("till-a", "account", "open", "--number", "0431-78", "--name", "王五 Wang Wu", "--meter", "M1002")
    stage.till("till-a", "card", "issue", "0431-78", card=other)
    sold = stage.till("till-a", "vend", "--energy", "20", card=other)
    say(f"sold {energy(sold['job']['credit'])} for {yuan(sold['amount'])}")

    tell("Mr Li's son says at till B that the card is lost. Till B gives out a new one.")
    replaced = stage.till("till-b", "card", "replace", "0431-77", "--reason", "lost", card=new)
    say(f"card {replaced['card']} replaces {old}")

    tell("Mr Li finds the old card in his coat. Till A cannot know, and sells him 30 kWh on it.")
    stranded = stage.till("till-a", "vend", "--energy", "30", card=old)
    say(f"sold {energy(stranded['job']['credit'])} for {yuan(stranded['amount'])} on the superseded card")
    return int(stranded["job"]["credit"])


def settle(stage: Stage, port: int, old: str, new: str, stranded: int) -> None:
    """Both sync; the office settles; the new card gets what the old one carries."""
    tell("The line comes back. Both tills sync, and the office settles what they decided differently.")
    must("the port", stage.line_up(port), port)
    for name in ("till-a", "till-b", "till-a"):
        report = stage.till(name, "sync")
        say(f"{name} sent {report['sent']} entries and received {report['received']}")
    cases = stage.office("cases")
    owed = [case for case in cases if case["type"] == "makeup.owed"]
    must("make-ups owed", [case["credit"] for case in owed], [stranded])
    must("cards blocked", [case["card"] for case in cases if case["type"] == "card.blocked"], [old])
    say(f"rule `{owed[0]['rule']}`: {energy(stranded)} is owed to the new card, the old one is blocked")

    tell("The old card is refused everywhere now, and says why.")
    refused = stage.till("till-a", "vend", "--energy", "1", card=old, code=3)
    must("the refusal", refused["refused"]["error"], "CardIsSuperseded")
    say(refused["refused"]["what"])
    say(refused["refused"]["next"])

    tell("Mr Li brings the new card: the make-up is written, he pays nothing, the meter takes it.")
    verdict = stage.till("till-b", "card", "read", card=new)
    must("the verdict", verdict["verdict"], "MakeupIsOwed")
    say(verdict["words"].splitlines()[0])
    made = stage.till("till-b", "card", "makeup", card=new)
    must("the make-up", (made["credit"], made["receipt"]), (stranded, None))
    taken = stage.insert(new)
    must("the meter", taken["outcome"], "loaded")
    say(f"the meter took it: count {taken['count']}, {energy(taken['remaining'])} left")
    late = stage.insert(old)
    must("the old card in the meter", late["outcome"], "refused_issue")
    say("the old card, put in the meter after all: refused, nothing loaded twice")
    stage.till("till-b", "card", "read", card=new)


def prove(stage: Stage) -> None:
    """Every journal is verified, every read model rebuilt, the books balance."""
    tell("Everybody syncs once more. Every journal is verified, every table rebuilt and compared.")
    for name in ("till-a", "till-b", "till-a"):
        stage.till(name, "sync")
    for name in ("till-a", "till-b"):
        head = stage.till(name, "journal", "verify")
        must("what differs", stage.till(name, "rebuild", "--check")["differences"], [])
        say(f"{name}: all {head['seq']} entries hold")
    audited = stage.office("verify")
    must("what differs at the office", stage.office("rebuild", "--check")["differences"], [])
    say(f"the office: all {audited['entries']} entries of {audited['journals']} journals hold")

    tell("The books.")
    books = stage.office("books")
    tills = [stage.till(name, "status") for name in ("till-a", "till-b")]
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
    meter = json.loads((stage.folder / "meter").read_text())
    account = stage.till("till-b", "account", "show", "0431-77")["standing"]["books"]["energy"]
    must("the meter and the books", meter["remaining"] + meter["use"], account["taken"])
    must("what Mr Li paid for", account["sold"], account["taken"])
    say(f"Mr Li paid for {energy(account['sold'])}; his meter took {energy(account['taken'])}, to the watt-hour")


def export(stage: Stage) -> None:
    """An export for the auditor."""
    tell("An auditor who trusts nobody gets till A's journal as a file.")
    written = stage.till("till-a", "journal", "export", stage.path("export"))
    head = stage.command("till", "journal", "check", written["journal"], written["key"])
    say(f"all {head['seq']} entries hold; README.md shows the same with openssl and sha256sum alone")


def next_steps(stage: Stage, new: str) -> None:
    print(f"""
Everything is in {stage.path(".")}. The line is up no more; start it again, and go on:

    . .venv/bin/activate
    syncserver --data {stage.path("office")} serve --port {stage.url.rpartition(":")[2]} &
    till --data {stage.path("till-b")} sign-in zhao --pin {PIN}
    till --data {stage.path("till-b")} --reader sim:{stage.card(new)} card read
    till --data {stage.path("till-b")} --reader sim:{stage.card(new)} vend --money 50
    till sim insert {stage.path("meter")} {stage.card(new)}
    till --data {stage.path("till-b")} account show 0431-77
    till --data {stage.path("till-b")} sync
    syncserver --data {stage.path("office")} books
    till --help
""")


def main_job(stage: Stage) -> None:
    """The main job, end to end."""
    old, new, other, _ = set_up(stage)
    port = int(stage.url.rpartition(":")[2])
    sell_with_the_line_up(stage, old)
    stranded = sell_with_the_line_down(stage, old, new, other)
    settle(stage, port, old, new, stranded)
    prove(stage)
    export(stage)
    next_steps(stage, new)


def main() -> int:
    """Tell a story. Returns the exit code."""
    options = argparse.ArgumentParser(prog="sh packaging/demo.sh", description="Kilotill, shown by its own commands.")
    options.add_argument("folder", nargs="?", type=Path, default=Path("demo-data"), help="where its data goes")
    options.add_argument("--counter", action="store_true", help="every job of a branch counter, with a table")
    options.add_argument("--conflicts", action="store_true", help="every conflict that the rules settle")
    options.add_argument("--old-system", action="store_true", help="a town moves from a ten-year-old system")
    options.add_argument("--purchases", type=int, default=20_000, help="how many the old system has")
    options.add_argument("--gui", action="store_true", help="the till's window, with a tray of simulated cards")
    chosen = options.parse_args()
    name, told = "the main job", main_job
    if chosen.counter:
        name, told = "every job of a counter", every_job
    elif chosen.conflicts:
        name, told = "every conflict that the rules settle", every_conflict
    elif chosen.old_system:
        name, told = "a town that moves", partial(move_town, purchases=chosen.purchases)
    elif chosen.gui:
        name, told = "the till's window", in_window
    return run(name, told, chosen.folder)


def run(name: str, told: Callable[[Stage], None], folder: Path) -> int:
    """Tell this one."""
    began, stage = time.monotonic(), None
    try:
        stage = Stage(fresh_folder(folder.resolve()))
        print(f"Kilotill, {name}, {datetime.now(UTC).astimezone():%Y-%m-%d %H:%M}. Data in {stage.path('.')}.")
        told(stage)
    except Wrong as wrong:
        print(f"\nThe demo FAILED. {wrong}", file=sys.stderr)
        return 1
    finally:
        if stage is not None:
            stage.line_down()
    print(f"Done in {time.monotonic() - began:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
