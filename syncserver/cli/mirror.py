"""`syncserver mirror`, `syncserver health`: the second disk, and what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from common import progress as progress_of
from syncserver.cli.app import FAILED, Group, app, emit, err, session
from syncserver.ingest.batch import BatchRefused
from syncserver.mirror.attach import lines_of, mirror_setting, set_mirror
from syncserver.mirror.both import keep_both
from syncserver.mirror.heal import Healed, heal
from syncserver.mirror.lines import MirrorLines
from syncserver.mirror.renew import open_or_renew
from syncserver.office.contacts import contacts_of
from syncserver.office.errors import OfficeError
from syncserver.office.health import look

group = Group(help="Every entry on a second disk before the office says that it holds it.", no_args_is_help=True)
app.add_typer(group, name="mirror")


@group.command("set")
def set_(
    ctx: typer.Context, folder: Annotated[Path, typer.Argument(help="A folder on another disk, or another machine's.")]
) -> None:
    """Keep every entry in this folder too, from now on. A server that runs is to be started again."""
    setting = set_mirror(session(ctx).folder, folder)
    with session(ctx).office() as office:
        problems = [problem.text for problem in office.problems()]
    text = f"Every entry is kept in {setting.folder} too." if not problems else " ".join(problems)
    if not setting.apart:
        text += " That folder is on the database's own disk: when it fails, both are gone."
    emit(ctx, {"mirror": setting, "problems": problems}, text)


@group.command("heal")
def heal_(
    ctx: typer.Context,
    both: Annotated[bool, typer.Option("--keep-both", help="They differ: take what the mirror has besides.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="The database is damaged: fill a new one.")] = False,
    folder: Annotated[Path | None, typer.Option(help="The mirror, where the office's setting is gone.")] = None,
) -> None:
    """Compare database and mirror from end to end, and put each right from the other. Stop the server first."""
    lines = _lines(ctx, folder)
    office = open_or_renew(session(ctx).folder, lines, anew=anew)
    try:
        with _bar() as told, _explained(lines):
            aside = f"before-{office.clock():%Y%m%d-%H%M%S}"
            if both:
                taken = keep_both(office, lines, aside, told)
                emit(ctx, {"taken": taken}, f"{taken} entries are taken back. The mirror's old files are in {aside}.")
            else:
                emit(ctx, found := heal(office, lines, aside, told), _text(found))
    finally:
        office.close()


@app.command("health")
def health(ctx: typer.Context) -> None:
    """What is wrong with this office, in sentences. Ends with status 4 when anything is."""
    with session(ctx).office() as office:
        with office.store.read() as reading:
            contacts = contacts_of(reading)
        found = look(office, contacts, office.clock())
        problems, entries, tills = found.problems, found.entries, sum(found.tills.values())
    lines = problems or ["Nothing is wrong."]
    emit(ctx, {"problems": problems, "entries": entries, "tills": tills}, "\n".join(lines))
    if problems:
        raise typer.Exit(FAILED)


def _lines(ctx: typer.Context, folder: Path | None) -> MirrorLines:
    if folder is not None:
        return MirrorLines(folder)
    setting = mirror_setting(session(ctx).folder)
    if setting is None:
        raise OfficeError("This office has no mirror.", "Set one: syncserver mirror set FOLDER")
    return lines_of(session(ctx).folder, setting)


@contextmanager
def _explained(lines: MirrorLines) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"The mirror {lines.folder} cannot be used: {error.strerror}."
        raise OfficeError(what, "Nothing is lost. Put its disk in again, then repeat this.") from error
    except BatchRefused as refused:
        raise OfficeError(f"The mirror was not taken: {refused.problem.message}", "Keep both disks.") from refused


@contextmanager
def _bar() -> Iterator[progress_of.Progress]:
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("comparing", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _text(found: Healed) -> str:
    lines = [f"All {found.entries} entries are on both disks and hold."]
    if found.disk_lacked:
        lines.append(f"The database lacked the last {found.disk_lacked}: they are back from the mirror.")
    if found.mirror_lacked:
        lines.append(f"The mirror lacked the last {found.mirror_lacked}: it has them now.")
    if found.disk_damaged:
        lines.append(f"Damaged in the database, and put right: entry {', '.join(map(str, found.disk_damaged))}.")
    if found.mirror_damaged:
        lines.append(
            f"Damaged on the mirror, which is written anew: entry {', '.join(map(str, found.mirror_damaged))}."
        )
    return "\n".join(lines)
