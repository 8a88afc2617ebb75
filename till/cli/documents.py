"""What every report's command takes besides its own: a file, and the journal heads that it is made from."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from common.clerks import Action
from common.documents import Document, Format, JournalHead, render
from common.documents.commands import Option, extended
from common.documents.fonts import VARIABLE, FontMissing, paper_font
from common.documents.frame import BadHeads, heads_text, read_heads
from common.reports.source import Source
from till.cli.app import Group, emit, err, out, say, session
from till.operations.clerks import authorize
from till.operations.refusals import BadField
from till.reports.source import source_of
from till.store import Store
from till.store.as_of import as_of
from till.store.reports import ReportReading

As = Annotated[Format, typer.Option("--format", help="The kind of file.")]
Out = Annotated[Path | None, typer.Option("--out", help="The file to write; else a text is printed.")]
Heads = Annotated[Path | None, typer.Option("--heads", help="Write the heads of the journals that it is made from.")]
AsOf = Annotated[Path | None, typer.Option("--as-of", help="Make it again as of the heads in this file.")]

_COMMON: dict[str, Option] = {
    "format": (As, Format.TEXT),
    "out": (Out, None),
    "heads": (Heads, None),
    "as_of": (AsOf, None),
}


@dataclass(frozen=True)
class Wanted:
    """How a report is wanted."""

    format: Format
    out: Path | None
    heads: Path | None
    as_of: Path | None


@dataclass(frozen=True)
class Asked:
    """What a report is made with. `today`: by the till's clock, in the utility's time zone."""

    reading: ReportReading
    source: Source
    today: date
    format: Format


Make = Callable[[Asked], Document]


def report(group: Group, name: str) -> Callable[[Callable[..., Make]], Callable[..., Make]]:
    """Register a report's command: the function takes the command's own arguments, and says how the report is made.
    What every report takes is added to them."""

    def decorate(function: Callable[..., Make]) -> Callable[..., Make]:
        def run(ctx: typer.Context, *args: Any, **given: Any) -> None:
            wanted = Wanted(**{key: given.pop(key) for key in _COMMON})
            _give(ctx, wanted, function(*args, **given))

        group.command(name)(extended(run, function, typer.Context, _COMMON))
        return function

    return decorate


def _give(ctx: typer.Context, wanted: Wanted, make: Make) -> None:
    """Make a report and give it as it is wanted.

    Raises:
        BadField: a file cannot be read or written, or there is no font.
        HeadsNotHere, NotAllowed, NobodySignedIn, NotEnrolled, StoreError: see there.
    """
    with session(ctx).desk() as desk:
        authorize(desk, Action.LOOK)
        with _store(ctx, desk.store, wanted.as_of) as store:
            reading = ReportReading(store)
            source = source_of(reading, session(ctx).lang)
            today = desk.now().astimezone(source.zone).date()
            document = make(Asked(reading, source, today, wanted.format))
    if wanted.heads is not None:
        _write(wanted.heads, heads_text(document.heads).encode())
    if wanted.out is not None:
        _write(wanted.out, _rendered(document, wanted.format))
        emit(ctx, {"file": str(wanted.out)}, str(wanted.out))
        return
    if session(ctx).json:
        emit(ctx, document)
        return
    made = _rendered(document, wanted.format)
    if wanted.format is Format.TEXT:
        out.print(made.decode(), end="", markup=False)
    elif sys.stdout.isatty():
        raise BadField("file", "no_text")
    else:
        sys.stdout.buffer.write(made)


@contextmanager
def _store(ctx: typer.Context, store: Store, file: Path | None) -> Iterator[Store]:
    """The till's store; or, with a heads file, one that knows no more than the entries up to these heads."""
    if file is None:
        yield store
        return
    heads = _heads(file)
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(say(ctx, "progress.folding"), total=None)
        with as_of(store, heads, lambda done: progress.update(task, completed=done)) as then:
            yield then


def _heads(file: Path) -> list[JournalHead]:
    try:
        return read_heads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadHeads) as error:
        raise BadField("file", "no_heads", str(file)) from error


def _rendered(document: Document, format: Format) -> bytes:
    try:
        named = os.environ.get(VARIABLE)
        return render(document, format, paper_font(named) if format is Format.PDF else None)
    except FontMissing as error:
        raise BadField("file", "no_letters") from error


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise BadField("file", "not_made", str(file), error.strerror or str(error)) from error
