"""The two sides of a card in rows: what tills wrote on it, and what the meter wrote back."""

from common.account import CardStanding, Job, details, meter_line
from common.card.image import CardContents, CardImage, CardKind, ReturnData, ReturnStatus, credit_taken
from common.units import CreditUnit
from till.messages.figures import Figures
from till.operations.examine import Examined
from till.presenting.jobs import job_line, purchase_line
from till.presenting.rows import Part, Row


def image_part(card: Examined, standing: CardStanding | None, figures: Figures) -> Part:
    """What tills wrote on the card."""
    words, contents = figures.words, card.contents
    assert contents is not None
    rows: list[Row] = []
    if contents.image is not None:
        rows += _image_rows(card, contents, contents.image, standing, figures)
    elif contents.torn:
        rows.append(Row("contents", words("card.contents"), words("card.blank_torn")))
    else:
        rows.append(Row("contents", words("card.contents"), words("card.blank")))
    if contents.image is not None and contents.torn:
        rows.append(Row("torn", words("card.torn"), words("card.torn_image")))
    return Part("image", words("card.image"), rows)


def returned_part(card: Examined, figures: Figures) -> Part:
    """What the meter wrote back."""
    words, contents = figures.words, card.contents
    assert contents is not None
    rows: list[Row] = []
    if contents.return_torn:
        rows.append(Row("return_torn", words("card.meter"), words("card.not_readable"), words("card.return_torn")))
    elif contents.returned is None:
        rows.append(Row("not_returned", words("card.meter"), words("card.not_returned")))
    else:
        unit = CreditUnit.ENERGY if contents.image is None else contents.image.unit
        rows += _returned_rows(card, contents.returned, unit, figures)
    return Part("returned", words("card.returned"), rows)


def _image_rows(
    card: Examined, contents: CardContents, image: CardImage, standing: CardStanding | None, figures: Figures
) -> list[Row]:
    words = figures.words
    issue_wrong = count_wrong = ""
    if standing is not None and image.issue != standing.issue:
        issue_wrong = words("card.by_the_books", expected=standing.issue)
    if standing is not None and image.count != standing.count:
        count_wrong = words("card.by_the_books", expected=standing.count)
    return [
        _account(card, image, figures),
        _meter(card, image.meter, figures),
        Row("issue", words("card.issue"), str(image.issue), issue_wrong),
        Row("count", words("card.count"), str(image.count), count_wrong),
        Row("credit", words("card.credit"), _credit(contents, image, figures)),
        Row("unit", words("card.unit"), words.known("unit", image.unit.value)),
        Row("kind", words("card.kind"), _asks(image, figures)),
        _written_by(card, image, figures),
    ]


def _account(card: Examined, image: CardImage, figures: Figures) -> Row:
    words, facts = figures.words, card.facts
    known = None if facts is None else details(facts)
    if facts is None or known is None:
        return Row("account", words("card.account"), image.account, words("card.account_unknown"))
    wrong = "" if facts.frozen is None else words("card.account_frozen", at=figures.at(facts.frozen.at))
    return Row("account", words("card.account"), f"{image.account}  {known.name}", wrong)


def _meter(card: Examined, meter: str, figures: Figures) -> Row:
    """The meter that the card is for; wrong when another hangs on the wall by the books."""
    words, facts = figures.words, card.facts
    line = [] if facts is None else meter_line(facts)
    if not line or meter == line[-1]:
        return Row("meter", words("card.meter"), meter)
    key = "card.meter_before" if meter in line else "card.meter_another"
    return Row("meter", words("card.meter"), meter, words(key, expected=line[-1]))


def _credit(contents: CardContents, image: CardImage, figures: Figures) -> str:
    words, credit = figures.words, figures.credit(image.credit, image.unit)
    if not image.credit:
        return words("card.no_credit", credit=credit)
    return words("card.credit_taken" if credit_taken(contents) else "card.credit_waits", credit=credit)


def _asks(image: CardImage, figures: Figures) -> str:
    if image.kind is CardKind.CLEAR:
        return figures.words("card.asks_clear")
    return figures.words("card.asks_load" if image.credit else "card.asks_nothing")


def _written_by(card: Examined, image: CardImage, figures: Figures) -> Row:
    words = figures.words
    label = words("card.written_by")
    if not image.job_mark:
        return Row("written_by", label, words("card.no_mark"))
    mark = f"{image.job_mark:08X}"
    match card.written_by:
        case None:
            return Row("written_by", label, words("card.mark", mark=mark), words("card.mark_unknown"))
        case Job() as job:
            return Row("written_by", label, job_line(job, figures))
        case purchase:
            return Row("written_by", label, purchase_line(purchase, figures))


def _returned_rows(card: Examined, returned: ReturnData, unit: CreditUnit, figures: Figures) -> list[Row]:
    words = figures.words
    remaining = figures.credit(returned.remaining, unit)
    gave_up = returned.status is ReturnStatus.CLEARED
    status = words(
        f"return_status.{returned.status.value}", count=returned.card_count, own=returned.count, credit=remaining
    )
    wrong = words("card.count_refused") if returned.status is ReturnStatus.REFUSED_COUNT else ""
    return [
        _meter(card, returned.meter, figures),
        Row("status", words("card.status"), status, wrong),
        Row("remaining", words("card.given_up" if gave_up else "card.remaining"), remaining),
        Row("use", words("card.use"), figures.credit(returned.use, unit)),
        Row("meter_count", words("card.meter_count"), str(returned.count)),
        Row("meter_issue", words("card.meter_issue"), str(returned.issue), _issue_wrong(card, returned, figures)),
        Row("card_count", words("card.card_count"), str(returned.card_count)),
    ]


def _issue_wrong(card: Examined, returned: ReturnData, figures: Figures) -> str:
    image = None if card.contents is None else card.contents.image
    newer = image is not None and returned.meter == image.meter and returned.issue > image.issue
    return figures.words("card.obeys_newer") if newer else ""
