"""One original a vend, whatever printer and machine do; a repeat is a copy, and only after somebody has looked."""

import os
import signal
import threading
from collections import Counter as Tally

import pytest
from argon2 import PasswordHasher

from common.clerks import Role
from common.entries import ClerkSet
from tests.till.operations.test_crash import die, in_a_process_of_its_own
from tests.till.printing.escpos import NotEscPos, read
from tests.till.printing.loopback import LoopbackPrinter, loopback_printer
from till.operations.printers import ask_printer, printer_of, printer_setup, set_printer, try_printer
from till.operations.receipts import came_out, did_not_come_out, print_queued, print_x, questions, reprint
from till.operations.refusals import BadField
from till.operations.shift import hand_over
from till.operations.vend import Amount, vend
from till.printing.pos import printer as pos
from till.printing.pos.printer import PosPrinter
from till.printing.printer import FilePrinter, PrintedInDoubt, PrinterFailed, Trouble
from till.printing.setup import Answers, Letters, PrinterKind, PrinterSetup
from till.printing.turn import printing
from till.store import SheetState


@pytest.fixture
def paper():
    with loopback_printer() as printer:
        yield printer


def setup_of(paper: LoopbackPrinter, answers: Answers = Answers.END) -> PrinterSetup:
    return PrinterSetup(
        kind=PrinterKind.NETWORK, address=paper.address, letters=Letters.GB18030, answers=answers, native_qr=True
    )


def pos_printer(paper: LoopbackPrinter, answers: Answers = Answers.END) -> PosPrinter:
    return PosPrinter(setup_of(paper, answers))


def sell(branch, counter, times: int = 1) -> list[str]:
    """Vends that nobody prints. Returns their receipts."""
    card = branch.blank() if branch.blank().stat().st_size and has_account(counter) else branch.customer()
    receipts = []
    for _ in range(times):
        with counter.desk() as desk, counter.card(card) as driver:
            receipts.append(vend(desk, driver, Amount(money=1_000)).receipt)
        branch.insert(card)
    return receipts


def has_account(counter) -> bool:
    with counter.desk() as desk:
        return desk.store.account("A1") is not None


def whole(data: bytes) -> str | None:
    """What is on a paper that came out whole; None when it did not."""
    try:
        found = read(data, 80)
    except NotEscPos:
        return None
    return found.text if found.cuts else None


def originals(paper: LoopbackPrinter) -> Tally:
    """How often each receipt came out whole without saying that it is a copy."""
    texts = [whole(data) for data in paper.finished()]
    return Tally(number(text) for text in texts if text and "COPY" not in text and "till-0001-0" in text)


def number(text: str) -> str:
    return next(word for word in text.split() if word.startswith("till-0001-"))


def test_a_vend_has_its_receipt_on_paper_once(branch, counter, paper):
    [receipt] = sell(branch, counter)
    with counter.desk() as desk:
        assert print_queued(desk, pos_printer(paper)) == [receipt]
        assert print_queued(desk, pos_printer(paper)) == []
        assert reprint(desk, pos_printer(paper), receipt) == 1
    assert originals(paper) == {receipt: 1}
    assert "COPY 1" in whole(paper.printed[-1])
    assert read(paper.printed[0], 80).qr[0].startswith("KT1:TILL-0001:1:")


@pytest.mark.parametrize("answers", list(Answers))
def test_a_printer_that_is_off_costs_nothing(branch, counter, paper, answers):
    receipts = sell(branch, counter, 2)
    paper.off()
    with counter.desk() as desk:
        for _ in range(3):
            with pytest.raises(PrinterFailed) as failed:
                print_queued(desk, pos_printer(paper, answers))
            assert (type(failed.value), failed.value.reason) == (PrinterFailed, Trouble.OFF)
        assert questions(desk) == []
        paper.on()
        assert print_queued(desk, pos_printer(paper, answers)) == receipts
    assert originals(paper) == dict.fromkeys(receipts, 1)


