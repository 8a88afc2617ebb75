"""A till whose disk was lost comes back on another under its next epoch: its receipts go on where they ended."""

import shutil

import till.cli.office
from till.store import Store
from till.sync.errors import OfficeUnreachable
from till.sync.restored import is_restored


def restored(data) -> bool:
    store = Store.open(data / "till.db")
    try:
        return is_restored(store)
    finally:
        store.close()


def test_receipts_go_on_where_they_ended(company, tmp_path, monkeypatch):
    data, card = company.copy(tmp_path), shutil.copy(company.cards[0], tmp_path / "one.card")
    first = company.with_card(card, "vend", "--money", "20", "--json", data=data).json["job"]["receipt"]
    supervisor = ["--by", "li", "--reason", "from 2025", "--pin", "194673"]
    owed = ["account", "arrears", "A1", "--name", "2025", "--amount", "10", "--fixed", "1", *supervisor]
    assert company.till(*owed, data=data).code == 0
    paid = company.till("account", "pay", "A1", "4", "--json", data=data)
    assert paid.json[0]["receipt"] == f"till-0001-{int(first[-8:]) + 1:08d}"
    assert company.till("sync", data=data).code == 0

    code = company.office("till", "enrol-again", "till-0001", "--json").json["code"]
    new = tmp_path / "new"
    enrol = ["enrol", "--server", company.url, "--code", code]

    def cut(*_):
        raise OfficeUnreachable(company.url, "cut")

    with monkeypatch.context() as patch:
        patch.setattr(till.cli.office, "sync_with_office", cut)
        assert company.till(*enrol, data=new).code == 4
    assert restored(new)  # whatever it hears of others first, it does not know yet which numbers it has given
    assert company.till("sync", data=new).code == 0
    assert not restored(new)
    assert company.till("sign-in", "wang", "--pin", "380512", data=new).code == 0
    again = company.till("account", "pay", "A1", "3", "--json", data=new)
    assert again.json[0]["receipt"] == f"till-0001-{int(first[-8:]) + 2:08d}"
