"""Every row of the rule table: what two tills did, each alone, and what the office, over TLS, made of it.

Two till processes and a server; every step is a command that you could type, and what it answers is checked.
"""

import shutil
from datetime import UTC, datetime
from typing import Any

from branch import BY, Branch, publish, set_up
from stage import Stage, must, say, tell

from common.units import format_energy, format_money

DECIDED = ("--by", "陈总 Chen", "--reason", "looked into")


class Rows:
    """The rows, one after the other, on one branch."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.told = 0

    # --- acting ---

    def row(self, what: str, outcome: str) -> None:
        """The next row of the table."""
        self.told += 1
        tell(f"{self.told}. {what}: {outcome}.")

    def a(self, *words: str, card: str = "", code: int = 0) -> Any:
        return self.branch.a(*words, card=card, code=code)

    def b(self, *words: str, card: str = "", code: int = 0) -> Any:
        return self.branch.stage.till("till-b", *words, card=card, code=code)

    def customer(self, name: str, meter: str) -> tuple[str, str]:
        """An account whose first card has been in its meter, known to both tills."""
        account, card = self.branch.customer(name, self.branch.hang(meter))
        self.branch.insert(card, meter, "nothing")
        self.a("card", "read", card=card)
        self.branch.sync()
        return account, card

    def replaced_at_b(self, account: str) -> str:
        """Till B, which has heard nothing, gives out another card."""
        card = self.branch.blank()
        self.b("card", "replace", account, "--reason", "lost", card=card)
        return card

    def copied(self, card: str) -> str:
        """A copy of a card, chip and all."""
        copy = f"copy-of-{card}"
        shutil.copy(self.branch.stage.card(card), self.branch.stage.card(copy))
        say(f"somebody copies card {card}, chip and all")
        return copy

    # --- what the office says ---

    def decisions(self, account: str) -> list[Any]:
        """What the rules decided about an account."""
        return [made for made in self.branch.stage.office("cases") if made["account"] == account]

    def case(self, account: str, rule: str, state: str = "open") -> Any:
        """The case of this rule about an account."""
        every = () if state == "open" else ("--all",)
        found = [one for one in self.branch.stage.office("case", "list", *every) if one["case"]["account"] == account]
        must(f"cases about {account}", [(one["case"]["rule"], one["state"]) for one in found], [(rule, state)])
        case = found[0]["case"]
        facts = f"{case['writer']} of branch {found[0]['branch']}, clerk {case['clerk']}, receipt {case['receipt']}"
        say(f"case `{case['key']}`: {facts}; {format_energy(case['credit'])}, {format_money(case['amount'])} yuan")
        return case

    def decide(self, case: Any, option: str) -> None:
        """A person at the office decides."""
        word = self.branch.stage.office("case", "decide", case["key"], option, *DECIDED)
        must("what was decided", (word["option"], word["case"]), (option, case["key"]))
        say(f"{word['by']} decided: {option}, {format_money(word['amount'])} yuan")
        self.branch.sync()

    def told_at_b(self, card: str, rule: str) -> None:
        """The clerk at till B who next sees the card is told, in either language."""
        for language in ("en", "zh"):
            notices = self.b("--lang", language, "card", "read", card=card)["notices"]
            said = [notice["what"] for notice in notices if notice["error"] == rule]
            must(f"what till B says of {rule}", len(said), 1)
            say(said[0])

    def balanced(self, account: str) -> Any:
        """The account's books, which must hold."""
        standing = self.b("account", "show", account)["standing"]
        must("what is owed", standing["owed"], [])
        return standing["books"]["energy"]


def sold_to_superseded(rows: Rows) -> None:
    rows.row("Sold to a superseded card", "the sale stands and its energy is owed to the new card; the old is blocked")
    account, old = rows.customer("李四", "M2001")
    new = rows.replaced_at_b(account)
    rows.a("vend", "--energy", "30", card=old)
    rows.branch.sync()
    made = rows.decisions(account)
    must("the decisions", [one["type"] for one in made], ["card.blocked", "makeup.owed"])
    say(f"rule `{made[0]['rule']}`: card {made[0]['card']} is blocked, {format_energy(made[1]['credit'])} is owed")
    must("the old card", rows.branch.refused("vend", "--energy", "1", card=old), "CardIsSuperseded")
    rows.told_at_b(new, "sold_to_superseded")
    rows.b("card", "makeup", card=new)
    taken = rows.branch.insert(new, "M2001")
    must("in the meter", taken["total"], 30_000)
    rows.branch.insert(old, "M2001", "refused_issue")
    rows.b("card", "read", card=new)
    must("taken", rows.balanced(account)["taken"], 30_000)


