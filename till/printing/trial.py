"""A page that shows whether a printer is set right."""

from datetime import datetime

from till.printing.layout import COLUMNS
from till.printing.receipt import Page, Receipt
from till.printing.setup import PrinterSetup

_LETTERS = "电卡电能表 售电收据 ￥0123.45"
"""Chinese, whatever language the paper is in: customers' names are."""


def trial_page(page: Page, setup: PrinterSetup, at: datetime) -> Receipt:
    """The test page of this printer."""
    words, columns = page.words, COLUMNS[setup.paper]
    edge = "".join(str(place % 10) for place in range(1, columns + 1))
    sections = [
        [(words("test.printer"), setup.name), (words("test.paper"), f"{setup.paper} mm")],
        [(words("test.whole"), ""), (edge, "")],
        [(_LETTERS, ""), (words("test.letters"), "")],
    ]
    return page.receipt("0", "test", at, sections, "")
