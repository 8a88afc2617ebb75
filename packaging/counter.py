"""Every job of a branch counter, by its commands, against simulated meters; and a table of what was seen."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from branch import BY, PIN, Branch, publish, set_up
from rich.console import Console
from rich.table import Table
from stage import Stage, must, say, tell

from common.units import format_energy, format_money


@dataclass(frozen=True)
class Row:
    """A line of the table: what, the command that shows it, what was seen."""

    what: str
    command: str
    seen: str


def accounts(branch: Branch) -> Row:
    """Numbers from the till's own block; found by whatever the customer knows."""
    branch.hang("M1001")
    number = branch.a(
        "account", "open", "--name", "张小明", "--meter", "M1001", "--phone", "13900000001", "--model", "DDZY-E"
    )["account"]
    other = branch.stage.till("till-b", "account", "open", "--name", "王五", "--meter", "M1002")["account"]
    must("numbers of two tills that know nothing of each other", number == other, False)
    branch.a("account", "amend", number, "--address", "3 Hill Lane", "--note", "dog")
    for words in ("zxm", "张小", "13900000001", "M1001", number[:8]):
        must(f"found by {words}", [row["number"] for row in branch.a("account", "find", words)], [number])
    models = [model["model"] for model in branch.a("meter", "models")]
    must("meter models", models, ["DDZY-E", "DDZY-M"])
    branch.sync()
    return Row(
        "accounts", "till account open|amend|find", f"{number} at A, {other} at B; found 5 ways; {' '.join(models)}"
    )


def cards(branch: Branch) -> Row:
    """Issue, replacement, refusal of the old card everywhere, back to stock and out again."""
    account, old = branch.customer("李四", branch.hang("M1003"))
    new = branch.blank()
    replaced = branch.a("card", "replace", account, "--reason", "lost", card=new)
    fee = branch.a("account", "show", account)["standing"]["books"]["money"]
    must("the fee", fee, 500)
    branch.sync()
    for till in ("till-a", "till-b"):
        must("the old card", branch.refused("vend", "--money", "10", card=old, till=till), "CardIsSuperseded")
    branch.a("card", "wipe", card=old)
    other, _ = branch.customer("赵六", branch.hang("M1004"))
    again = branch.a("card", "replace", other, "--reason", "damaged", card=old)
    must("the card that came back", again["card"], old)
    sold = branch.sell(new, "--energy", "12")
    branch.insert(new, "M1003")
    must("the card", branch.a("card", "read", card=new)["verdict"], "good")
    seen = f"{replaced['card'][-4:]} for {old[-4:]}, refused at both tills, wiped and given out again"
    return Row("cards", "till card issue|replace|read|wipe", f"{seen}; {format_energy(sold['job']['credit'])} in M1003")


def makeup(branch: Branch) -> Row:
    """By evidence, once; without evidence by a supervisor, and the meter still takes one of the two."""
    account, first = branch.customer("孙七", branch.hang("M1005"))
    branch.sell(first, "--energy", "30")
    second = branch.blank()
    branch.a("card", "replace", account, card=second)
    must("before any evidence", branch.refused("card", "makeup", card=second), "MakeupNotProved")
    branch.insert(second, "M1005", "nothing")
    made = branch.a("card", "makeup", card=second)
    branch.insert(second, "M1005")
    must("a second time", branch.refused("card", "makeup", card=second), "NothingOwed")
    branch.sell(second, "--energy", "20")
    third = branch.blank()
    branch.a("card", "replace", account, card=third)
    branch.a("card", "makeup", *BY, card=third)
    branch.insert(third, "M1005")
    branch.insert(second, "M1005", "refused_issue")
    books = branch.a("account", "show", account)["standing"]["books"]
    must("the customer paid for two sales and two cards", books["money"], 1_614 + 1_076 + 2 * 500)
    seen = f"{format_energy(made['credit'])} by return data, 20.000 kWh by li; 0.00 to pay; a third: NothingOwed"
    return Row("make-up", "till card makeup [--by --reason]", seen)


