"""`till history`: where purchases before a date are kept."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.progress import Progress

from till.cli.app import Group, app, emit, err, say, session
from till.operations.refusals import NotEnrolled
from till.store.move_history import move_history

group = Group(help="History: purchases before a cut-off date, in a file beside the store.", no_args_is_help=True)
app.add_typer(group, name="history")


@group.command("move")
def move(
    ctx: typer.Context,
    before: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The cut-off date, such as 2026-01-01.")],
) -> None:
    """Move settled purchases before a date to the history file, and later ones back. Safe to stop and to repeat."""
    with session(ctx).desk(signed_in=False) as desk, Progress(console=err, transient=True) as progress:
        utility = desk.store.utility()
        if utility is None:
            raise NotEnrolled(str(session(ctx).data))
        task = progress.add_task(say(ctx, "progress.moving"), total=None)
        done = move_history(
            desk.store,
            before.replace(tzinfo=ZoneInfo(utility.zone)),
            lambda accounts, of: progress.update(task, completed=accounts, total=of),
        )
    emit(ctx, done, say(ctx, "history.moved", moved=done.moved, back=done.taken_back))
