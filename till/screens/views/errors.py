"""An error on the screen: what happened, money and card, what to do next; and how loud."""

from dataclasses import dataclass

from till.cards.errors import CardError
from till.messages import Figures, explain
from till.operations.refusals import LeftInDoubt
from till.screens.work.worker import Fault


@dataclass(frozen=True)
class Told:
    """An error in words. `tone`: of till.screens.look."""

    name: str
    what: str
    safe: str
    next: str
    tone: str


def told(error: Exception, figures: Figures) -> Told:
    """The error in words; what to do next as it is done on screens, not on a command line."""
    words = figures.words
    if isinstance(error, Fault):
        what = words("error.fault", error=str(error))
        return Told("Fault", what, words("error.fault_safe"), words("error.fault_next"), "danger")
    found = explain(error, words.language, figures)
    here = words.known("next", found.error)
    advice = found.next if here == found.error else here
    tone = "warn" if isinstance(error, CardError | LeftInDoubt) else "danger"
    return Told(found.error, found.what, found.safe, advice, tone)