def both_replaced(rows: Rows) -> None:
    rows.row("Both replaced the same card", "the card that the meter accepted wins; the other's credit moves to it")
    account, _ = rows.customer("王五", "M2002")
    first = rows.branch.blank()
    rows.a("card", "replace", account, card=first)
    second = rows.replaced_at_b(account)
    rows.a("vend", "--energy", "10", card=first)
    rows.b("vend", "--energy", "20", card=second)
    rows.branch.insert(first, "M2002")
    rows.a("card", "read", card=first)
    rows.branch.sync()
    made = rows.decisions(account)
    must("the loser", [one["card"] for one in made if one["type"] == "card.blocked"], [second])
    must("what moves", [one["credit"] for one in made if one["type"] == "makeup.owed"], [20_000])
    rows.told_at_b(first, "both_replaced")
    rows.b("card", "makeup", card=first)
    must("in the meter", rows.branch.insert(first, "M2002")["total"], 30_000)
    rows.b("card", "read", card=first)
    must("taken", rows.balanced(account)["taken"], 30_000)


def sold_to_frozen(rows: Rows) -> None:
    rows.row("Sold after another till froze the account", "it stays frozen, a refund is due, once")
    account, old = rows.customer("赵六", "M2003")
    new = rows.replaced_at_b(account)
    rows.b("card", "wipe", card=new)
    rows.b("account", "freeze", account, *BY)
    sold = rows.a("vend", "--energy", "20", card=old)
    rows.branch.sync()
    case = rows.case(account, "sold_to_frozen")
    must("the case names", (case["clerk"], case["receipt"]), ("wang", sold["job"]["receipt"]))
    must("the account", rows.branch.refused("vend", "--energy", "1", card=old), "AccountIsFrozen")
    rows.told_at_b(old, "sold_to_frozen")
    back = rows.b("card", "reverse", *BY, card=old)
    must("given back", back["amount"], sold["amount"])
    say(f"till B undoes the credit on the card and gives back {format_money(back['amount'])} yuan")
    must("a second time", rows.branch.refused("card", "reverse", *BY, card=old, till="till-b"), "AccountIsFrozen")
    rows.branch.sync()
    must("a second time elsewhere", rows.branch.refused("card", "reverse", *BY, card=old), "AccountIsFrozen")
    must("what is left", [one["type"] for one in rows.decisions(account)], ["card.blocked"])


def made_up_twice(rows: Rows) -> None:
    rows.row("Gave the same make-up twice", "the second is recovered from the next purchase, and the case says so")
    account, old = rows.customer("孙七", "M2004")
    new = rows.replaced_at_b(account)
    paid = rows.a("vend", "--energy", "30", card=old)["amount"]
    rows.b("vend", "--energy", "10", card=new)
    rows.branch.insert(new, "M2004")
    rows.b("card", "read", card=new)
    rows.branch.sync()
    rows.a("card", "makeup", card=new)
    rows.branch.insert(new, "M2004")
    third = rows.replaced_at_b(account)
    rows.branch.insert(third, "M2004", "nothing")
    rows.b("card", "makeup", card=third)
    must("in the meter", rows.branch.insert(third, "M2004")["total"], 70_000)
    rows.b("card", "read", card=third)
    rows.branch.sync()
    case = rows.case(account, "made_up_twice")
    must("what it is worth", case["amount"], paid)
    rows.told_at_b(third, "made_up_twice")
    quote = rows.a("quote", "--energy", "10", card=third)
    must("recovered", [part["amount"] for part in quote["arrears"]], [paid])
    sold = rows.a("vend", "--energy", "10", card=third)
    say(f"10 kWh for {format_money(sold['amount'])} yuan, of which {format_money(paid)} for the second make-up")
    rows.branch.insert(third, "M2004")
    must("recovered once", rows.a("quote", "--energy", "10", card=third)["arrears"], [])
    rows.branch.sync()


def same_count_twice(rows: Rows) -> None:
    rows.row("The same count twice by one card", "a copy or a torn card: it is blocked, a person decides")
    account, card = rows.customer("周八", "M2005")
    copy = rows.copied(card)
    rows.a("vend", "--energy", "10", card=card)
    rows.b("vend", "--energy", "20", card=copy)
    rows.branch.insert(copy, "M2005")
    rows.branch.sync()
    case = rows.case(account, "same_count_twice")
    must("the choices", case["options"], ["keep_blocked", "unblock"])
    for till in ("till-a", "till-b"):
        must("the card", rows.branch.refused("vend", "--energy", "1", card=card, till=till), "CardIsBlocked")
    rows.told_at_b(card, "same_count_twice")
    rows.decide(case, "keep_blocked")
    new = rows.replaced_at_b(account)
    rows.branch.insert(new, "M2005", "nothing")
    must("what he paid for and lacks", rows.b("card", "makeup", card=new)["credit"], 10_000)
    must("in the meter", rows.branch.insert(new, "M2005")["total"], 30_000)
    rows.b("card", "read", card=new)
    must("taken", rows.balanced(account)["taken"], 30_000)
    rows.branch.sync()


def reversed_though_taken(rows: Rows) -> None:
    rows.row("Reversed a vend that the meter had taken", "the branch owes the money; a person decides")
    account, card = rows.customer("吴九", "M2006")
    sold = rows.a("vend", "--energy", "20", card=card)
    copy = rows.copied(card)
    rows.branch.insert(copy, "M2006")
    rows.a("card", "reverse", *BY, card=card)
    rows.branch.sync()
    rows.b("card", "read", card=copy)
    rows.branch.sync()
    case = rows.case(account, "reversed_though_taken")
    must("the money", (case["amount"], case["writer"]), (sold["amount"], "till-0001"))
    rows.told_at_b(card, "reversed_though_taken")
    rows.decide(case, "recover")
    quote = rows.b("quote", "--energy", "10", card=card)
    must("recovered", [part["amount"] for part in quote["arrears"]], [sold["amount"]])


