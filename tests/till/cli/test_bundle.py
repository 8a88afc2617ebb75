"""`till bundle` and `syncserver bundle`: a messenger's day, by commands."""

import shutil

import pytest


@pytest.fixture
def stick(tmp_path):
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def done(result):
    assert result.code == 0, result.text
    return result


def test_a_branch_without_a_line_lives_by_the_stick(company, tmp_path, stick):
    data = company.copy(tmp_path)
    done(
        company.till("account", "open", "--number", "A7", "--name", "王五", "--meter", "M7", "--limit", "30", data=data)
    )
    out = done(company.till("bundle", "export", stick, "--json", data=data)).json
    assert out["entries"] > 0
    taken = done(company.office("bundle", "import", stick, "--json")).json
    assert (taken["refused"], taken["taken"][0]["new"], taken["taken"][0]["lacking"]) == ([], out["entries"], None)
    till = taken["taken"][0]["till"]
    text = done(company.office("bundle", "export", till, stick)).text
    assert f"Only {till} can read it" in text
    # Both files are on the stick: each side takes what is for it.
    back = done(company.till("bundle", "import", stick, "--json", data=data)).json
    assert [(found["waiting"], found["stale"]) for found in back] == [(0, False)]
    assert "A7" in done(company.till("account", "show", "A7", data=data)).text
    again = done(company.office("bundle", "import", stick)).text
    assert "0 new entries" in again
    assert "sealed to another office" in again


def test_what_is_wrong_with_a_stick_is_said_in_words(company, tmp_path, stick):
    data = company.copy(tmp_path)
    for lang, word in (("en", "There is no bundle at"), ("zh", "没有数据包")):
        refused = company.with_card(0, "bundle", "import", stick, lang=lang, data=data)
        assert refused.code == 4
        assert word in refused.text
    done(company.till("bundle", "export", stick, data=data))
    (path,) = stick.iterdir()
    refused = company.till("bundle", "import", path, data=data)
    assert "not taken" in refused.text
    path.write_bytes(path.read_bytes()[:-7])
    refused = company.office("bundle", "import", path)
    assert refused.code == 3
    assert "cut short" in refused.text
    assert company.office("bundle", "import", stick / "nowhere.kilotill").code == 3
    assert company.office("bundle", "export", "till-0099", stick).code == 3


def test_a_stick_that_cannot_be_written_is_said(company, tmp_path, stick):
    data = company.copy(tmp_path)
    full = tmp_path / "file"
    full.write_text("not a folder")
    refused = company.till("bundle", "export", full / "x" / "y.kilotill", data=data)
    assert refused.code == 4
    assert "stick cannot be read or written" in refused.text
    shutil.rmtree(stick)
    assert company.till("bundle", "export", stick / "new" / "a.kilotill", data=data).code == 0
