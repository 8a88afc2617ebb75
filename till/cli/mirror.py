"""`till mirror`: a second copy of the journal on another disk."""

from pathlib import Path
from typing import Annotated

import typer

from till.cli.app import Group, app, emit, err, say, session
from till.cli.bars import bar
from till.cli.session import make_folder
from till.journal.errors import JournalError
from till.messages import explain
from till.operations.desk import Desk
from till.operations.mirror import set_mirror
from till.operations.opening import TillFolder
from till.operations.spare import keep_spare, keys_in_spare, set_spare_keys
from till.operations.takeover import heal_or_come_back, take_over
from till.presenting.mirror import mirror_text
from till.store import StoreError
from till.sync.errors import SyncError

group = Group(help="A second copy of the journal on another disk.", no_args_is_help=True)
app.add_typer(group, name="mirror")


@group.command("set")
def set_(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder on another disk: an SD card, a stick, a second drive.")],
    with_keys: Annotated[
        bool | None,
        typer.Option(
            "--with-keys/--without-keys",
            help="Keep the till's keys there though no passphrase locks them: whoever takes the disk could sell.",
        ),
    ] = None,
) -> None:
    """Keep a second copy of the journal on another disk from now on, and what the till could go on from."""
    make_folder(folder)
    with session(ctx).store() as store:
        set_mirror(store, folder)
        if with_keys is not None:
            set_spare_keys(store, unlocked=with_keys)
        apart = store.setting("mirror_apart", bool)
    with session(ctx).desk(signed_in=False) as desk:
        problem = desk.journal.mirror_problem
        refresh_spare(ctx, desk)
        keys = bool(keys_in_spare(TillFolder(session(ctx).data), desk.store))
    text = (
        say(ctx, "office.mirrored", folder=folder)
        if problem is None
        else say(ctx, "office.no_mirror", problem=mirror_text(problem, session(ctx).figures.words))
    )
    lines = [text, *([] if apart else [say(ctx, "mirror.same_disk")]), *([] if keys else [say(ctx, "mirror.no_keys")])]
    emit(
        ctx,
        {"mirror": str(folder), "problem": None if problem is None else str(problem), "apart": apart, "keys": keys},
        *lines,
    )


@group.command("heal")
def heal(ctx: typer.Context) -> None:
    """Compare both disks from end to end, and put each right from the other; a till that went on from the second disk
    comes back to its own. Safe to stop and to repeat."""
    with bar(ctx, "progress.comparing") as told:
        found = heal_or_come_back(TillFolder(session(ctx).home), told)
    counts = {"disk_lacked": found.disk_lacked, "mirror_lacked": found.mirror_lacked}
    damaged = {"disk_damaged": found.disk_damaged, "mirror_damaged": found.mirror_damaged}
    emit(
        ctx,
        found,
        say(ctx, "mirror.same", count=found.entries),
        *(say(ctx, f"mirror.{name}", count=count) for name, count in counts.items() if count),
        *(say(ctx, f"mirror.{name}", numbers=", ".join(map(str, those))) for name, those in damaged.items() if those),
    )


@group.command("take-over")
def take_over_(
    ctx: typer.Context,
    mirror: Annotated[Path | None, typer.Argument(help="The folder on the second disk; else as the till says.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Where the till goes on; else on the second disk.")] = None,
    last: Annotated[str | None, typer.Option(help="The number of the last receipt that this till gave out.")] = None,
) -> None:
    """Go on from the second disk, for the till's own is gone or cannot be written. Safe to stop and to repeat."""
    home, target = TillFolder(session(ctx).home), None if to is None else TillFolder(to)
    with bar(ctx, "progress.copying") as told:
        found = take_over(home, mirror, target, last=last, progress=told)
    lines = [say(ctx, "mirror.took_over", till=found.till, folder=found.folder, count=found.entries)]
    if not found.sells:
        lines.append(say(ctx, "mirror.waits", last=found.last or "-"))
    if not found.apart:
        lines.append(say(ctx, "mirror.one_disk"))
    emit(ctx, found, *lines)


def refresh_spare(ctx: typer.Context, desk: Desk) -> None:
    """Have the second disk keep what the till could go on from. That it cannot is told, and stops nothing."""
    try:
        with bar(ctx, "progress.spare") as told:
            keep_spare(desk, TillFolder(session(ctx).data), told)
    except (SyncError, JournalError, StoreError) as error:
        explanation = explain(error, session(ctx).lang)
        if not session(ctx).json:
            err.print(say(ctx, "mirror.no_spare", reason=explanation.what), style="yellow", markup=False)