def undo(branch: Branch) -> Row:
    """Reversal, refund of what is left, arrears by share, fees."""
    account, card = branch.customer("周八", branch.hang("M1006"))
    branch.sell(card, "--money", "50")
    back = branch.a("card", "reverse", *BY, card=card)["amount"]
    branch.insert(card, "M1006", "nothing")
    branch.a("account", "arrears", account, "--name", "2025", "--amount", "30", "--share", "30%", *BY)
    branch.sell(card, "--money", "50")
    paid = branch.a("account", "pay", account, "15")
    branch.insert(card, "M1006")
    branch.stage.command("till", "sim", "use", branch.stage.path("meters/M1006"), "5")
    branch.a("card", "clear", card=card)
    branch.insert(card, "M1006", "cleared")
    branch.a("card", "read", card=card)
    refund = branch.a("account", "refund", account, *BY)
    seen = (
        f"reversed {format_money(back)}; arrears 15.00 of 50.00 sold, {format_money(paid[0]['amount'])} paid; "
        f"refund {format_money(refund['amount'])} for {format_energy(refund['credit'])}"
    )
    return Row("reversal, refund, arrears, fees", "till card reverse, account refund|arrears|pay", seen)


def meters(branch: Branch) -> Row:
    """The credit moves once; a meter that counts money gets money."""
    account, card = branch.customer("吴九", branch.hang("M1007"), "--model", "DDZY-E")
    branch.sell(card, "--energy", "40")
    branch.insert(card, "M1007")
    branch.a("card", "clear", card=card)
    branch.insert(card, "M1007", "cleared")
    branch.hang("M1008")
    moved = branch.a("meter", "change", "M1008", card=card)
    branch.insert(card, "M1008")
    branch.hang("M1009", "money")
    branch.a("card", "clear", card=card)
    branch.insert(card, "M1008", "cleared")
    change = ("meter", "change", "M1009", "--model", "DDZY-M")
    must("energy for a meter that counts money", branch.refused(*change, card=card), "CreditOfAnotherUnit")
    branch.a("card", "read", card=card)
    refund = branch.a("account", "refund", account, *BY)
    branch.a(*change, card=card)
    must("energy", branch.refused("vend", "--energy", "1", card=card), "EnergyNotSold")
    sold = branch.sell(card, "--money", "66.60")
    branch.insert(card, "M1009")
    branch.a("card", "read", card=card)
    seen = (
        f"{format_energy(moved['credit'])} from M1007 to M1008, once; {format_money(refund['amount'])} given back; "
        f"{format_money(sold['job']['credit'])} in M1009"
    )
    return Row("meter change, meter clear", "till meter change, till card clear", seen)


def closing(branch: Branch) -> Row:
    """Each step in its order; closed for good."""
    account, card = branch.customer("郑十", branch.hang("M1010"))
    branch.sell(card, "--energy", "25")
    steps = [branch.a("account", "closing", account)["next"]["error"]]
    must("too early", branch.refused("account", "freeze", account, *BY), steps[0])
    branch.insert(card, "M1010")
    branch.a("card", "clear", card=card)
    branch.insert(card, "M1010", "cleared")
    branch.a("card", "read", card=card)
    steps.append(branch.a("account", "closing", account)["next"]["error"])
    branch.a("card", "wipe", card=card)
    steps.append(branch.a("account", "closing", account)["next"]["error"])
    branch.a("account", "refund", account, *BY)
    must("nothing stands in the way", branch.a("account", "closing", account)["next"], None)
    branch.a("account", "freeze", account, *BY)
    must("a card for it", branch.refused("card", "issue", account, card=card), "AccountIsFrozen")
    must("still found", branch.a("account", "find", account)[0]["frozen"], 1)
    return Row("closing", "till account closing|freeze", f"{' > '.join(steps)} > frozen; then AccountIsFrozen")


