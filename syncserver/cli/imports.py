"""`syncserver import`: the data of the system that the utility had before."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from common.clerks import ClerkId
from common.documents.words import language_of
from syncserver.cli.app import FAILED, app, emit, err, out, session
from syncserver.cli.import_text import import_result, summary, totals_table
from syncserver.office.errors import OfficeError
from syncserver.office.utility import utility_of
from syncserver.oldsystem.findings import Findings
from syncserver.oldsystem.importing import Import
from syncserver.oldsystem.mapping import Mapping, read_mapping
from syncserver.oldsystem.words import Words


@app.command("import")
def import_(
    ctx: typer.Context,
    mapping: Annotated[Path, typer.Argument(help="The mapping file (TOML): which file and column is what.")],
    by: Annotated[str, typer.Option(help="The clerk who makes the import, and stands by it in the journal.")],
    commit: Annotated[bool, typer.Option("--commit", help="Import. Without it all is only tried.")] = False,
    findings: Annotated[
        Path | None, typer.Option(help="Where to write each row that is refused, and why. [default: beside MAPPING]")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or zh; else as LANG says.")] = None,
) -> None:
    """Take over accounts, cards, meters and purchases from CSV, XLSX and DBF files of an older system."""
    try:
        msgspec.convert(by, ClerkId)
    except msgspec.ValidationError as error:
        advice = "Use up to 32 lower-case letters, digits, dots and dashes."
        raise OfficeError(f"{by!r} cannot be a clerk's name.", advice) from error
    words = Words(lang or language_of(os.environ))
    read = read_mapping(mapping)
    path = findings or mapping.with_suffix(".findings.csv")
    with ExitStack() as stack:
        office = stack.enter_context(session(ctx).office())
        try:
            found = stack.enter_context(Findings(path, words, _columns(read)))
        except OSError as error:
            what = f"{path} cannot be written: {error.strerror}."
            raise OfficeError(what, "Name another with --findings.") from error
        shown = stack.enter_context(_Shown())
        outcome = Import(office, read, found, by=by, commit=commit, told=shown.told).run()
        with office.store.read() as reading:
            digits = utility_of(reading).digits
    if not session(ctx).json:
        out.print(totals_table(words, outcome.totals, digits, energy=read.defaults.unit == "energy"), crop=False)
    text = "\n".join(summary(words, outcome, found, commit=commit))
    emit(ctx, import_result(outcome, found, commit=commit), text)
    if outcome.unequal:
        raise typer.Exit(FAILED)


def _columns(mapping: Mapping) -> dict[str, dict[str, str]]:
    """What the old system's files call each field, by table."""
    tables = mapping.tables().items()
    return {name: {field: str(column) for field, column in table.columns.items()} for name, table in tables}


class _Shown:
    """Bars of how far the import is, one for each part of the work."""

    def __enter__(self) -> "_Shown":
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=err, transient=True)
        self._tasks: dict[str, TaskID] = {}
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def told(self, what: str, done: int, of: int) -> None:
        """Show it."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=of or None)
        self._progress.update(self._tasks[what], completed=done)
