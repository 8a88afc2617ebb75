"""Simulated cards and meters at the command line: `python -m till.simulator --help`."""

from pathlib import Path
from typing import Annotated

import typer

from common.card.keys import derive_card_key
from till.simulator.card_file import load_card, make_blank
from till.simulator.channel import ChipChannel
from till.simulator.meter import MeterState, SimulatedMeter
from till.simulator.vpcd import VPCD_PORT, NoVirtualReader, serve

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Simulated cards and meters.")

Master = Annotated[str, typer.Option(help="The utility's master key, hexadecimal.")]
CardPath = Annotated[Path, typer.Argument(help="The card's file.")]
MeterPath = Annotated[Path, typer.Argument(help="The meter's file.")]


@app.command()
def card(path: CardPath, serial: Annotated[str, typer.Option()], master: Master, chip: str = "cpu") -> None:
    """Make a blank card: `cpu` or `sle4442`, with a serial of 16 digits."""
    make_blank(path, chip, serial, derive_card_key(bytes.fromhex(master), serial))


@app.command()
def insert(path: CardPath, reader: Annotated[int, typer.Option(help="Virtual reader, 0 or 1.")] = 0) -> None:
    """Put a card in a virtual reader of pcscd (vpcd) until interrupted."""
    try:
        serve(load_card(path), port=VPCD_PORT + reader)
    except NoVirtualReader as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo("card removed")


@app.command()
def meter(path: MeterPath, number: Annotated[str, typer.Option()], master: Master) -> None:
    """Make a meter that has seen no card yet."""
    if path.exists():
        raise FileExistsError(path)
    SimulatedMeter(MeterState(number=number, master=master), path)


@app.command()
def load(meter: MeterPath, card: CardPath) -> None:
    """Put a card in a meter and say what the meter did."""
    served = SimulatedMeter.load(meter)
    channel = ChipChannel(load_card(card))
    outcome = served.insert(channel)
    channel.close()
    typer.echo(f"{outcome.value}: {served.state.remaining} Wh left, purchase count {served.state.count}")


@app.command()
def use(meter: MeterPath, energy: Annotated[int, typer.Argument(help="Wh", min=0)]) -> None:
    """Use energy; the meter cuts off at zero."""
    served = SimulatedMeter.load(meter)
    used = served.consume(energy)
    typer.echo(f"used {used} Wh, {served.state.remaining} Wh left")


if __name__ == "__main__":
    app()