def tariffs(branch: Branch) -> Row:
    """The published lists, to the fen, in however many purchases; versions; every line adds up."""
    figures = []
    for tariff_class, wanted in (("residential", 285_200), ("beijing", 259_750)):
        meter = branch.hang(f"T-{tariff_class[:4].upper()}")
        _, card = branch.customer(tariff_class, meter, "--class", tariff_class)
        total = 0
        for energy in ("1500", "1260.001", "2039.999", "200"):
            quote = branch.a("quote", "--energy", energy, card=card)
            must("the lines", sum(line["amount"] for line in quote["lines"]), quote["amount"])
            total += branch.sell(card, "--energy", energy)["amount"]
            branch.insert(card, meter)
        must(f"5,000 kWh, {tariff_class}", total, wanted)
        figures.append(format_money(total))
    _, card = branch.customer("店 Shop", branch.hang("M1011"), "--class", "shop")
    quote = branch.a("quote", "--energy", "100", card=card)
    must("price and surcharge", [line["amount"] for line in quote["lines"]], [7_500, 200])
    _, card = branch.customer("钱", branch.hang("M1012"))
    shown = branch.a("quote", "--energy", "100", card=card)
    publish(branch.stage, "prices-now", datetime.now(UTC) - timedelta(seconds=1), "0.600")
    branch.sync()
    newer = branch.a("quote", "--energy", "100", card=card)
    must("the version in force", (newer["tariff"], newer["amount"]), ("prices-now", 6_000))
    sold = branch.sell(card, "--id", shown["job"])
    branch.insert(card, "M1012")
    must("the price that was shown", sold["amount"], 5_380)
    seen = f"5,000 kWh: {figures[0]} (Zhejiang), {figures[1]} (Beijing); VAT {format_money(quote['vat'])} within"
    return Row(
        "tariffs", "till quote, syncserver tariff publish", f"{seen}; 53.80 as shown, 60.00 after the new prices"
    )


def clerks(branch: Branch) -> Row:
    """Five wrong PINs lock, over restarts; a role that may not; every refusal is an entry."""
    branch.a("sign-out")
    errors = [branch.refused("sign-in", "wang", "--pin", "000000") for _ in range(5)]
    errors.append(branch.refused("sign-in", "wang", "--pin", PIN))
    must("five wrong tries", errors, ["WrongPin"] * 4 + ["PinLocked"] * 2)
    branch.a("clerk", "unlock", "wang", "--by", "li", "--pin", PIN)
    branch.a("sign-in", "sun", "--pin", PIN)
    role = branch.refused("account", "open", "--name", "x", "--meter", "M9")
    must("an auditor", role, "NotAllowed")
    branch.a("sign-in", "wang", "--pin", PIN)
    written = branch.a("journal", "export", branch.stage.path("export"))
    entered = Path(written["journal"]).read_bytes().count(b'"type":"clerk.refused"')
    must("refusals in the journal", entered, 7)
    return Row(
        "clerks", "till sign-in, till clerk unlock", f"{' '.join(errors[3:])}; {role}; {entered} refusals entered"
    )


def lease(branch: Branch) -> Row:
    """Low at four fifths, over past it, good again after a contact; a revoked till stops."""
    branch.stage.office("till", "lease", "till-0001", "--money", "100", "--days", "2")
    branch.sync()
    _, card = branch.customer("冯", branch.hang("M1013"))
    low = branch.sell(card, "--money", "85")["lease"]
    branch.insert(card, "M1013")
    must("after 85 of 100", low, "low")
    over = branch.refused("vend", "--money", "16", card=card)
    must("past it", over, "LeaseOver")
    branch.a("card", "read", card=card)
    branch.a("sync")
    again = branch.sell(card, "--money", "16")["lease"]
    branch.insert(card, "M1013")
    branch.stage.office("till", "revoke", "till-0002", "--reason", "stolen")
    branch.stage.till("till-b", "sync")
    revoked = branch.refused("vend", "--money", "5", card=card, till="till-b")
    must("a revoked till", revoked, "TillIsRevoked")
    branch.stage.office("till", "lease", "till-0001", "--money", "50000")
    branch.a("sync")
    return Row(
        "lease", "syncserver till lease|revoke", f"85 of 100: {low}; 16 more: {over}; after sync {again}; {revoked}"
    )


