"""`till sim`: cards, meters and a reader in software, for demonstrations, training and tests."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from common.units import CreditUnit, parse_credit
from till.cli.app import Group, app, emit, figures, say
from till.cli.session import make_folder
from till.operations.refusals import BadField
from till.simulator.card_file import load_card, make_blank
from till.simulator.channel import ChipChannel
from till.simulator.file import read_file
from till.simulator.meter import MeterState, SimulatedMeter
from till.simulator.vpcd import serve

group = Group(help="Simulated cards, meters and reader.", no_args_is_help=True)
app.add_typer(group, name="sim")


class _Esam(Struct):
    master: str


MeterFile = Annotated[Path, typer.Argument(help="The meter's file.", exists=True, dir_okay=False)]
CardFile = Annotated[Path, typer.Argument(help="The card's file.", exists=True, dir_okay=False)]


@group.command("cards")
def cards(
    ctx: typer.Context,
    keys: Annotated[Path, typer.Argument(help="What `syncserver cards personalise` wrote.", exists=True)],
    folder: Annotated[Path, typer.Option(help="Where the cards go.")] = Path("cards"),
    chip: Annotated[str, typer.Option(help="cpu or sle4442.")] = "cpu",
) -> None:
    """Make blank cards, as the card factory would."""
    make_folder(folder)
    made: list[str] = []
    for serial, key in read_file(keys, dict[str, str]).items():
        path = folder / f"{serial}.card"
        if not path.exists():
            make_blank(path, chip, serial, bytes.fromhex(key))
            made.append(str(path))
    emit(ctx, made, say(ctx, "sim.cards", count=len(made), chip=figures(ctx).words.known("chip", chip), folder=folder))


@group.command("meter")
def meter(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="The file to make.")],
    number: Annotated[str, typer.Option(help="The meter's number.")],
    esam: Annotated[Path, typer.Option(help="What `syncserver meters esam` wrote.", exists=True)],
    unit: Annotated[CreditUnit, typer.Option(help="What it counts credit in.")] = CreditUnit.ENERGY,
) -> None:
    """Make a meter, as the meter factory would."""
    if path.exists():
        raise BadField("file", "there_already", str(path))
    master = read_file(esam, _Esam).master
    make_folder(path.parent)
    made = SimulatedMeter(MeterState(number=number, master=master, unit=unit), path)
    emit(ctx, {"meter": made.state.number, "file": str(path)}, say(ctx, "sim.meter", meter=number, path=path))


@group.command("insert")
def insert(ctx: typer.Context, meter_file: MeterFile, card_file: CardFile) -> None:
    """Put a card in a meter and take it out again."""
    found = SimulatedMeter.load(meter_file)
    channel = ChipChannel(load_card(card_file))
    try:
        outcome = found.insert(channel)
    finally:
        channel.close()
    text = say(ctx, "sim.inserted", outcome=say(ctx, f"outcome.{outcome.value}"), meter=_meter_text(ctx, found))
    emit(ctx, {"outcome": outcome.value, **_meter(found)}, text)


@group.command("use")
def use(
    ctx: typer.Context, meter_file: MeterFile, credit: Annotated[str, typer.Argument(help="How much: kWh, or money.")]
) -> None:
    """Use electricity."""
    found = SimulatedMeter.load(meter_file)
    used = found.consume(parse_credit(credit, found.state.unit))
    text = say(ctx, "sim.used", credit=figures(ctx).credit(used, found.state.unit), meter=_meter_text(ctx, found))
    emit(ctx, {"used": used, **_meter(found)}, text)


@group.command("serve")
def serve_(
    ctx: typer.Context,
    card_file: CardFile,
    port: Annotated[int, typer.Option(help="vpcd's port; 35964 is its second slot.")] = 35963,
) -> None:
    """Put a card in the virtual reader of the PC/SC daemon (vpcd) until interrupted."""
    emit(ctx, {"card": str(card_file), "port": port}, say(ctx, "sim.serving", card=card_file))
    serve(load_card(card_file), port=port)


def _meter(found: SimulatedMeter) -> dict[str, str | int]:
    state = found.state
    return {
        "meter": state.number,
        "issue": state.issue,
        "count": state.count,
        "remaining": state.remaining,
        "use": state.use,
        "total": found.total_loaded,
    }


def _meter_text(ctx: typer.Context, found: SimulatedMeter) -> str:
    state = found.state
    left, used = (figures(ctx).credit(amount, state.unit) for amount in (state.remaining, state.use))
    return say(ctx, "sim.state", count=state.count, left=left, used=used)
