"""`till mirror`: a second copy of the journal on another disk."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from till.cli.app import Group, app, emit, err, say, session
from till.cli.session import make_folder
from till.messages import word
from till.operations.mirror import heal_mirror, set_mirror
from till.operations.opening import TillFolder

group = Group(help="A second copy of the journal on another disk.", no_args_is_help=True)
app.add_typer(group, name="mirror")


@group.command("set")
def set_(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder on another disk: an SD card, a stick, a second drive.")],
) -> None:
    """Keep a second copy of the journal on another disk from now on."""
    make_folder(folder)
    with session(ctx).store() as store:
        set_mirror(store, folder)
        apart = store.setting("mirror_apart", bool)
    with session(ctx).desk(signed_in=False) as desk:
        problem = desk.journal.mirror_problem
    text = (
        say(ctx, "office.mirrored", folder=folder)
        if problem is None
        else say(ctx, "office.no_mirror", problem=word(problem, session(ctx).lang))
    )
    lines = [text] if apart else [text, say(ctx, "mirror.same_disk")]
    emit(ctx, {"mirror": str(folder), "problem": problem, "apart": apart}, *lines)


@group.command("heal")
def heal(ctx: typer.Context) -> None:
    """Compare both disks from end to end, and put each right from the other. Safe to stop and to repeat."""
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(say(ctx, "progress.comparing"), total=None)
        found = heal_mirror(TillFolder(session(ctx).data), lambda done, of: bar.update(task, completed=done, total=of))
    counts = {"disk_lacked": found.disk_lacked, "mirror_lacked": found.mirror_lacked}
    damaged = {"disk_damaged": found.disk_damaged, "mirror_damaged": found.mirror_damaged}
    emit(
        ctx,
        found,
        say(ctx, "mirror.same", count=found.entries),
        *(say(ctx, f"mirror.{name}", count=count) for name, count in counts.items() if count),
        *(say(ctx, f"mirror.{name}", numbers=", ".join(map(str, those))) for name, those in damaged.items() if those),
    )
