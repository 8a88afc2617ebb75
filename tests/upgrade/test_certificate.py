"""A new certificate for the office: tills hear of it, and follow; who did not hear is enrolled again."""

from tests.upgrade.company import PIN


def test_tills_follow_to_the_next_certificate_and_trust_the_old_one_no_more(company, new, tmp_path):
    company.begin(new)
    with company.line(new):
        for name in ("counter", "van"):
            company.enrol(new, new, name)
        old = company.office(new, "certificate", "show")
        assert old["following"] is None
        renewed = company.office(new, "certificate", "renew")
        assert renewed["unheard"] == ["till-0001", "till-0002"]
        company.till(new, "counter", "sync")
        company.till(new, "counter", "sync")  # with this one the office hears how far the till was
    assert company.office(new, "certificate", "show")["unheard"] == ["till-0002"]
    refused = company.office(new, "certificate", "use", code=3)
    assert "till-0002" in refused["what"]
    assert company.office(new, "certificate", "show")["shown"] == old["shown"]

    keys = company.folder / "office" / "keys"
    before = {path.name: path.read_bytes() for path in keys.iterdir()}
    company.office(new, "certificate", "use", "--anyway")
    shown = company.office(new, "certificate", "show")
    assert (shown["shown"]["pin"], shown["following"]) == (renewed["following"]["pin"], None)
    assert shown["shown"]["hosts"] == old["shown"]["hosts"]
    with company.line(new, company.port):
        company.till(new, "counter", "sync")
        company.till(new, "counter", "sync")
        told = company.till(new, "van", "sync", code=4)["refused"]
        assert told["error"] == "WrongOffice"

        code = company.office(new, "till", "enrol-again", "till-0002")["code"]
        company.till(new, "van", "re-enrol", code)
        company.till(new, "van", "sign-in", "wang", "--pin", PIN)
        company.till(new, "van", "sync")

    for name, content in before.items():  # whoever stole the old key poses as the office
        (keys / name).write_bytes(content)
    with company.line(new, company.port):
        for name in ("counter", "van"):
            assert company.till(new, name, "sync", code=4)["refused"]["error"] == "WrongOffice"


def test_a_bundle_brings_the_next_certificate_too(company, new):
    company.begin(new)
    with company.line(new):
        company.enrol(new, new, "counter")
    company.office(new, "certificate", "renew", "--host", "office.example")
    stick = company.folder / "stick"
    stick.mkdir()
    company.office(new, "bundle", "export", "till-0001", stick)
    company.till(new, "counter", "bundle", "import", stick)
    company.office(new, "certificate", "use", "--anyway")
    assert "office.example" in company.office(new, "certificate", "show")["shown"]["hosts"]
    with company.line(new, company.port):
        company.till(new, "counter", "sync")
