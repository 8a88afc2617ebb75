"""Totals added up from bare entries, by JOURNAL.md alone: nothing of the account fold or of the reports is used."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from common.chain import SignedEntry, carried

Totals = dict[tuple[str, ...], tuple[int, ...]]
"""(day, branch, writer, clerk, tariff class, payment, kind): (number, watt-hours, credit of money meters, money)."""

_KINDS = ("vend", "makeup", "reversal", "issue", "replacement")


def raw_sums(entries: Iterable[SignedEntry], zone: str, branch: str = "hill") -> Totals:
    """What the entries of tills, of which each knows its own, add up to."""
    told = [(carried(signed) or signed).entry for signed in entries]
    clocks = _clocks(told)
    starts = {entry.body.job: entry for entry in told if _type(entry).endswith(".started")}
    done = {entry.body.job for entry in told if _type(entry).endswith(".completed")}
    found: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def count(entry, tariff_class, payment, kind, energy, money_credit, money):
        day = _day(entry, clocks, zone)
        sums = found[day, branch, entry.writer, entry.body.clerk, tariff_class, payment, kind]
        for place, value in enumerate((1, energy, money_credit, money)):
            sums[place] += value

    for job in done & starts.keys():
        entry, kind = starts[job], _type(starts[job]).partition(".")[0]
        if kind not in _KINDS:
            continue
        body, sign, of = entry.body, 1, entry.body
        if kind == "reversal":
            sign, of = -1, starts[body.for_job].body
        credit = sign * of.image.credit
        energy = credit if of.image.unit == "energy" else 0
        money = _money(kind, body)
        tariff_class = of.quote.tariff_class if hasattr(of, "quote") else ""
        count(entry, tariff_class, getattr(of, "payment", ""), kind, energy, credit - energy, money)
    for entry in told:
        body = entry.body
        if _type(entry) == "refund.paid":
            energy = body.credit if body.unit == "energy" else 0
            count(entry, "", body.payment, "refund", -energy, energy - body.credit, -body.amount)
        elif _type(entry) == "arrears.paid":
            count(entry, "", body.payment, "arrears", 0, 0, body.amount)
        elif _type(entry) == "receipt.voided":
            count(entry, "", "", "voided", 0, 0, 0)
    return {key: tuple(sums) for key, sums in found.items()}


def _money(kind, body) -> int:
    if kind == "vend":
        return body.quote.amount
    if kind == "reversal":
        return -body.money
    return 0 if kind == "makeup" else body.fee


def _type(entry) -> str:
    return getattr(entry.body.__struct_config__, "tag", None) or ""


def _clocks(told):
    """By writer, what it says of its clock: (epoch, seq), compared, set."""
    clocks = defaultdict(list)
    for entry in told:
        if _type(entry) == "clock.compared":
            clocks[entry.writer].append(((entry.epoch, entry.seq), entry.body.offset_ms, 0))
        elif _type(entry) == "clock.stepped":
            clocks[entry.writer].append(((entry.epoch, entry.seq), None, entry.body.by_ms))
    return {writer: sorted(words, key=lambda word: word[0]) for writer, words in clocks.items()}


def _day(entry, clocks, zone) -> str:
    ahead, later = None, 0
    for place, compared, by in clocks.get(entry.writer, []):
        if place <= (entry.epoch, entry.seq):
            ahead = compared if compared is not None else None if ahead is None else ahead + by
        elif ahead is None:
            if compared is not None:
                ahead = compared - later
                break
            later += by
    at: datetime = entry.at - timedelta(milliseconds=ahead or 0)
    return at.astimezone(ZoneInfo(zone)).date().isoformat()
