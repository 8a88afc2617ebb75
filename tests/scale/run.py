"""The steps of a load, one after the other; what is done stays done when it is broken off."""

import asyncio
import os
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.benchmarks.measure import cpu_seconds
from tests.benchmarks.offices import new_office, serving
from tests.benchmarks.pages import Visitor
from tests.scale import database, journals, pages
from tests.scale.database import TableSize
from tests.scale.line import Syncs, bring
from tests.scale.plan import MEASURED, Plan
from tests.scale.report import Results, Room, Round, Timed


class Run:
    """A load in a folder, into the database at a URL.

    Args:
        postgresql: the process id of the database's server, where it is on this machine and ours.

    Attributes:
        results: as far as they are.
    """

    def __init__(self, folder: Path, plan: Plan, url: str, console: Console, postgresql: int | None = None) -> None:
        self._folder, self._plan, self._url, self._console = folder, plan, url, console
        self._postgresql = postgresql
        self.results = Results.kept(folder)
        self.results.accounts, self.results.tills = plan.accounts, plan.tills
        self.results.settings = database.settings(url)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
        )

    def load(self) -> None:
        """Open the accounts, then let every till sell, round after round. Ctrl-C ends the load; what is there is
        measured."""
        with self._bars:
            try:
                with journals.Makers(self._folder, self._plan) as makers:
                    self._make(makers, journals.OPENING)
                    self._open_office()
                    self._take_rounds(makers)
            except KeyboardInterrupt:
                self._console.print("The load ends here; what is there is measured.")

    def measure(self) -> None:
        """What is on the disk, then the tills' syncs, then the pages."""
        if self.results.opening is None or not database.vends(self._url):
            return
        database.drop_copy(self._url)
        with self._bars:
            if self.results.room is None:
                self.results.room = self._room()
                self.results.keep(self._folder)
            office = Office.open(OfficeFolder(self._folder / "office"))
            pages.prepare(office)
            with serving(office.folder.path) as (url, pid):
                self._sync(url, pid, office.folder.tls_certificate)
                self._look(url, pid, office)
            office.close()

    # --- the load ---

    def _open_office(self) -> None:
        if (self._folder / "office").exists():
            return
        fleet = [seller for group in journals.groups(self._plan) for seller in journals.sellers_of(self._folder, group)]
        new_office(self._folder / "office", fleet, self._url, self._plan.since).close()

    def _take_rounds(self, makers: journals.Makers) -> None:
        done = {one.number for one in self.results.rounds}
        tills = journals.identities(self._folder, self._plan)
        with self._bar("vends", self._plan.vends) as all_vends, serving(self._folder / "office") as server:
            for number in range(self._plan.rounds + 1):
                vends = 0 if number == journals.OPENING else self._plan.vends_in(number) * self._plan.tills
                if number not in done:
                    self._make(makers, number)
                    self._take(number, server, tills, vends * 2 or 3 * self._plan.accounts + self._plan.tills)
                self._bars.advance(all_vends, vends)

    def _make(self, makers: journals.Makers, number: int) -> None:
        with self._bar(f"making round {number}, tills", self._plan.tills) as bar:
            makers.make(number, lambda more: self._bars.advance(bar, more))

    def _take(self, number: int, server: tuple[str, int], tills: list[journals.Identity], entries: int) -> None:
        (url, pid), certificate = server, OfficeFolder(self._folder / "office").tls_certificate
        with self._bar(_name(number), entries) as bar:
            before, wal, work = database.last_position(self._url), database.wal(self._url), self._work(pid)
            began = time.perf_counter()
            bring(url, certificate, tills, self._folder, lambda more: self._bars.advance(bar, more))
            seconds = time.perf_counter() - began
            work = [after - before for after, before in zip(self._work(pid), work, strict=True)]
            wal = database.wal(self._url) - wal
        after = database.last_position(self._url)
        with self._bar(f"COPY of round {number}", None):
            copied, copy_seconds = database.copy_same(self._url, before, after, self._folder / "rows")
        done = Round(
            number=number, entries=after - before, seconds=seconds, wal=wal, sender=work[0], server=work[1],
            database=work[2], copied=copied, copy_seconds=copy_seconds, busy=os.getloadavg()[0],
        )  # fmt: skip
        self.results.rounds.append(done)
        self.results.room, self.results.syncs, self.results.pages = None, [], []
        if number == journals.OPENING:
            self._keep_base()
        self.results.keep(self._folder)
        self._console.print(
            f"round {number} of {self._plan.rounds}: {done.entries:,} entries, {done.entries / seconds:,.0f} entries/s;"
            f" COPY {copied / copy_seconds:,.0f} rows/s"
        )

    def _work(self, server: int) -> list[float]:
        """Seconds of the processor: of the tills' side, the server, the database."""
        database = cpu_seconds(self._postgresql) if self._postgresql is not None else 0.0
        return [time.process_time(), cpu_seconds(server), database]

    # --- the measurements ---

    def _keep_base(self) -> None:
        self.results.base = database.sizes(self._url)

    def _room(self) -> Room:
        base = self.results.base
        grown = [size - base.get(name, TableSize(name)) for name, size in database.sizes(self._url).items()]
        before = sum(size.total for size in base.values())
        return Room(vends=database.vends(self._url), before=before, tables=grown)

    def _sync(self, url: str, pid: int, certificate: Path) -> None:
        tills = journals.identities(self._folder, self._plan)[:MEASURED]
        rounds = self._plan.sync_rounds
        # What a load that was broken off has left unsent.
        bring(url, certificate, tills, self._folder, lambda _: None)
        with (
            journals.handfuls(self._folder, self._plan) as handfuls,
            self._bar("syncs", 3 * rounds * len(tills)) as bar,
        ):
            syncs = Syncs(url, certificate, tills, handfuls)

            def told(more: int) -> None:
                self._bars.advance(bar, more)

            async def all_syncs() -> list[Timed]:
                await syncs.begin()
                one = await self._time(pid, "one at a time", syncs.one_at_a_time(rounds, told))
                many = await self._time(pid, f"{len(tills)} at once", syncs.all_at_once(rounds, told))
                await syncs.hear()
                none = await self._time(pid, "asking for news: there is none", syncs.ask_in_vain(rounds, told))
                return [one, many, none]

            self.results.syncs = asyncio.run(all_syncs())
        self.results.heard = syncs.heard
        self.results.keep(self._folder)

    async def _time(self, server: int, what: str, measured: Awaitable[list[float]]) -> Timed:
        before = self._work(server)
        return self._timed(server, what, await measured, before)

    def _timed(self, server: int, what: str, times: list[float], before: list[float]) -> Timed:
        _, of_server, of_database = (
            (after - before) / len(times) * 1_000 for after, before in zip(self._work(server), before, strict=True)
        )
        return Timed(what=what, times=times, server=of_server, database=of_database, busy=os.getloadavg()[0])

    def _look(self, url: str, server: int, office: Office) -> None:
        paths = list(pages.addresses(office, self._plan))
        self.results.pages = []
        with self._bar("pages", len(paths)) as bar:
            visitor = Visitor(url, office.folder.tls_certificate)
            for path in paths:
                before = self._work(server)
                times = pages.look(visitor, path, self._plan.looks)
                self.results.pages.append(self._timed(server, path, times, before))
                self.results.keep(self._folder)
                self._bars.advance(bar, 1)

    @contextmanager
    def _bar(self, what: str, total: int | None) -> Iterator[TaskID]:
        bar = self._bars.add_task(what, total=total)
        try:
            yield bar
        finally:
            self._bars.remove_task(bar)


def _name(number: int) -> str:
    return "opening the accounts, entries" if number == journals.OPENING else f"taking in round {number}, entries"