def segments(branch: Branch) -> Row:
    """History in its own file, and back; the year's tiers go on."""
    account, card = branch.customer("陈", branch.hang("M1014"))
    for _ in range(6):
        branch.sell(card, "--energy", "500")
        branch.insert(card, "M1014")
    branch.a("card", "read", card=card)
    before = branch.a("quote", "--energy", "10", card=card)["lines"]
    soon = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    moved = branch.a("history", "move", soon)
    must("the price", branch.a("quote", "--energy", "10", card=card)["lines"], before)
    must("purchases", len(branch.a("account", "history", account)), 6)
    back = branch.a("history", "move", "2020-01-01")
    must("moved, and of accounts came back", (moved["moved"] > 0, back["taken_back"] > 0), (True, True))
    must("the tier", [line["tier"] for line in before], [2])
    return Row(
        "segments",
        "till history move DATE",
        f"{moved['moved']} purchases moved and came back; 6 shown; tier 2 goes on",
    )


def readers(branch: Branch) -> Row:
    """How long each read and write took; a bad card is told from a worn reader."""
    for card in branch.used[5:9]:  # good cards first: only beside them is one card known to be bad
        branch.a("card", "read", card=card)
    findings = []
    for card in (branch.used[0], branch.used[0], branch.used[1], branch.used[2]):
        with branch.scratched(card):
            told = branch.a("card", "read", card=card, code=4)
        findings.append(told["finding"]["error"] if "finding" in told else "-")
        if "finding" in told:
            say(told["finding"]["what"])
    must("one card twice, then two others", findings[1:], ["CardBad", "-", "ReaderWorn"])
    found = branch.a("reader", "health")
    tried = sum(reader["attempts"] for reader in found)
    seen = f"{tried} tries kept; a card that fails twice: {findings[1]}; a third card: {findings[3]}"
    return Row("the reader's health", "till reader health", seen)


def doubles(branch: Branch) -> Row:
    """The same command twice is one vend, one receipt; two commands are two."""
    _, card = branch.customer("褚", branch.hang("M1015"))
    quote = branch.a("quote", "--energy", "8", card=card)
    sold = branch.sell(card, "--energy", "8", "--id", quote["job"])
    twice = branch.refused("vend", "--energy", "8", "--id", quote["job"], card=card)
    must("the same id", twice, "AlreadySold")
    receipts = list((branch.stage.folder / "till-a" / "receipts").glob(f"{sold['job']['receipt']}*"))
    must("receipts of it", len(receipts), 1)
    branch.insert(card, "M1015")
    branch.sell(card, "--energy", "8")
    taken = branch.insert(card, "M1015")
    must("two commands", taken["total"], 16_000)
    return Row("double commands", "till vend --id ID, twice", f"{twice}, 1 receipt; two commands: 2 vends, 16.000 kWh")


def receipts(branch: Branch) -> Row:
    """ESC/POS on 58 mm into a file, as PDF, spoiled and given another number; the office checks the paper."""
    _, card = branch.customer("卫", branch.hang("M1016"))
    paper = branch.stage.folder.resolve() / "paper.escpos"
    branch.a("printer", "set", "file", str(paper), "--paper", "58", "--chinese", "gb18030", "--answers", "none")
    receipt = str(branch.sell(card, "--energy", "5")["job"]["receipt"])
    printed = paper.read_bytes()
    must("the receipt's number on the paper", receipt.encode() in printed, True)
    branch.a("printer", "set", "none")
    pdf = Path(branch.a("receipt", "pdf", receipt, branch.stage.path("mail"))["file"])
    instead = str(branch.a("receipt", "void", receipt, *BY)["instead"])
    must(
        "before the till has been in touch", branch.stage.office("receipt", "check", receipt)["verdict"], "not_arrived"
    )
    branch.sync()
    verdicts = [branch.stage.office("receipt", "check", number)["verdict"] for number in (receipt, instead)]
    must("the office says of the papers", verdicts, ["void", "genuine"])
    branch.insert(card, "M1016")
    sizes = f"{len(printed):,} bytes of ESC/POS, {pdf.stat().st_size:,} of PDF"
    seen = f"{sizes}; {receipt[-4:]} {verdicts[0]}, {instead[-4:]} {verdicts[1]}"
    return Row("receipts", "till printer set, till receipt pdf|void, syncserver receipt check", seen)


