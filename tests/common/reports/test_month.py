"""The month: what stands in which row, and that it stays on one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.documents.pdf import render_pdf
from common.reports.calendar import Month
from common.reports.month import MOST, By, clerk_days, month_report
from common.reports.totals import Sums, TotalKey
from tests.common.documents.papers import FONT, pages_of
from tests.common.reports.sources import rows, source, total

NOVEMBER = Month(2026, 11)


def key(clerk="wang", kind="vend", day="2026-11-03", branch="hill", payment="cash", writer="till-0001"):
    return TotalKey(day, branch, writer, clerk, "residential" if kind == "vend" else "", payment, kind)


FOUND = [
    (key(), Sums(3, 150_000, 0, 8_070)),
    (key(payment="card", day="2026-11-04"), Sums(1, 50_000, 0, 2_690)),
    (key(kind="makeup", payment=""), Sums(1, 50_000, 0, 0)),
    (key(kind="reversal"), Sums(1, -50_000, 0, -2_690)),
    (key(kind="refund"), Sums(2, -7_000, 0, -900)),
    (key(kind="arrears"), Sums(1, 0, 0, 500)),
    (key("li", branch="vale"), Sums(2, 100_000, 0, 5_380)),
]


def test_a_row_has_each_kind_apart_and_what_is_left_in_the_drawer():
    document = month_report(source(), NOVEMBER, FOUND)
    assert rows(document)[0] == {
        "clerk": "wang 王小明", "branch": "hill", "vends": 4, "energy": 200_000, "money": 10_760, "makeups": 1,
        "made_up": 50_000, "reversals": 1, "reversed": -50_000, "reversed_money": -2_690, "refunds": 2,
        "refunded": -900, "other": 500, "net": 7_670,
    }  # fmt: skip
    assert rows(document)[1]["clerk"] == "li"
    assert (total(document)["vends"], total(document)["net"]) == (6, 13_050)
    assert document.signatures == ["Made by", "Checked by", "Approved by"]
    assert document.one_page


def test_columns_that_nobody_needs_are_not_there():
    found = [(key(), Sums(1, 0, 5_000, 5_000)), (key(kind="makeup"), Sums(1, 0, 300, 0))]
    assert {"money_credit", "made_up_credit"} <= rows(month_report(source(), NOVEMBER, found))[0].keys()
    assert "other" not in rows(month_report(source(), NOVEMBER, FOUND[:2]))[0]


@pytest.mark.parametrize(
    ("by", "firsts"),
    [
        (By.CLERK, ["wang 王小明", "li"]),
        (By.BRANCH, ["hill", "vale"]),
        (By.TILL, ["till-0001", "till-0001"]),
        (By.CLASS, ["-", "residential"]),
        (By.PAYMENT, ["-", "bank card", "cash"]),
    ],
)
def test_rows_are_of_what_was_asked_for(by, firsts):
    document = month_report(source(), NOVEMBER, FOUND, by=by)
    assert [next(iter(row.values())) for row in rows(document)] == firsts
    assert total(document)["net"] == 13_050


def test_the_branch_is_no_column_of_its_own_report():
    assert "branch" not in rows(month_report(source(), NOVEMBER, FOUND[:6], branch="hill"))[0]


@given(
    st.lists(
        st.tuples(
            st.builds(
                key,
                st.sampled_from(["wang", "li", "zhao"]),
                st.sampled_from(["vend", "makeup", "reversal", "refund", "issue", "arrears"]),
                branch=st.sampled_from(["hill", "vale"]),
                payment=st.sampled_from(["cash", "card"]),
            ),
            st.builds(Sums, *[st.integers(0, 10**9)] * 4),
        )
    ),
    st.sampled_from(By),
    st.sampled_from([None, 2, 3]),
)
def test_rows_add_up_to_the_total_whatever_they_are_of(found, by, most):
    document = month_report(source(), NOVEMBER, found, by=by, most=most)
    for column in document.sections[0].columns:
        if column.is_figure:
            assert sum(row[column.name] for row in rows(document)) == total(document)[column.name]
    assert total(document)["net"] == sum(sums.money for _, sums in found)
    assert most is None or len(rows(document)) <= most


def many(clerks, branches):
    return [(key(f"clerk-{n}", branch=f"branch-{n % branches}"), Sums(1, 1, 0, n)) for n in range(clerks)]


def test_too_many_clerks_for_a_page_are_shown_by_branch():
    document = month_report(source(), NOVEMBER, many(500, 20))
    assert [row["branch"] for row in rows(document)] == sorted(f"branch-{n}" for n in range(20))
    assert any("500 clerks" in note for note in document.notes)


def test_too_many_branches_end_with_all_others():
    document = month_report(source(), NOVEMBER, many(500, 200))
    assert len(rows(document)) == MOST
    assert rows(document)[-1]["branch"] == "all others"
    assert len(rows(month_report(source(), NOVEMBER, many(500, 200), most=None))) == 500


def full(number):
    """A clerk of whom every figure is large."""
    clerk, branch = f"a-clerk-of-a-long-name-{number}", "a branch of a long name 山上第一营业所"
    yield key(clerk, branch=branch), Sums(99_999, 10**12, 10**9, 10**11)
    for kind in ("makeup", "reversal", "refund", "issue"):
        yield key(clerk, kind, branch=branch), Sums(999, -(10**9), 10**8, -(10**9))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_fullest_month_is_one_page(language):
    found = [pair for number in range(MOST) for pair in full(number)]
    pdf = render_pdf(month_report(source(language), NOVEMBER, found), FONT)
    assert pages_of(pdf) == 1


def test_a_clerks_days_are_those_with_anything():
    document = clerk_days(source(), NOVEMBER, "wang", FOUND)
    assert [(row["day"].day, row["vends"], row["net"]) for row in rows(document)] == [(3, 3, 4_980), (4, 1, 2_690)]
    assert total(document)["net"] == 7_670