@pytest.mark.parametrize(
    ("like", "reason"),
    [
        ({"paper_for": 0}, Trouble.PAPER_OUT),
        ({"cover_open": True}, Trouble.COVER_OPEN),
        ({"silent": True}, Trouble.SILENT),
    ],
    ids=lambda value: str(value),
)
@pytest.mark.parametrize("answers", [Answers.STATUS, Answers.END])
def test_a_printer_that_says_what_is_wrong_is_sent_nothing(branch, counter, paper, like, reason, answers):
    [receipt] = sell(branch, counter)
    for name, value in like.items():
        setattr(paper, name, value)
    with counter.desk() as desk:
        with pytest.raises(PrinterFailed) as failed:
            print_queued(desk, pos_printer(paper, answers))
        assert (type(failed.value), failed.value.reason) == (PrinterFailed, reason)
        assert b"".join(paper.printed).replace(b"\x1da\x00", b"") == b""
        assert questions(desk) == []
        paper.paper_for, paper.cover_open, paper.silent = None, False, False
        assert print_queued(desk, pos_printer(paper, answers)) == [receipt]
    assert originals(paper) == {receipt: 1}


def test_paper_that_ends_in_the_middle_is_asked_about(branch, counter, paper):
    first, second = sell(branch, counter, 2)
    paper.paper_for = 300
    with counter.desk() as desk:
        with pytest.raises(PrintedInDoubt) as doubt:
            print_queued(desk, pos_printer(paper))
        assert (doubt.value.reason, doubt.value.number) == (Trouble.PAPER_OUT, first)
        assert [sheet.number for sheet in questions(desk)] == [first]
        with pytest.raises(PrinterFailed) as failed:
            print_queued(desk, pos_printer(paper))
        assert failed.value.reason == Trouble.PAPER_OUT
        paper.paper_for = None
        assert print_queued(desk, pos_printer(paper)) == [second]
        assert did_not_come_out(desk, pos_printer(paper), first) == 1
        assert questions(desk) == []
    assert originals(paper)[second] == 1
    assert originals(paper)[first] <= 1
    assert "COPY 1" in whole(paper.printed[-1])


@pytest.mark.parametrize("after", [0, 1, 40, 400, 900])
def test_a_printer_that_dies_in_the_middle_never_gives_a_second_original(branch, counter, paper, after):
    [receipt] = sell(branch, counter)
    paper.dies_after = after + 12  # what it is asked first is twelve bytes
    with counter.desk() as desk:
        with pytest.raises(PrinterFailed):
            print_queued(desk, pos_printer(paper))
        paper.dies_after = None
        print_queued(desk, pos_printer(paper))
        assert originals(paper)[receipt] <= 1
        if questions(desk):
            with pytest.raises(BadField):
                came_out(desk, "till-0001-00000099")
            came_out(desk, receipt)
        assert questions(desk) == []
        assert print_queued(desk, pos_printer(paper)) == []
    assert originals(paper)[receipt] <= 1


def test_a_slow_printer_is_waited_for(branch, counter, paper):
    [receipt] = sell(branch, counter)
    paper.delay = 0.03
    with counter.desk() as desk:
        assert print_queued(desk, pos_printer(paper)) == [receipt]
        assert originals(paper) == {receipt: 1}