def reports(branch: Branch) -> Row:
    """The month on one page: till and office say the same; as PDF; and made again, later, from its heads."""
    branch.sync()
    ours = branch.a("report", "month", "--by", "payment")
    theirs = branch.stage.office("report", "month", "--by", "payment")
    must("the month at the office", theirs["sections"] == ours["sections"], True)
    must("totals and sales", branch.stage.office("report", "check")["differences"], [])
    heads, first, again = (branch.stage.path(name) for name in ("month.heads", "month.pdf", "again.pdf"))
    pdf = ("report", "month", "--format", "pdf")
    branch.stage.office(*pdf, "--out", first, "--heads", heads)
    _, card = branch.customer("蒋", branch.hang("M1017"))
    branch.sell(card, "--energy", "9")
    branch.insert(card, "M1017")
    branch.sync()
    branch.stage.office(*pdf, "--out", again, "--as-of", heads)
    must("the report of then, made again", Path(again).read_bytes() == Path(first).read_bytes(), True)
    columns = [column["name"] for column in ours["sections"][0]["columns"]]
    sums = dict(zip(columns, ours["sections"][0]["total"], strict=True))
    seen = f"{sums['vends']} sales, {sums['reversals']} undone, {format_money(sums['net'])} net"
    return Row("reports", "till report, syncserver report month --as-of", f"{seen}; again byte for byte")


JOBS: tuple[Callable[[Branch], Row], ...] = (
    accounts, cards, makeup, undo, meters, closing, tariffs, clerks, lease, segments, readers, doubles,
    receipts, reports,
)  # fmt: skip


def every_job(stage: Stage) -> None:
    """All of them, the books, and the table."""
    branch = set_up(stage)
    rows = []
    for number, job in enumerate(JOBS, 1):
        tell(f"{number}. {job.__doc__}")
        rows.append(job(branch))
    tell("What was paid for is in the meters: every card is read, everybody syncs, everything is proved.")
    for card in branch.used:
        branch.a("card", "read", card=card)
    stage.till("till-a", "sync")
    balance(branch)
    table = Table("", "what", "the command", "seen", show_lines=True)
    for number, row in enumerate(rows, 1):
        table.add_row(str(number), row.what, row.command, row.seen)
    Console(width=150).print(table)


def balance(branch: Branch) -> None:
    """The meters, the books, the drawers and every journal agree."""
    stage = branch.stage
    books = stage.office("books")
    must("the books", books["conserved"], True)
    loaded = {"energy": 0, "money": 0}
    for number in branch.meters:
        meter = json.loads((stage.folder / "meters" / number).read_text())
        loaded[meter["unit"]] += meter["remaining"] + meter["use"]
    for unit, name in (("energy", "energy"), ("money", "money_credit")):
        must(f"{unit} in meters", loaded[unit], books[name]["taken"] - books[name]["cleared"])
    drawers = sum(stage.till(name, "status")["money"] for name in ("till-a", "till-b"))
    must("money", drawers, books["money"])
    must("what differs at till A", stage.till("till-a", "rebuild", "--check")["differences"], [])
    must("what differs at the office", stage.office("rebuild", "--check")["differences"], [])
    held = stage.office("verify")
    loads = f"{format_energy(loaded['energy'])} and {format_money(loaded['money'])}"
    say(f"{len(branch.meters)} meters hold or used {loads}, as booked")
    say(f"drawers {format_money(drawers)}, as booked; {held['entries']} entries of {held['journals']} journals hold")
