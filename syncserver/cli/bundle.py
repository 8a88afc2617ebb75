"""`syncserver bundle`: sync on a stick, for branches without a line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.progress import Progress

from common import progress as progress_of
from common.bundle.sealed import SUFFIX
from syncserver.bundle.files import bundle_path, write_whole
from syncserver.bundle.give import give_bundle
from syncserver.bundle.take import Taken, take_bundle
from syncserver.cli.app import Group, app, emit, err, session
from syncserver.ingest.queue import IngestQueue
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office

group = Group(help="Sync on a stick: signed, sealed to one till; a lost one tells nothing.", no_args_is_help=True)
app.add_typer(group, name="bundle")


class Given(Struct, frozen=True, kw_only=True):
    """A bundle that was written for a till."""

    till: str
    path: str
    bytes: int


@group.command("import")
def import_(
    ctx: typer.Context,
    places: Annotated[list[Path], typer.Argument(help="Files that tills wrote, or folders with such.")],
) -> None:
    """Take what tills wrote on a stick, while the server runs or not. Safe to repeat, in any order."""
    taken: list[Taken] = []
    refused: list[str] = []
    with _office(ctx) as (office, queue):
        for path in _files(places):
            with _bar(path.name) as told:
                try:
                    with path.open("rb") as file:
                        taken.append(take_bundle(office, file, queue.take_now, told))
                except OSError as error:
                    raise OfficeError(f"{path} cannot be read: {error.strerror}.", "Put the stick in again.") from error
                except OfficeError as error:
                    if len(places) == 1 and places[0] == path:
                        raise
                    refused.append(f"{path.name}: {error.what} {error.advice}")
    emit(ctx, {"taken": taken, "refused": refused}, "\n".join([*map(_text, taken), *refused]))


@group.command("export")
def export(
    ctx: typer.Context,
    till: Annotated[str, typer.Argument(help="Such as till-0001.")],
    target: Annotated[Path, typer.Argument(help="A folder (the stick), or a file ending in .kilotill.")],
) -> None:
    """Write what a till lacks on a stick, for that till alone. Safe to repeat; a stick that is lost is made again."""
    path = bundle_path(target, till)
    with _office(ctx) as (office, queue), _bar(till) as told:
        size = write_whole(path, give_bundle(office, till, queue.take_now, told))
    emit(
        ctx,
        Given(till=till, path=str(path), bytes=size),
        f"{path} is written, {size:,} bytes. Only {till} can read it.",
    )


@contextmanager
def _office(ctx: typer.Context) -> Iterator[tuple[Office, IngestQueue]]:
    with session(ctx).office() as office:
        queue = IngestQueue(office.store, office.keys.signing, office.clock)
        try:
            yield office, queue
        finally:
            queue.close()


def _files(places: list[Path]) -> list[Path]:
    found = [path for place in places for path in (sorted(place.glob(f"*{SUFFIX}")) if place.is_dir() else [place])]
    if not found:
        raise OfficeError("There is no bundle there.", f"Name the stick's folder, or files ending in {SUFFIX}.")
    return found


def _text(taken: Taken) -> str:
    text = f"{taken.till}, stick {taken.serial}: {taken.new} new entries of {taken.entries}"
    if taken.returned:
        text += f", {taken.returned} of others that this office had lost"
    text += f"; the office holds entry {taken.head}."
    if taken.lacking is not None:
        text += (
            f" Its entries begin at {taken.lacking}: those between are missing. Write a bundle for {taken.till}, let "
            "it import that, and bring its next one."
        )
    if taken.stopped is not None:
        text += f" It is stopped: {taken.stopped}"
    return text


@contextmanager
def _bar(name: str) -> Iterator[progress_of.Progress]:
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
