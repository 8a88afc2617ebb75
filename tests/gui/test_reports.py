"""The branch's reports: shown, and saved as files, by keys."""

from pathlib import Path

import pytest

from tests.gui.counter import Shop
from tests.gui.window import Shown

pytestmark = pytest.mark.xdist_group("window")


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"")])
def test_the_month_is_shown_and_saved(shop: Shop, till: Shown, tmp_path: Path, kind: str, begins: bytes) -> None:
    shop.buys(shop.customer(), 5_000, 10_000)
    till.keys("F5", "1")
    till.until(lambda: till.root.dialog is not None, "which month")
    assert till.root.dialog.value("month") == "2026-11"
    till.keys("enter")
    till.until(lambda: type(till.root.dialog).__name__ == "DocumentDialog", "the report")
    till.until_says("150.00")
    shown = till.root.dialog
    till.keys("enter")
    till.until(lambda: till.root.dialog is not shown, "where to")
    till.type(str(tmp_path))
    till.keys("tab")
    for _ in range({"pdf": 0, "xlsx": 1, "csv": 2}[kind]):
        till.keys("Right")
    till.keys("enter")
    till.until_says("Saved: ")
    (made,) = tmp_path.glob(f"*.{kind}")
    assert made.read_bytes().startswith(begins)
    assert made.stat().st_size > 300
    till.keys("esc")
    till.until(lambda: till.root.dialog is None, "the report is closed")


def test_what_is_no_month_or_no_folder_is_said(shop: Shop, till: Shown, tmp_path: Path) -> None:
    shop.buys(shop.customer(), 5_000)
    till.keys("F5", "2")
    till.until(lambda: till.root.dialog is not None, "which month")
    till.root.dialog.field("month").text = "2026-13"
    till.keys("enter")
    till.until(lambda: till.root.dialog.field("month").error, "no month")
    till.root.dialog.field("month").text = "2026-11"
    till.keys("enter")
    till.until(lambda: type(till.root.dialog).__name__ == "DocumentDialog", "the register")
    till.until_says("till-0001-00000001")
    shown = till.root.dialog
    till.keys("enter")
    till.until(lambda: till.root.dialog is not shown, "where to")
    till.type(str(tmp_path / "none"))
    till.keys("enter")
    till.until(lambda: till.root.dialog.field("folder").error, "no folder")
    till.keys("esc", "esc")
    till.until(lambda: till.root.dialog is None, "all closed")


def test_a_list_that_is_of_no_month(shop: Shop, till: Shown) -> None:
    shop.customer()
    shop.owes("A1", 12_000)
    till.keys("F5", "4")
    till.until(lambda: type(till.root.dialog).__name__ == "DocumentDialog", "arrears")
    till.until_says("120.00")
    till.keys("esc")
