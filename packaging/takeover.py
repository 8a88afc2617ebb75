"""A town moves from a ten-year-old system: tried, imported, proved; and a till sells where the old one ended."""

import csv
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage import PIN, TARIFF, Stage, Wrong, must, say, tell

from common.units import format_energy, format_money

ROOT = Path(__file__).parents[1]


@dataclass
class Customer:
    """Somebody who comes to the counter, as the old system's files have them."""

    account: str
    name: str
    meter: str
    count: int
    used: int
    left: int
    card: str
    issue: int


def move_town(stage: Stage, purchases: int) -> None:
    """The whole of it."""
    tell(f"A town has bought on cards since 2016: {purchases:,} purchases in DBF files, and not all is well with them.")
    folder = stage.folder / "old"
    words = [sys.executable, "-m", "tests.oldsystem", str(folder.resolve()), "--purchases", str(purchases)]
    made = subprocess.run([*words, "--format", "dbf"], cwd=ROOT, check=True, capture_output=True, text=True)
    say(made.stdout.splitlines()[0])
    subprocess.run([*words, "--format", "csv"], cwd=ROOT, check=True, capture_output=True)
    stage.office(
        "init", "--name", "示范电力 Demo Power", "--currency", "CNY", "--digits", "2", "--zone", "Asia/Shanghai"
    )
    (stage.folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
    stage.office("tariff", "publish", stage.path("tariff.toml"))
    _import(stage)
    _prove(stage)
    _sell(stage, _customer(folder))


def _import(stage: Stage) -> None:
    mapping = stage.path("old/dbf.toml")
    tell("A trial: all is read and judged, and nothing is written.")
    tried = stage.office("import", mapping, "--by", "li")
    for found in tried["refused"]:
        say(f"{found['rows']:,} rows of {found['table']} refused: {found['reason']}")
    say(f"each row, and why, in {os.path.relpath(tried['findings'])}")
    must("entries", stage.office("health")["entries"], 3)

    tell("The import.")
    began = time.monotonic()
    done = stage.office("import", mapping, "--by", "li", "--commit")
    took = time.monotonic() - began
    say(f"{done['accounts']:,} accounts and {done['purchases']:,} purchases in {took:,.1f} s")
    for name in ("old", "refused", "imported", "difference"):
        sums = done["totals"][name]
        figures = f"{format_energy(sums['credit']):>22}  {format_money(sums['money']):>16} yuan"
        say(f"{name:<10} {sums['rows']:>9,} rows  {figures}")
    must("totals by month and clerk that differ", done["unequal"], [])
    must("what the trial said", (tried["purchases"], tried["totals"]), (done["purchases"], done["totals"]))

    tell("Once more: everything is there already.")
    again = stage.office("import", mapping, "--by", "li", "--commit")
    must("imported", (again["accounts"], again["purchases"], again["there"]), (0, 0, done["accounts"]))
    must("totals", again["totals"], done["totals"])


def _prove(stage: Stage) -> None:
    tell("What was imported is signed and chained like all else, and every audit holds.")
    audit = stage.office("verify")
    say(f"{audit['entries']:,} entries of {audit['journals']} journals hold")
    must("differences", stage.office("rebuild", "--check")["differences"], [])
    stage.office("report", "check")
    must("the books hold", stage.office("books")["conserved"], True)


def _customer(folder: Path) -> Customer:
    """The first of branch A whose meter had taken all."""

    def rows(name: str) -> list[list[str]]:
        return list(csv.reader((folder / f"{name}.csv").open(encoding="gb18030")))

    counts: dict[str, int] = {}
    for row in rows("purchases"):
        if row[3].isdigit():
            counts[row[1]] = max(int(row[3]), counts.get(row[1], 0))
    meters = {row[0]: row for row in rows("meters")[1:]}  # of an account's the last, which is on its wall
    cards = {row[0]: row for row in rows("cards")[1:]}
    for account in rows("accounts")[1:]:
        number, meter, card = account[0], meters[account[0]], cards[account[0]]
        count, used, left = map(int, meter[2:5])
        if account[3] == "A" and counts.get(meter[1]) == count and not account[9]:
            return Customer(number, account[1], meter[1], count, used, left, card[1], int(card[2]))
    raise Wrong("nobody of branch A is as this story needs one")


def _sell(stage: Stage, who: Customer) -> None:
    tell("A till is enrolled, and has the town with its first contact.")
    stage.office("clerk", "add", "wang", "--name", "王芳", "--branch", "hill", "--role", "clerk", "--pin", PIN)
    serial = stage.office("cards", "allot", "--branch", "hill", "--count", "2")["serials"][0]
    stage.office("cards", "personalise", "--out", stage.path("card-keys.json"))
    stage.office("meters", "esam", "--out", stage.path("esam.json"))
    stage.command("till", "sim", "cards", stage.path("card-keys.json"), "--folder", stage.path("cards"))
    stage.line_up()
    code = stage.office("till", "enrol-code", "--branch", "hill", "--name", "counter")["code"]
    began = time.monotonic()
    stage.till("till", "enrol", "--server", stage.url, "--code", code)
    stage.till("till", "sync")
    say(f"after {time.monotonic() - began:,.1f} s")
    stage.till("till", "sign-in", "wang", "--pin", PIN)

    tell(
        f"{who.name} comes with the old card {who.card}, issue {who.issue}; the meter has taken {who.count} purchases."
    )
    meter, esam = stage.path(f"meters/{who.meter}"), stage.path("esam.json")
    stage.command("till", "sim", "meter", meter, "--number", who.meter, "--esam", esam)
    _as_the_old_system_left_it(stage.folder / "meters" / who.meter, who)
    stage.till("till", "card", "replace", who.account, "--reason", "old system", card=serial)
    sold = stage.till("till", "vend", "--energy", "50", card=serial)
    must("the purchase count goes on", sold["job"]["count"], who.count + 1)
    credit, count = sold["job"]["credit"], sold["job"]["count"]
    say(f"sold {format_energy(credit)} for {format_money(sold['amount'])} yuan, purchase {count}")
    taken = stage.insert(serial, f"meters/{who.meter}")
    must("the meter", taken["outcome"], "loaded")
    say(f"the meter took it: count {taken['count']}, {format_energy(taken['remaining'])} left")
    stage.till("till", "card", "read", card=serial)
    stage.till("till", "sync")
    must("cases", stage.office("cases"), [])
    must("the books hold", stage.office("books")["conserved"], True)
    stage.line_down()


def _as_the_old_system_left_it(path: Path, who: Customer) -> None:
    state: dict[str, Any] = json.loads(path.read_text())
    old = who.card.zfill(16)
    state |= {"issue": who.issue, "card": old, "count": who.count, "loaded_from": old}
    path.write_text(json.dumps(state | {"remaining": who.left * 1_000, "use": who.used * 1_000}))
