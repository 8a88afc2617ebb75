"""The office's pages over TLS, with a million sales, accounts, entries and waiting cases stored.

The rows are put in the tables as the projector leaves them: what is measured is reading them, not how they came there.
"""

import statistics
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import requests
from msgspec.structs import astuple

from common.account import AccountFacts, fold, pack
from common.chain import read_line
from common.entries import About, CaseOpened, Option
from common.reports.line import Line
from common.users import UserRole
from syncserver.office.office import Office
from syncserver.office.users import add_user
from syncserver.store import ReadModel
from tests.benchmarks.fleet import AMOUNT, ENERGY, Seller, sellers
from tests.benchmarks.measure import Row, p99
from tests.benchmarks.offices import new_office, serving

TILLS, DAYS = 100, 30
TODAY_MS, LIST_MS = 100.0, 200.0
_TIMES = 200
PASSWORD = "correct horse battery"


def measure(folder: Path, rows: int) -> list[Row]:
    """Today's page, the lists at their beginning and deep in them, and what tills feel of people who look."""
    fleet = sellers(TILLS, 0, 10)
    office = new_office(folder, fleet)
    _fill(office, fleet, rows)
    with office.change() as intake:
        add_user(intake, "admin", name="Admin", roles=[UserRole.ADMINISTRATOR], password=PASSWORD)
    office.close()
    with serving(folder) as (url, _):
        page = Visitor(url, folder / "keys" / "tls.pem")
        today = page.times("/office/today", _TIMES)
        found = [_row("today's page, ms at p99", p99(today), "allowed", TODAY_MS)]
        middle = f"{rows // 2:010d}"
        for what, path in (
            ("accounts by number, the first page", "/office/accounts"),
            ("accounts by number, from the middle", f"/office/accounts?after={middle}"),
            ("accounts by name, from the middle", f"/office/accounts?order=name&term=name {middle}&after={middle}"),
            ("accounts found by a name's beginning", f"/office/accounts?q=name {middle[:7]}"),
            ("a journal from the middle", f"/office/journal/till-0001/1?from={rows // 2}"),
            ("cases from the middle", f"/office/cases?account={middle}&key=k"),
        ):
            found.append(_row(f"{what}, ms", statistics.median(page.times(path, 20)), "allowed", LIST_MS))
        return [*found, *_beside(page)]


def _beside(page: "Visitor") -> list[Row]:
    """What a till waits for an answer while four people look at today's page all the time."""
    alone = p99(page.times("/v1/version", _TIMES))
    stop = threading.Event()

    def look() -> None:
        other = Visitor(page.url, page.certificate)
        while not stop.is_set():
            other.times("/office/today", 1)

    people = [threading.Thread(target=look) for _ in range(4)]
    for person in people:
        person.start()
    time.sleep(2)
    beside = p99(page.times("/v1/version", _TIMES))
    stop.set()
    for person in people:
        person.join()
    return [
        Row(
            "a till's request beside 4 who look, ms at p99", beside, "when nobody looks", alone, beside / alone, "small"
        )
    ]


class Visitor:
    """Somebody who is signed in."""

    def __init__(self, url: str, certificate: Path) -> None:
        self.url, self.certificate = url, certificate
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, and no other bundle of certificates
        self._session.verify = str(certificate)
        text = self._session.get(url + "/office/sign-in").text
        token = text.split('name="form" value="')[1].split('"')[0]
        form = {"user": "admin", "password": PASSWORD, "form": token}
        assert self._session.post(url + "/office/sign-in", data=form).status_code == 200

    def times(self, path: str, times: int) -> list[float]:
        """Milliseconds to each answer, after one that is not counted."""
        return [self.look(path) for _ in range(times + 1)][1:]

    def look(self, path: str) -> float:
        """Milliseconds to the answer."""
        began = time.perf_counter()
        answer = self._session.get(self.url + path)
        took = (time.perf_counter() - began) * 1_000
        assert answer.status_code == 200, (path, answer.status_code)
        return took


def _row(what: str, value: float, name: str, allowed: float) -> Row:
    return Row(what, value, name, allowed, value / allowed, "at most 1")


# --- a million of everything ---


def _fill(office: Office, fleet: list[Seller], rows: int) -> None:
    with office.store.write() as writing:
        writing.replace(ReadModel.VEND, _vends(fleet, rows, datetime.now(UTC)))
        writing.replace(ReadModel.ACCOUNT, _accounts(rows))
        writing.replace(ReadModel.DECISION, _cases(rows))
        for kind in ("name", "part"):
            writing.put_terms([], ((kind, f"name {n:010d}", f"{n:010d}") for n in range(rows)))
        writing.add_rows(_journal(writing.last_position() + 1, rows), datetime.now(UTC))
        writing.set_meta("finder", str(writing.last_position()))


def _vends(fleet: list[Seller], rows: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Over the last month, all day long."""
    each = rows // TILLS
    step = timedelta(days=DAYS) / each
    for n in range(rows):
        till, place = fleet[n // each % TILLS].till, n % each
        at = (now - timedelta(days=DAYS) + step * place).isoformat()
        job = f"{till}/{place:08d}"
        receipt = job.replace("/", "-")
        yield astuple(
            Line(job, f"{n % 1_000:010d}", till, receipt, ENERGY, AMOUNT, at, "written", 1, place + 1, "wang")
        )


def _accounts(rows: int) -> Iterator[tuple[Any, ...]]:
    """Each bought three times."""
    seller = Seller("till-0001", "hill", 1)
    signed = [read_line(line[:-1]) for line in seller.opening()[1:] + seller.sold(6)]
    facts = pack(fold(AccountFacts.new(seller.customers[0].account), signed))
    return ((f"{n:010d}", "branch-0", "branch-0", 0, facts) for n in range(rows))


def _cases(rows: int) -> Iterator[tuple[Any, ...]]:
    for n in range(rows):
        key, account = f"made_up_twice/till-0001/{n:08d}", f"{n:010d}"
        case = CaseOpened(
            key=key, rule="made_up_twice", account=account, about=About.JOB, subject=f"till-0001/{n:08d}", credit=700,
            amount=500, writer="till-0001", clerk="wang", options=[Option.FORGIVE],
        )  # fmt: skip
        yield (key, account, case.rule, "case.opened", "open", msgspec.json.encode(case, order="sorted"))


def _journal(first: int, rows: int) -> Iterator[tuple[Any, ...]]:
    """One line again and again: what a page costs is the same whether its entries hold or not."""
    signed = read_line(Seller("till-0001", "hill", 1).opening()[1][:-1])
    for n in range(rows):
        proof = (signed.hash, signed.signature, signed.raw)
        yield (first + n, "till-0001", 1, n + 1, *proof, "account.opened", None, 0)
