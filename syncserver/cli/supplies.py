"""`syncserver tariff`, `syncserver cards`, `syncserver meters`: what tills, card makers and meter makers need."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import typer

from common.card.keys import derive_card_key
from common.entries import MeterModelSet
from common.units import CreditUnit, format_credit, parse_credit
from syncserver.cli.app import Group, app, emit, session
from syncserver.office import grants
from syncserver.office.errors import OfficeError
from syncserver.office.meter_models import models, set_model
from syncserver.office.office import Office
from syncserver.office.stock import hand_out
from syncserver.office.tariff_file import read_tariff
from syncserver.office.utility import utility_of

tariffs = Group(help="Tariffs: publish.", no_args_is_help=True)
cards = Group(help="Blank cards: allot to a branch, keys for the card maker.", no_args_is_help=True)
meters = Group(help="Meters: their models, the key for the meter maker.", no_args_is_help=True)
app.add_typer(tariffs, name="tariff")
app.add_typer(cards, name="cards")
app.add_typer(meters, name="meters")

SecretFile = Annotated[Path, typer.Option(help="The file to write. Keep it secret.")]


@tariffs.command("publish")
def publish(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="TOML: tariff, since, [classes].", exists=True, dir_okay=False)],
) -> None:
    """Publish a tariff version to all tills; it is in force from its own date."""
    with session(ctx).office() as office:
        tariff = read_tariff(_read(file), _digits(office), str(file))
        with office.change() as intake:
            grants.publish_tariff(intake, tariff)
    classes = ", ".join(tariff.classes)
    emit(ctx, tariff, f"Tariff {tariff.tariff} is published, in force from {tariff.since}: {classes}.")


@cards.command("allot")
def allot(
    ctx: typer.Context,
    branch: Annotated[str, typer.Option(help="The branch that gets them.")],
    serials: Annotated[list[str] | None, typer.Argument(help="Their serials, 16 digits each.")] = None,
    count: Annotated[int, typer.Option(min=0, help="Or so many, numbered on from the last.")] = 0,
) -> None:
    """Give blank cards to a branch; their keys go to its tills, sealed to each."""
    with session(ctx).office() as office, office.change() as intake:
        chosen = hand_out(intake, office.keys.card_master, branch, serials=serials or [], count=count)
    emit(
        ctx, {"branch": branch, "serials": chosen}, f"{len(chosen)} cards are branch {branch}'s.\n" + "\n".join(chosen)
    )


@cards.command("personalise")
def personalise(
    ctx: typer.Context, out: Annotated[Path, typer.Option(help="The file to write. Keep it secret.")]
) -> None:
    """Write the key of every allotted card, for the card maker. Whoever has it can forge these cards."""
    with session(ctx).office() as office:
        with office.store.read() as reading:
            allotted = sorted(serial for branch in reading.branches_allotted() for serial in reading.allotted(branch))
        keys = {serial: derive_card_key(office.keys.card_master, serial).hex() for serial in allotted}
    _write_secret(out, keys)
    emit(ctx, {"file": str(out), "cards": len(keys)}, f"The keys of {len(keys)} cards are in {out}. Keep it secret.")


@meters.command("esam")
def esam(ctx: typer.Context, out: SecretFile) -> None:
    """Write the master key that meters' security modules hold. Whoever has it can forge every card."""
    with session(ctx).office() as office:
        _write_secret(out, {"master": office.keys.card_master.hex()})
    emit(ctx, {"file": str(out)}, f"The meters' master key is in {out}. Keep it secret.")


@meters.command("model")
def model_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The model's name, as clerks know it.")],
    limit: Annotated[str, typer.Option(help="The most that it takes at once: kWh, or money.")],
    unit: Annotated[CreditUnit, typer.Option(help="What it counts credit in.")] = CreditUnit.ENERGY,
    chip: Annotated[Literal["cpu", "sle4442"], typer.Option(help="The cards that it reads.")] = "cpu",
    layout: Annotated[str | None, typer.Option(help="Their layout; else the chip's own.")] = None,
) -> None:
    """Say what a kind of meter counts in, takes at once and reads. Tills hear of it with the feed."""
    with session(ctx).office() as office:
        most = parse_credit(limit, unit, _digits(office))
        said = MeterModelSet(model=name, unit=unit, limit=most, chip=chip, layout=layout or f"{chip}-v1")
        with office.change() as intake:
            set_model(intake, said)
    emit(
        ctx,
        said,
        f"Model {name} counts {unit.value}, at most {format_credit(most, unit)} at once, {said.layout} cards.",
    )


@meters.command("models")
def models_(ctx: typer.Context) -> None:
    """The meter models that tills know."""
    with session(ctx).office() as office, office.store.read() as reading:
        found = models(reading)
    lines = [f"{m.model}  {m.unit.value}  {format_credit(m.limit, m.unit)}  {m.layout}" for m in found]
    emit(ctx, found, "\n".join(lines) or "None yet: every meter counts energy.")


def _digits(office: Office) -> int:
    with office.store.read() as reading:
        return utility_of(reading).digits


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OfficeError(f"{file} cannot be read: {error}.", "Name another file.") from error


def _write_secret(path: Path, content: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(content)))
    except OSError as error:
        raise OfficeError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error
