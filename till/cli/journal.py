"""`till journal`: verify, export, check an export; `till rebuild`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from till.cli.app import Group, app, emit, err, say, session
from till.journal.export import export_journal, verify_file
from till.operations.opening import enrolment_of
from till.store.rebuild import rebuild as rebuild_store

group = Group(help="The signed journal: verify it, export it, check an export.", no_args_is_help=True)
app.add_typer(group, name="journal")


@group.command("verify")
def verify(ctx: typer.Context) -> None:
    """Check every hash, every link and every signature of this till's journal."""
    with session(ctx).desk(signed_in=False) as desk, Progress(console=err, transient=True) as progress:
        task = progress.add_task(say(ctx, "progress.verifying"), total=desk.journal.head.seq)
        head = desk.journal.verify(lambda done: progress.update(task, completed=done))
    emit(ctx, head, say(ctx, "journal.holds", count=head.seq, hash=head.hash))


@group.command("export")
def export(ctx: typer.Context, folder: Annotated[Path, typer.Argument(help="Where to.")] = Path()) -> None:
    """Write the journal and the public key as files that openssl and sha256sum can verify (see README)."""
    with session(ctx).desk(signed_in=False) as desk:
        enrolment = enrolment_of(desk.store, session(ctx).data)
        lines, key = export_journal(desk.store, enrolment.till, enrolment.epoch, desk.keys.signing, folder)
    emit(ctx, {"journal": str(lines), "key": str(key)}, str(lines), str(key))


@group.command("check")
def check(
    ctx: typer.Context,
    journal: Annotated[Path, typer.Argument(help="An exported journal.", exists=True)],
    key: Annotated[Path, typer.Argument(help="Its writer's public key.", exists=True)],
) -> None:
    """Check an exported journal, of any writer."""
    head = verify_file(journal, key)
    emit(ctx, head, say(ctx, "journal.checked", count=head.seq, writer=head.writer, hash=head.hash))


@app.command("rebuild")
def rebuild(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Compare with what is there and change nothing.")] = False,
) -> None:
    """Fold all entries again into the tables that the till works with."""
    with session(ctx).desk(signed_in=False) as desk, Progress(console=err, transient=True) as progress:
        task = progress.add_task(say(ctx, "progress.folding"), total=None)
        differences = rebuild_store(desk.store, check=check, progress=lambda n: progress.update(task, completed=n))
    emit(ctx, {"differences": differences}, *(differences or [say(ctx, "journal.same")]))
    if differences and check:
        raise typer.Exit(4)