def test_a_printer_that_never_ends_is_asked_about(branch, counter, paper, monkeypatch):
    monkeypatch.setattr(pos, "_END_SECONDS", 0.5)
    [receipt] = sell(branch, counter)
    paper.in_turn = False
    with counter.desk() as desk:
        with pytest.raises(PrintedInDoubt) as doubt:
            print_queued(desk, pos_printer(paper))
        assert (doubt.value.reason, doubt.value.number) == (Trouble.SILENT, receipt)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_the_printer_is_asked_about_and_never_printed_twice(branch, counter, paper, moment):
    [receipt] = sell(branch, counter)

    class Dies(PosPrinter):
        def put(self, sheet):
            if moment == "after":
                super().put(sheet)
            die()

    def killed() -> None:
        with counter.desk() as desk:
            print_queued(desk, Dies(setup_of(paper)))

    assert in_a_process_of_its_own(killed) == signal.SIGKILL
    with counter.desk() as desk:
        assert print_queued(desk, pos_printer(paper)) == []
        [asked] = questions(desk)
        assert (asked.number, asked.reason) == (receipt, "cut_off")
        assert originals(paper)[receipt] == (1 if moment == "after" else 0)
        assert did_not_come_out(desk, pos_printer(paper), receipt) == 1
        assert questions(desk) == []
    assert originals(paper)[receipt] <= 1


def test_a_crash_at_a_folder_leaves_nothing_to_ask(branch, counter, tmp_path):
    [receipt] = sell(branch, counter)

    class Dies(FilePrinter):
        def put(self, sheet):
            super().put(sheet)
            die()

    def killed() -> None:
        with counter.desk() as desk:
            print_queued(desk, Dies(tmp_path / "paper"))

    assert in_a_process_of_its_own(killed) == signal.SIGKILL
    with counter.desk() as desk:
        assert print_queued(desk, FilePrinter(tmp_path / "paper")) == [receipt]
    assert len(list((tmp_path / "paper").glob("*.txt"))) == 1


def test_what_one_printer_was_cut_off_on_no_other_prints(branch, counter, paper, tmp_path):
    """A receipt that may lie in the printer does not go to a folder because somebody has unset the printer."""
    [receipt] = sell(branch, counter)
    paper.dies_after = 500
    with counter.desk() as desk:
        with pytest.raises(PrintedInDoubt):
            print_queued(desk, pos_printer(paper))
        assert print_queued(desk, FilePrinter(tmp_path / "paper")) == []
        assert [sheet.number for sheet in questions(desk)] == [receipt]


def test_two_programs_print_each_receipt_once(branch, counter, paper):
    receipts = sell(branch, counter, 6)
    paper.delay = 0.002

    def child() -> None:
        with counter.desk() as desk:
            print_queued(desk, pos_printer(paper))

    children = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            try:
                child()
            finally:
                os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    with counter.desk() as desk:
        assert desk.store.spool.sheets(*SheetState) == []
    assert originals(paper) == dict.fromkeys(receipts, 1)


def test_a_program_that_waits_too_long_for_another_says_so(branch, counter, paper):
    [receipt] = sell(branch, counter)
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with printing(counter.database):
            held.set()
            go.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        with pytest.raises(PrinterFailed) as busy, printing(counter.database, patience=0.1):
            pytest.fail("two at once")
        assert busy.value.reason == Trouble.BUSY
    finally:
        go.set()
        thread.join()
    with counter.desk() as desk:
        assert print_queued(desk, pos_printer(paper)) == [receipt]


def test_a_copy_that_does_not_print_waits_and_keeps_its_number(branch, counter, paper):
    [receipt] = sell(branch, counter)
    with counter.desk() as desk:
        print_queued(desk, pos_printer(paper))
        paper.off()
        with pytest.raises(PrinterFailed):
            reprint(desk, pos_printer(paper), receipt)
        paper.on()
        assert print_queued(desk, pos_printer(paper)) == [receipt]
        assert "COPY 1" in whole(paper.printed[-1])
        assert reprint(desk, pos_printer(paper), receipt) == 2


def test_an_x_report_prints_as_it_was_when_the_printer_is_back(branch, counter, paper):
    sell(branch, counter)
    paper.off()
    with counter.desk() as desk, pytest.raises(PrinterFailed):
        print_x(desk, pos_printer(paper))
    sell(branch, counter)
    paper.on()
    with counter.desk() as desk:
        assert print_queued(desk, pos_printer(paper))[1] == "till-0001-X"
    x = next(text for text in map(whole, paper.printed) if text and "X REPORT" in text)
    assert "x1" in x


