"""The meter models that the utility hangs on walls."""

from common.card.layout import LayoutError, load_layout
from common.entries import OFFICE, MeterModelSet
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.store import Reading


def set_model(intake: Intake, model: MeterModelSet) -> None:
    """Say what meters of a model count in, take at once and read; for all tills, from now on.

    Raises:
        OfficeError: the name, the limit or the layout cannot be, or another unit was said before.
    """
    if not model.model.isprintable() or not 0 < len(model.model) <= 32:
        raise OfficeError("A model's name has 1 to 32 letters on one line.", "Give it another.")
    if not 0 < model.limit < 2**32:
        raise OfficeError("The limit is not what a card can carry.", "Give one above zero and below 2^32 Wh or cents.")
    try:
        layout = load_layout(model.layout)
    except LayoutError as error:
        raise OfficeError(f"There is no card layout {model.layout}.", "See common/card/layouts.") from error
    if layout.chip != model.chip:
        raise OfficeError(f"Layout {model.layout} is for {layout.chip} cards.", "Name a layout of the chip.")
    known = next((said for said in models(intake.writing) if said.model == model.model), None)
    if known is not None and known.unit is not model.unit:
        raise OfficeError(
            f"Model {model.model} counts in {known.unit.value}: meters of it are on walls.",
            "Give this one another name.",
        )
    intake.say(model)


def models(reading: Reading) -> list[MeterModelSet]:
    """The latest word about each model, by name."""
    said = [stored.signed.entry.body for stored in reading.of_type(OFFICE, "meter_model.set")]
    latest = {body.model: body for body in said if isinstance(body, MeterModelSet)}
    return [latest[name] for name in sorted(latest)]
