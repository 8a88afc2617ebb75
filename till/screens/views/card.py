"""A card read and explained."""

from common.card.image import CardContents
from common.units import CreditUnit
from till.screens.views.account import card_text
from till.screens.views.figures import Figures


def card_rows(contents: CardContents, figures: Figures) -> list[tuple[str, str]]:
    """All that the card says, label and value."""
    words = figures.words
    rows = [(words("account.card"), card_text(contents.serial))]
    image, returned = contents.image, contents.returned
    if image is None:
        rows.append((words("card.state"), words("card.blank")))
        return rows
    rows += [
        (words("account.number"), image.account),
        (words("account.meter"), image.meter),
        (words("account.issue"), str(image.issue)),
        (words("account.count"), str(image.count)),
        (words("card.carries"), figures.credit(image.credit, image.unit)),
    ]
    if returned is not None:
        unit: CreditUnit = image.unit
        rows += [
            (words("card.meter_says"), words.known("return", returned.status.value)),
            (words("card.meter_count"), str(returned.count)),
            (words("card.left"), figures.credit(returned.remaining, unit)),
            (words("card.used"), figures.credit(returned.use, unit)),
        ]
    if contents.torn:
        rows.append((words("card.state"), words("card.torn")))
    if contents.return_torn:
        rows.append((words("card.state"), words("card.return_torn")))
    return rows