def test_a_printer_is_asked_what_it_can(paper):
    setup = setup_of(paper)
    assert ask_printer(setup).answers is Answers.END
    assert ask_printer(setup).letters is Letters.GB18030
    paper.chinese = False
    assert ask_printer(setup).letters is Letters.IMAGE
    paper.in_turn = False
    assert ask_printer(setup).answers is Answers.STATUS
    paper.silent = True
    assert ask_printer(setup).answers is Answers.NONE
    paper.off()
    with pytest.raises(PrinterFailed):
        ask_printer(setup)


def test_a_printer_is_kept_and_tried(counter, paper, tmp_path):
    with counter.desk() as desk:
        assert printer_setup(desk.store).kind is PrinterKind.NONE
        assert isinstance(printer_of(printer_setup(desk.store), tmp_path), FilePrinter)
        set_printer(desk.store, setup_of(paper))
        setup = printer_setup(desk.store)
        assert setup == setup_of(paper)
        try_printer(desk, printer_of(setup, tmp_path), setup)
    assert "PRINTER TEST" in whole(paper.printed[-1])


@pytest.mark.parametrize(
    ("field", "setup"),
    [
        ("address", PrinterSetup(kind=PrinterKind.NETWORK, address="")),
        ("address", PrinterSetup(kind=PrinterKind.USB, address="epson")),
        ("address", PrinterSetup(kind=PrinterKind.SERIAL, address="ttyS0")),
        ("paper", PrinterSetup(paper=76)),
        ("languages", PrinterSetup(languages=())),
        ("languages", PrinterSetup(languages=("tlh",))),
    ],
)
def test_a_printer_that_cannot_be_is_refused(counter, field, setup):
    with counter.desk() as desk:
        with pytest.raises(BadField) as refused:
            set_printer(desk.store, setup)
        assert refused.value.field == field
        assert printer_setup(desk.store) == PrinterSetup()


def test_the_drawer_opens_with_an_original_that_was_paid_in_cash(branch, counter, paper):
    card = branch.customer()
    setup = PrinterSetup(kind=PrinterKind.NETWORK, address=paper.address, letters=Letters.GB18030, drawer=True)
    kicks = []
    for payment in ("cash", "card"):
        with counter.desk() as desk, counter.card(card) as driver:
            receipt = vend(desk, driver, Amount(money=1_000), payment=payment).receipt
            print_queued(desk, PosPrinter(setup))
            reprint(desk, PosPrinter(setup), receipt)
        branch.insert(card)
        kicks.append([read(data, 80).kicks for data in paper.finished()[-2:]])
    assert kicks == [[1, 0], [0, 0]]


def test_the_paper_of_a_hand_over_waits_for_the_printer_and_is_signed_by_both(branch, counter, paper):
    """It is queued with the entry that closes the shift: a till that dies before it prints does not forget it."""
    pin = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("194673")
    roles = [Role.CLERK, Role.SUPERVISOR]
    branch.office.say(ClerkSet(clerk="li", name="li", branch="B1", roles=roles, pin=pin, active=True))
    counter.hear()
    sell(branch, counter)
    paper.off()

    def killed() -> None:
        with counter.desk() as desk:
            hand_over(desk, 1_000, to="li", pin="194673")
            die()

    assert in_a_process_of_its_own(killed) == signal.SIGKILL
    paper.on()
    with counter.desk() as desk:
        assert print_queued(desk, pos_printer(paper))[1:] == ["till-0001-Z1-00001"]
        assert print_queued(desk, pos_printer(paper)) == []
    [z] = [text for text in map(whole, paper.finished()) if text and "Z REPORT" in text]
    assert z.count("签字 Signature") == 2
    assert "接班人 Handed to" in z