def moved_twice(rows: Rows) -> None:
    rows.row("The meter was changed elsewhere", "its remaining credit moves once")
    account, old = rows.customer("郑十", "M2007")
    rows.a("vend", "--energy", "30", card=old)
    rows.branch.insert(old, "M2007")
    rows.a("card", "read", card=old)
    rows.branch.sync()
    new = rows.replaced_at_b(account)
    reading = ("--old", "M2007", "--count", "1", "--left", "30", "--used", "0", *BY)
    rows.branch.hang("M2008")
    rows.a("meter", "change", "M2008", *reading, card=old)
    rows.b("meter", "change", "M2008", *reading, card=new)
    rows.branch.insert(new, "M2008")
    must("the other card", rows.branch.stage.insert(old, "meters/M2008")["outcome"], "refused_issue")
    rows.b("card", "read", card=new)
    rows.branch.sync()
    rows.case(account, "moved_twice", "reported")
    books = rows.balanced(account)
    must("moved, held", (books["moved"], books["held"]), (30_000, 0))
    say(f"{format_energy(books['moved'])} moved, once; the meter on the wall has it")


def overturned(rows: Rows) -> None:
    rows.row("A decision is overturned after somebody acted on it", "it becomes a case for a person")
    account, old = rows.customer("冯一", "M2009")
    new = rows.replaced_at_b(account)
    rows.a("vend", "--energy", "30", card=old)
    rows.branch.sync()
    rows.b("card", "makeup", card=new)
    rows.branch.insert(old, "M2009")
    rows.a("card", "read", card=old)
    rows.branch.sync()
    must("the debt", sorted(one["type"] for one in rows.decisions(account)), ["card.blocked", "case.opened"])
    case = rows.case(account, "made_up_though_taken")
    rows.told_at_b(new, "made_up_though_taken")
    rows.decide(case, "branch_pays")
    must("what waits", [one["case"]["key"] for one in rows.branch.stage.office("case", "list")].count(case["key"]), 0)


def sold_at_old_price(rows: Rows) -> None:
    rows.row("Sold at a price that had changed", "the printed price stands; the difference is reported, not charged")
    account, card = rows.customer("陈二", "M2010")
    publish(rows.branch.stage, "prices-2027", datetime.now(UTC).replace(microsecond=0), "0.638")
    sold = rows.a("vend", "--energy", "100", card=card)
    must("the printed price", sold["amount"], 5_380)
    rows.branch.sync()
    case = rows.case(account, "sold_at_old_price", "reported")
    must("the difference", (case["amount"], case["options"]), (1_000, []))
    rows.told_at_b(card, "sold_at_old_price")
    rows.branch.insert(card, "M2010")
    quote = rows.b("quote", "--energy", "100", card=card)
    must("the next price, and nothing on top", (quote["amount"], quote["arrears"]), (6_380, []))


def forked(rows: Rows) -> None:
    rows.row("A till's journal forks", "both branches are kept; the till comes back under a new epoch")
    stage = rows.branch.stage
    one, first = rows.customer("褚三", "M2011")
    other, second = rows.customer("卫四", "M2012")
    shutil.copytree(stage.folder / "till-b", stage.folder / "till-b-copy")
    say("somebody copies till B's disk, and both go on selling")
    rows.b("vend", "--energy", "10", card=first)
    stage.till("till-b-copy", "vend", "--energy", "20", card=second)
    rows.b("sync")
    refused = stage.till("till-b-copy", "sync", code=4)["refused"]
    say(refused["what"])
    code = stage.office("till", "enrol-again", "till-0002")["code"]
    back = stage.till("till-b-copy", "re-enrol", code)
    must("the epoch", back["enrolment"]["epoch"], 2)
    rows.a("sync")
    books = [rows.a("account", "show", account)["standing"]["books"]["energy"]["sold"] for account in (one, other)]
    must("sold on either branch", books, [10_000, 20_000])
    say(f"till A sees both sales: {format_energy(books[0])} and {format_energy(books[1])}")


ROWS = (
    sold_to_superseded, both_replaced, sold_to_frozen, made_up_twice, same_count_twice, reversed_though_taken,
    moved_twice, overturned, sold_at_old_price, forked,
)  # fmt: skip


def every_conflict(stage: Stage) -> None:
    """Every row; then the proof that the office holds together."""
    rows = Rows(set_up(stage))
    for row in ROWS:
        row(rows)
    tell("Every journal is verified, every table rebuilt and compared.")
    audited = stage.office("verify")
    must("what differs", stage.office("rebuild", "--check")["differences"], [])
    say(f"all {audited['entries']} entries of {audited['journals']} journals hold")
    say(f"{rows.told} rows shown")
