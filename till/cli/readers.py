"""`till reader`: how the card readers are."""

import typer

from till.cards.health import ReaderHealth
from till.cli.app import Group, app, emit, say, session
from till.cli.layout import columns
from till.operations.readers import readers_health

group = Group(help="Card readers: how they are.", no_args_is_help=True)
app.add_typer(group, name="reader")


@group.command("health")
def health(ctx: typer.Context) -> None:
    """How often each reader failed of late, and how long it takes."""
    with session(ctx).store() as store:
        found = readers_health(store)
    emit(ctx, found, *(_table(ctx, found) if found else [say(ctx, "reader.none")]))


def _table(ctx: typer.Context, readers: list[ReaderHealth]) -> list[str]:
    head = [say(ctx, f"label.{name}") for name in ("reader", "tries", "failures", "ms_now", "ms_first", "finding")]
    rows = [
        [
            reader.reader,
            str(reader.attempts),
            str(reader.failures),
            say(ctx, "reader.ms", ms=reader.ms_now),
            say(ctx, "reader.ms", ms=reader.ms_first),
            "" if reader.finding is None else say(ctx, f"finding.{reader.finding.value}"),
        ]
        for reader in readers
    ]
    return columns([head, *rows], right=[1, 2, 3, 4])
