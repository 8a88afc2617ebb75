"""What was measured, as it is kept between steps, and as text."""

import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.benchmarks.measure import p99
from tests.scale.database import TableSize


class Round(Struct, frozen=True, kw_only=True):
    """A round of batches taken in, and COPY of the same rows.

    Attributes:
        entries: what the office holds more after it.
        wal: bytes of WAL that taking them in wrote.
        sender: seconds of the processor that the tills' side took, on the same machine.
        server: the same of the office's server.
        database: the same of PostgreSQL's; 0 where that is not ours to see.
        busy: the machine's load average meanwhile: how many wanted a processor.
    """

    number: int
    entries: int
    seconds: float
    wal: int
    sender: float
    server: float
    database: float
    copied: int
    copy_seconds: float
    busy: float = 0.0


class Room(Struct, frozen=True, kw_only=True):
    """What is on the disk for so many vends: after the load, before anything else was measured. `before`: bytes of all
    tables once the accounts were opened."""

    vends: int
    before: int
    tables: list[TableSize]


class Timed(Struct, frozen=True, kw_only=True):
    """Milliseconds that something took, again and again.

    Attributes:
        server: milliseconds of the processor for each, of the office's server.
        database: the same of PostgreSQL; 0 where that is not ours to see.
        busy: the machine's load average meanwhile: how many wanted a processor.
    """

    what: str
    times: list[float]
    server: float = 0.0
    database: float = 0.0
    busy: float = 0.0


class Results(Struct, kw_only=True):
    """All of a load, as far as it is. `base`: what each table had before the first vend."""

    accounts: int = 0
    tills: int = 0
    settings: dict[str, str] = {}
    rounds: list[Round] = []
    base: dict[str, TableSize] = {}
    room: Room | None = None
    heard: int = 0
    syncs: list[Timed] = []
    pages: list[Timed] = []

    @property
    def opening(self) -> Round | None:
        """The round that opened the accounts."""
        return next((one for one in self.rounds if one.number == 0), None)

    @property
    def vending(self) -> list[Round]:
        """The rounds of vends."""
        return [one for one in self.rounds if one.number]

    def keep(self, folder: Path) -> None:
        """For a load that goes on later."""
        path = folder / "results.new"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        path.replace(folder / "results.json")

    @classmethod
    def kept(cls, folder: Path) -> "Results":
        """As far as they are."""
        path = folder / "results.json"
        return msgspec.json.decode(path.read_bytes(), type=cls) if path.exists() else cls()


def show(results: Results) -> str:
    """All that was measured."""
    lines = [f"{results.tills:,} tills, {results.accounts:,} accounts", *_settings(results)]
    if results.opening is not None:
        lines += ["", "opening the accounts, each with its card", *_rates([results.opening])]
    if results.vending:
        lines += ["", f"vends, two entries each, {len(results.vending)} rounds", *_rates(results.vending)]
        first, last = results.vending[0], results.vending[-1]
        lines.append(
            f"  first round {first.entries / first.seconds:,.0f} entries/s, last {last.entries / last.seconds:,.0f}"
        )
    if results.room is not None:
        lines += ["", *_room(results, results.room)]
    if results.syncs:
        lines += ["", f"a till's sync, ms{_busy(results.syncs)}; {results.heard:,} entries of others were heard"]
        lines += map(_timed, results.syncs)
    if results.pages:
        lines += ["", f"pages, ms, the slowest first{_busy(results.pages)}"]
        lines += map(_timed, sorted(results.pages, key=lambda page: -_high(page.times)))
    return "\n".join(lines)


def _settings(results: Results) -> list[str]:
    said = ", ".join(f"{name} {value}" for name, value in results.settings.items())
    return [f"PostgreSQL: {said}"] if said else []


def _rates(rounds: list[Round]) -> list[str]:
    entries, seconds = sum(one.entries for one in rounds), sum(one.seconds for one in rounds)
    copied, copying = sum(one.copied for one in rounds), sum(one.copy_seconds for one in rounds)
    names = {"server": "server", "database": "PostgreSQL", "sender": "tills' side"}
    work = {said: sum(getattr(one, name) for one in rounds) / max(1, entries) for name, said in names.items()}
    return [
        f"  taken in: {entries:,} entries in {seconds:,.1f} s: {entries / seconds:,.0f} entries/s{_busy(rounds)}",
        f"  COPY of the same rows: {copied:,} in {copying:,.1f} s: {copied / copying:,.0f} rows/s,"
        f" {copied / copying / (entries / seconds):.1f} times as many",
        "  processor, us an entry: " + ", ".join(f"{said} {seconds * 1e6:,.0f}" for said, seconds in work.items()),
    ]


def _busy(measured: Sequence[Round | Timed]) -> str:
    return f"; load average {statistics.mean(one.busy for one in measured):.1f}"


def _room(results: Results, room: Room) -> list[str]:
    wal, entries = sum(one.wal for one in results.vending), sum(one.entries for one in results.vending)
    written = f"; WAL written {wal / entries * 2:,.0f}" if entries else ""
    total = sum(table.total for table in room.tables)
    lines = [
        f"bytes a vend, with {room.vends:,} stored: {total / room.vends:,.0f} in tables and indexes{written}",
        f"  {'':<12}{'rows':>9}{'TOAST':>9}{'indexes':>9}{'all':>9}",
    ]
    tables = sorted(room.tables, key=lambda table: -table.total)
    lines += [_size(table.table, table, room.vends) for table in tables if table.total * 200 > total]
    sums = (sum(getattr(table, name) for table in tables) for name in ("heap", "toast", "indexes"))
    lines.append(
        _size("all", TableSize(table="", **dict(zip(("heap", "toast", "indexes"), sums, strict=True))), room.vends)
    )
    lines.append(f"  before the first vend: {room.before / max(1, results.accounts):,.0f} bytes an account")
    return lines


def _size(name: str, size: TableSize, vends: int) -> str:
    return f"  {name:<12}" + "".join(
        f"{part / vends:>9,.0f}" for part in (size.heap, size.toast, size.indexes, size.total)
    )


def _timed(timed: Timed) -> str:
    times = timed.times
    figures = {"p50": statistics.median(times), "p99": _high(times), "worst": max(times)}
    said = "".join(f"  {name} {value:>9,.1f}" for name, value in figures.items())
    work = f"processor: server {timed.server:,.1f}, PostgreSQL {timed.database:,.1f}"
    return f"  {timed.what:<52}{said}  of {len(times)}; {work}"


def _high(times: list[float]) -> float:
    return p99(times) if len(times) > 1 else max(times)
