"""`till reader`: how the card readers are."""

import typer

from till.cards.health import ReaderHealth
from till.cli.app import Group, app, emit, session
from till.operations.readers import readers_health

group = Group(help="Card readers: how they are.", no_args_is_help=True)
app.add_typer(group, name="reader")


@group.command("health")
def health(ctx: typer.Context) -> None:
    """How often each reader failed of late, and how long it takes."""
    with session(ctx).store() as store:
        found = readers_health(store)
    emit(ctx, found, "\n".join(map(_text, found)) or "No reader was used yet.")


def _text(reader: ReaderHealth) -> str:
    finding = "" if reader.finding is None else f"  {reader.finding.value.replace('_', ' ').upper()}"
    return (
        f"{reader.reader}  {reader.attempts} tries, {reader.failures} failed, "
        f"a read takes {reader.ms_now} ms (at first {reader.ms_first} ms){finding}"
    )
