"""Checking a paper receipt."""

from common.receipt_code import BadReceiptCode
from syncserver.office.errors import OfficeError
from syncserver.office.receipts import check_receipt
from syncserver.web.ask import Answer, Ask, Page, Route


def routes() -> list[Route]:
    """The address."""
    return [Route("GET", "/receipts", show)]


def show(ask: Ask) -> Answer:
    """What the office holds of the receipt with this code or number."""
    paper = ask.asked("paper")
    if not paper:
        return Page("receipts.html", {"paper": "", "found": None})
    with ask.office.store.read() as reading:
        try:
            found = check_receipt(reading, paper)
        except BadReceiptCode:
            advice = "Give what the QR code says (KT1:...), or the number."
            wrong = OfficeError(f"{paper!r} is no receipt's code or number.", advice, "no_receipt", paper=paper)
            return Page("receipts.html", {"paper": paper, "found": None}, 422, wrong)
    return Page("receipts.html", {"paper": paper, "found": found})
