"""A clerk's day at the command line in Chinese: whatever is said, no English word is in it."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import till
import till.cli.run
import till.messages
from tests.till.cli.conftest import run
from till.messages.words import Words, language_of, languages, texts
from till.simulator.card_file import make_blank

BY = ["--by", "li", "--pin", "194673", "--reason", "核对过"]

DAY = [
    (0, "status"),
    (0, "account open --number A2 --name 张三 --meter M2 --phone 13800000000 --address 山路一号"),
    (0, "account amend A2 --note 晚上在家"),
    (0, "account find A"),
    (0, "account find 没有这个人"),
    (1, "card read"),
    (1, "card issue A2"),
    (1, "card read"),
    (1, "quote --money 100"),
    (1, "vend --money 100"),
    (1, "card read"),
    (1, "card reverse BY"),
    (1, "vend --energy 30"),
    (0, "sim insert METER2 CARD1"),
    (0, "sim insert METER2 CARD1"),
    (0, "sim use METER2 5"),
    (1, "card read"),
    (1, "vend --energy 20"),
    (2, "card replace A2 --reason lost"),
    (1, "card read"),
    (2, "card read"),
    (0, "sim insert METER2 CARD2"),
    (2, "card makeup"),
    (0, "sim insert METER2 CARD2"),
    (0, "sim insert METER2 CARD1"),
    (0, "account arrears A2 --name 旧账 --amount 30 --share 30% BY"),
    (2, "quote --money 100"),
    (2, "card read"),
    (0, "account pay A2 30"),
    (0, "account show A2"),
    (0, "account history A2"),
    (0, "account closing A2"),
    (2, "card clear"),
    (2, "card read"),
    (0, "sim insert METER2 CARD2"),
    (2, "card read"),
    (2, "card wipe"),
    (0, "account refund A2 BY"),
    (0, "account closing A2"),
    (0, "account freeze A2 BY"),
    (0, "account show A2"),
    (2, "card read"),
    (0, "meter models"),
    (0, "meter read A1 --meter M1 --count 0 --left 0 --used 0 BY"),
    (0, "reader health"),
    (0, "clerk list"),
    (0, "clerk lock-after 20"),
    (0, "clerk pin wang --pin 380512 --new 482913"),
    (0, "receipt print"),
    (0, "receipt reprint till-0001-00000001"),
    (0, "mirror set FOLDER/mirror"),
    (0, "mirror heal"),
    (0, "journal verify"),
    (0, "journal export FOLDER/export"),
    (0, "journal check FOLDER/export/till-0001-1.journal FOLDER/export/till-0001-1.pem"),
    (0, "rebuild --check"),
    (0, "history move 2026-01-01"),
    (0, "sync"),
    (0, "sign-out"),
    (0, "sign-out"),
]

NO_WORDS = re.compile(
    r"/\S+"  # a path
    r"|till [a-z][\x20-\x7e]*"  # a command to be typed
    r"|till-\d+(-\d+|/\w+)?"  # a till, a receipt, a job
    r"|\b[0-9a-f]{16,}\b"  # a hash
    r"|--[a-z]+|kWh|CPU|cpu-v1"
    r"|\bwang\b|\bli\b|\bhill\b|\bcounter\b|\bt1\b|\bsimulated\b|\bM[12]\b|\bA[12]\b"  # names that people gave
)
"""What is the same in every language."""


def test_a_day_in_chinese_has_no_english_word(company):
    company.till("sim", "meter", company.folder / "meter2", "--number", "M2", "--esam", company.folder / "esam.json")
    english = []
    for card, line in DAY:
        done = chinese(company, card, line)
        assert done.code in (0, 3, 4), f"{line}\n{done.text}"
        assert any("\u4e00" <= letter <= "\u9fff" for letter in done.text) or "export" in line, line
        found = re.findall(r"[A-Za-z]{2,}", NO_WORDS.sub(" ", done.text))
        english += [(line, found, done.text)] if found else []
    assert english == []


def chinese(company, card, line):
    words = []
    for word in line.split():
        words += BY if word == "BY" else [place(company, word)]
    reader = ["--reader", f"sim:{company.cards[card]}"]
    return run(till, "--data", company.data, "--lang", "zh", *reader, *words)


def place(company, word):
    if word.startswith("CARD"):
        return company.cards[int(word.removeprefix("CARD"))]
    if word.startswith("METER"):
        return company.folder / word.lower()
    return word.replace("FOLDER", str(company.folder))


def test_a_card_that_does_not_open_is_shown_and_refused(company, tmp_path):
    """What is known without a key is a result; why it does not open is the refusal, with its exit code."""
    path = tmp_path / "other.card"
    make_blank(path, "sle4442", "7" * 16, bytes(16))
    company.till("sign-in", "li", "--pin", "194673")
    done = company.with_card(path, "card", "read", lang="zh")
    assert done.code == 3
    assert "存储卡（SLE4442），版式 sle4442-v1" in done.text
    assert f"卡 {'7' * 16} 不是本网点的卡。" in done.text
    assert company.with_card(path, "card", "read", "--json").json["refused"]["error"] == "NoCardKey"


@pytest.mark.parametrize(("lang", "said"), [("zh_CN.UTF-8", "已退出"), ("en_GB.UTF-8", "has left"), ("fr", "has left")])
def test_the_environment_chooses_the_language(company, lang, said):
    company.till("sign-in", "li", "--pin", "194673")
    words = ["--data", str(company.data), "sign-out"]
    done = CliRunner(env={"LC_ALL": "", "LC_MESSAGES": "", "LANG": lang}).invoke(till.cli.run.app, words)
    assert said in done.output


def test_a_pin_is_asked_for_in_the_language(company):
    words = ["--data", str(company.data), "--lang", "zh", "sign-in", "li"]
    done = CliRunner().invoke(till.cli.run.app, words, input="194673\n")
    assert (done.exit_code, "密码" in done.output) == (0, True)


def test_json_is_of_no_language(company):
    """But for what is meant to be read: the words of a verdict, of a refusal, of a notice."""
    company.till("sign-in", "li", "--pin", "194673")
    for line in ("status", "account find A", "account show A1", "clerk list", "reader health"):
        english = run(till, "--data", company.data, "--lang", "en", *line.split(), "--json")
        chinese = run(till, "--data", company.data, "--lang", "zh", *line.split(), "--json")
        assert english.json == chinese.json, line


def test_a_third_language_is_a_file_in_each_folder(tmp_path, monkeypatch):
    """Everything is said from the files: with another language's in place, nothing of the code's changes."""
    texts.cache_clear()
    languages.cache_clear()
    shutil.copytree(Path(till.messages.__file__).parent, tmp_path / "messages")
    for english in (tmp_path / "messages").rglob("en.toml"):
        shutil.copy(english, english.with_name("de.toml"))
    terms = tmp_path / "messages" / "terms" / "de.toml"
    terms.write_text(terms.read_text().replace('vend = "sale"', 'vend = "Verkauf"'))
    monkeypatch.setattr("till.messages.words.files", lambda _: tmp_path / "messages")
    try:
        assert languages() == ["de", "en", "zh"]
        assert language_of({"LANG": "de_AT.UTF-8"}) == "de"
        assert Words("de", "terms", "card", "cli")("purpose.vend") == "Verkauf"
    finally:
        texts.cache_clear()
        languages.cache_clear()
