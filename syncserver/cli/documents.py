"""What every report's command takes besides its own: language, file, the journal heads that it is made from."""

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

from common.documents import Document, Format, JournalHead, language_of, render
from common.documents.commands import Option, extended
from common.documents.fonts import PLACES, VARIABLE, FontMissing, paper_font
from common.documents.frame import BadHeads, heads_text, read_heads
from common.reports.source import Source
from syncserver.cli.app import Group, emit, err, out, session
from syncserver.office.errors import OfficeError
from syncserver.office.office import utc_now
from syncserver.reports.as_of import as_of
from syncserver.reports.source import source_of
from syncserver.store import MasterStore, Reading

Lang = Annotated[
    str | None, typer.Option("--lang", envvar="KILOTILL_LANG", help="en or zh; else that of LC_ALL or LANG.")
]
As = Annotated[Format, typer.Option("--format", help="The kind of file.")]
Out = Annotated[Path | None, typer.Option("--out", help="The file to write; else a text is printed.")]
Heads = Annotated[Path | None, typer.Option("--heads", help="Write the heads of the journals that it is made from.")]
AsOf = Annotated[Path | None, typer.Option("--as-of", help="Make it again as of the heads in this file.")]


@dataclass(frozen=True)
class Asked:
    """What a report is made with. `today`: by the office's clock, in the utility's time zone."""

    reading: Reading
    source: Source
    today: date
    format: Format


Make = Callable[[Asked], Document]

_COMMON: dict[str, Option] = {
    "lang": (Lang, None),
    "format": (As, Format.TEXT),
    "out": (Out, None),
    "heads": (Heads, None),
    "as_of": (AsOf, None),
}


@dataclass(frozen=True)
class Wanted:
    """How a report is wanted."""

    lang: str | None
    format: Format
    out: Path | None
    heads: Path | None
    as_of: Path | None


def report(group: Group, name: str) -> Callable[[Callable[..., Make]], Callable[..., Make]]:
    """Register a report's command: the function takes the command's own arguments, and says how the report is made.
    What every report takes is added to them."""

    def decorate(function: Callable[..., Make]) -> Callable[..., Make]:
        def run(ctx: typer.Context, *args: Any, **given: Any) -> None:
            wanted = Wanted(**{key: given.pop(key) for key in _COMMON})
            give(ctx, wanted, function(*args, **given))

        group.command(name)(extended(run, function, typer.Context, _COMMON))
        return function

    return decorate


def give(ctx: typer.Context, wanted: Wanted, make: Make) -> None:
    """Make a report and give it as it is wanted.

    Raises:
        OfficeError: a file cannot be read or written, or there is no font.
    """
    with _store(ctx, wanted.as_of) as store, store.read() as reading:
        source = source_of(reading, wanted.lang or language_of(os.environ))
        today = utc_now().astimezone(source.zone).date()
        document = make(Asked(reading, source, today, wanted.format))
    if wanted.heads is not None:
        _write(wanted.heads, heads_text(document.heads).encode())
    if wanted.out is not None:
        _write(wanted.out, _rendered(document, wanted.format))
        emit(ctx, {"file": str(wanted.out)}, str(wanted.out))
        return
    if session(ctx).json:
        emit(ctx, document, "")
        return
    made = _rendered(document, wanted.format)
    if wanted.format is Format.TEXT:
        out.print(made.decode(), end="", markup=False)
    elif sys.stdout.isatty():
        raise OfficeError(f"{wanted.format} is no text for a screen.", "Name a file: --out FILE")
    else:
        sys.stdout.buffer.write(made)


@contextmanager
def _store(ctx: typer.Context, file: Path | None) -> Iterator[MasterStore]:
    """The office's store; or, with a heads file, one that knows no more than the entries up to these heads."""
    with session(ctx).office() as office:
        if file is None:
            yield office.store
            return
        heads = _heads(file)
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("folding", total=sum(head.seq for head in heads))
            with as_of(office.store, heads, lambda done: progress.update(task, completed=done)) as then:
                yield then


def _heads(file: Path) -> list[JournalHead]:
    try:
        return read_heads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadHeads) as error:
        advice = "A line has the writer, its epoch, the number and the hash of its last entry, as --heads writes them."
        raise OfficeError(f"{file} is no file of journal heads: {error}.", advice) from error


def _rendered(document: Document, format: Format) -> bytes:
    try:
        named = os.environ.get(VARIABLE)
        return render(document, format, paper_font(named) if format is Format.PDF else None)
    except FontMissing as error:
        advice = f"apt install fonts-wqy-microhei, or name a TrueType font with Chinese in {VARIABLE}."
        raise OfficeError(f"There is no font for paper: looked for {error.places or PLACES}.", advice) from error


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise OfficeError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error
