"""Mapping files: the one that is shipped holds, and one that does not is refused in words before anything is read."""

from pathlib import Path

import pytest

from syncserver.office.errors import OfficeError
from syncserver.oldsystem.mapping import FIELDS, read_mapping

SHIPPED = Path(__file__).parents[3] / "packaging" / "old-system.toml"
FILES = ("YHDA.DBF", "a.xlsx", "cards.csv", "SDJL2016.DBF")
SMALL = """
name = "old"
[defaults]
branch = "hill"
[accounts]
file = "a.xlsx"
[accounts.columns]
account = "1"
name = "2"
meter = "3"
[purchases]
file = "cards.csv"
[purchases.columns]
account = "1"
at = "2"
amount = "3"
credit = "4"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).touch()
    return tmp_path


def mapped(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_one_names_every_field(folder: Path) -> None:
    read = read_mapping(mapped(folder, SHIPPED.read_text(encoding="utf-8")))
    text = SHIPPED.read_text(encoding="utf-8")
    for name, table in read.tables().items():
        assert [path.name for path in read.files(table)]
        for field in (*FIELDS[name][0], *FIELDS[name][1]):
            assert field in table.columns or f"{field} = " in text, f"{name}.{field}"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('name = "old"', 'name = "Old system"', "lower-case"),
        ('"cards.csv"', '"gone.csv"', "there is no file"),
        ('amount = "3"', "", "which column is amount"),
        ('amount = "3"', 'amount = "3"\nprice = "9"', "there is no field price"),
        ('meter = "3"', "", "which meter"),
        ('branch = "hill"', "", "which branch"),
        ('branch = "hill"', 'branch = "hill"\nclerk = "Li Si"', "cannot be a clerk"),
        ('name = "old"', 'name = "old"\nencoding = "gbk-2"', "there is no encoding"),
        ('name = "old"', 'name = "old"\nunits = {energy = "MWh"}', "units.energy"),
        ('name = "old"', 'name = "old"\nunits = {money = "yuan"}', "units.money"),
        ('name = "old"', 'name = "old"\narrears = {share = 2}', "arrears.share"),
        ('name = "old"', 'name = "old"\ncodes = {town = {a = "b"}}', "codes.town"),
        ('name = "old"', 'name = "old"\nnmae = "x"', "nmae"),
        ('name = "old"', "name = old", "does not hold"),
    ],
)
def test_what_cannot_be_is_said(folder: Path, was: str, now: str, said: str) -> None:
    assert was in SMALL
    with pytest.raises(OfficeError) as refused:
        read_mapping(mapped(folder, SMALL.replace(was, now, 1)))
    assert said in refused.value.what


def test_one_that_cannot_be_read_is_said(folder: Path) -> None:
    with pytest.raises(OfficeError, match="cannot be read"):
        read_mapping(folder / "none.toml")
    (folder / "mapping.toml").write_bytes('name = "旧"'.encode("gb18030"))
    with pytest.raises(OfficeError, match="cannot be read"):
        read_mapping(folder / "mapping.toml")
