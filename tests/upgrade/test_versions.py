"""Old tills with a new office and the reverse: they keep one story; and what an older version made, the newer opens."""

import pytest


@pytest.mark.parametrize("which", ["an old till, a new office", "a new till, an old office"])
def test_versions_that_differ_keep_one_story(company, old, new, which):
    office, till = (new, old) if which == "an old till, a new office" else (old, new)
    card, other, *_ = company.begin(office)
    with company.line(office):
        company.enrol(office, till, "counter")
        company.enrol(office, office, "van")  # of the office's version, in the same branch
        company.open_account(till, "counter", "0431-77", "M1", card)
        assert company.till(till, "counter", "vend", "--money", "100", card=card)["amount"] == 10_000
        assert company.till(till, "counter", "sync")["sent"] > 0
        company.till(office, "van", "sync")
        assert company.command(till, "till", "sim", "insert", "meter", f"cards/{card}.card")["outcome"] == "loaded"

        company.till(office, "van", "vend", "--money", "50", card=card)
        company.till(office, "van", "card", "replace", "0431-77", "--reason", "lost", card=other)
        company.till(office, "van", "sync")
        company.till(till, "counter", "sync")
        refused = company.till(till, "counter", "vend", "--money", "1", card=card, code=3)
        assert refused["refused"]["error"] == "CardIsSuperseded"
        here, there = (
            company.till(version, name, "account", "show", "0431-77")["standing"]["books"]
            for version, name in ((till, "counter"), (office, "van"))
        )
        assert {place: here["energy"][place] for place in there["energy"] if place in here["energy"]} == {
            place: there["energy"][place] for place in here["energy"] if place in there["energy"]
        }
        assert (here["money"], here["gaps"]) == (there["money"], there["gaps"])

    assert company.office(office, "books")["money"] == 15_000
    assert company.office(office, "rebuild", "--check")["differences"] == []
    for version, name in ((till, "counter"), (office, "van")):
        assert company.till(version, name, "rebuild", "--check")["differences"] == []


def test_a_till_that_is_upgraded_sells_on_with_all_that_it_had(company, old, new):
    card, *_ = company.begin(old)
    with company.line(old):
        company.enrol(old, old, "counter")
        company.open_account(old, "counter", "0431-77", "M1", card)
        company.till(old, "counter", "vend", "--money", "100", card=card)
        before = company.till(old, "counter", "status")
        company.command(old, "till", "sim", "insert", "meter", f"cards/{card}.card")

        after = company.till(new, "counter", "status")
        kept = ("till", "head", "waiting", "feed", "vends", "energy", "money", "lease_money_left")
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
        assert company.till(new, "counter", "vend", "--money", "50", card=card)["amount"] == 5_000
        company.till(new, "counter", "sync")
        assert company.till(new, "counter", "journal", "verify")["seq"] > before["head"]
        assert company.till(new, "counter", "rebuild", "--check")["differences"] == []
    assert company.office(old, "books")["money"] == 15_000


def test_what_an_older_till_passed_over_counts_once_it_is_upgraded(company, new, version):
    old = version("2026-11-25")
    card, *_ = company.begin(new)
    stick = company.folder / "stick"
    stick.mkdir()
    with company.line(new):
        company.enrol(new, old, "counter")  # it hears of the key that bundles are sealed to, and knows none
        company.open_account(old, "counter", "0431-77", "M1", card)
        company.till(old, "counter", "vend", "--money", "100", card=card)
    assert company.till(new, "counter", "status")["money"] == 10_000
    assert company.till(new, "counter", "rebuild", "--check")["differences"] == []
    company.till(new, "counter", "bundle", "export", stick)
    company.office(new, "bundle", "import", stick)
    assert company.office(new, "books")["money"] == 10_000


def test_an_older_till_that_cannot_read_what_a_newer_one_wrote_says_so(company, new, version):
    old = version("2026-11-25")
    company.begin(new)
    with company.line(new):
        company.enrol(new, new, "counter")
    refused = company.till(old, "counter", "status", code=4)["refused"]
    assert refused["error"] == "StoreNewer"
    assert "newer" in refused["what"] + refused["next"]


def test_an_office_that_is_upgraded_serves_what_it_had(company, release, new):
    card, *_ = company.begin(release)
    with company.line(release):
        company.enrol(release, release, "counter")
        company.open_account(release, "counter", "0431-77", "M1", card)
        company.till(release, "counter", "vend", "--money", "100", card=card)
        company.till(release, "counter", "sync")
        company.command(release, "till", "sim", "insert", "meter", f"cards/{card}.card")
    entries = company.office(release, "verify")["entries"]

    told = company.office(new, "verify", code=4)
    assert "syncserver upgrade" in told["what"] + told["next"]
    company.office(new, "upgrade")
    company.office(new, "rebuild")
    with company.line(new, company.port):
        company.till(release, "counter", "vend", "--money", "50", card=card)
        company.till(release, "counter", "sync")
        assert company.office(new, "verify")["entries"] > entries
    assert company.office(new, "books")["money"] == 15_000
    assert company.office(new, "rebuild", "--check")["differences"] == []
