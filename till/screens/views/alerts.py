"""Alerts that fill the screen: what they say in which letters."""

from dataclasses import dataclass, field

from common.admission import CardIsSuperseded
from till.cards.errors import CardError
from till.messages import Figures
from till.operations.refusals import LeftInDoubt
from till.screens.views.account import card_text
from till.screens.views.errors import told


@dataclass(frozen=True)
class AlertView:
    """An alert in words. See till.screens.widgets.alert.Alert."""

    icon: str
    tone: str
    title: str
    safe: str
    next: str
    use_label: str = ""
    use: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)


def alert_view(error: Exception, finding: CardError | None, figures: Figures) -> AlertView:
    """A card that must not, or cannot, be served. `finding`: what is wrong with reader or card, if that can be told."""
    words, found = figures.words, told(error, figures)
    if isinstance(error, CardIsSuperseded):
        return AlertView(
            icon="blocked",
            tone="danger",
            title=words("alert.superseded"),
            use_label=words("alert.use"),
            use=card_text(error.use),
            rows=[
                (words("alert.old"), card_text(error.card)),
                (words("account.number"), error.account),
                (words("alert.replaced_on"), figures.at(error.at)),
                (words("alert.replaced_at"), error.writer),
                (words("alert.replaced_by"), error.clerk),
            ],
            safe=found.safe,
            next=found.next,
        )
    safe = found.safe if finding is None else f"{found.safe}\n{told(finding, figures).what}"
    advice = found.next if finding is None else told(finding, figures).next
    loud = found.tone == "danger"
    return AlertView("blocked" if loud else "alert", found.tone, found.what, safe, advice)


def doubt_view(error: LeftInDoubt, figures: Figures) -> AlertView:
    """A sale whose card was pulled out while it was written: only that card can say."""
    words, found = figures.words, told(error, figures)
    return AlertView(
        icon="question",
        tone="warn",
        title=words("alert.doubt"),
        use_label=words("alert.doubt_card"),
        use=card_text(error.card),
        safe=found.safe,
        next=found.next,
    )
