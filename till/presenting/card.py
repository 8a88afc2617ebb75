"""A card explained: every field in words, whose it is and how it stands, what is owed, and what to do next."""

from dataclasses import dataclass

from common.account import AccountFacts, CardStanding, CardState, Job, JobState, details, standing
from common.entries import CardBlocked, Purpose
from till.messages import Explanation, explain
from till.messages.figures import Figures
from till.operations.examine import Examined
from till.presenting.jobs import job_line
from till.presenting.rows import Part, Row
from till.presenting.sides import image_part, returned_part
from till.presenting.still_open import still_open

CATALOGUES = ("terms", "card")
"""The folders of till/messages that the figures' words must have."""


@dataclass(frozen=True)
class CardExplained:
    """A card in words.

    Attributes:
        verdict: what it is good for, or why not, and what to do next.
        good: whether it is.
    """

    parts: list[Part]
    verdict: Explanation
    good: bool

    def part(self, key: str) -> Part:
        """The part of this key. Raises KeyError."""
        for part in self.parts:
            if part.key == key:
                return part
        raise KeyError(key)


def explain_card(card: Examined, figures: Figures) -> CardExplained:
    """All that is known of a card."""
    facts = card.facts
    view = None if facts is None else standing(facts)
    held = None if view is None else view.cards.get(card.serial)
    parts = [_card_part(card, held, figures)]
    if card.contents is not None:
        parts += [image_part(card, held, figures), returned_part(card, figures)]
    if facts is not None and view is not None:
        parts += still_open(facts, view, figures, card.contents)
    return CardExplained(parts, verdict(card, figures), card.refused is None)


def verdict(card: Examined, figures: Figures) -> Explanation:
    """What the card is good for, or why not; and what to do next."""
    words = figures.words
    if card.refused is not None:
        return explain(card.refused, words.language, figures)
    name = "blank" if card.facts is None else "good"
    return Explanation(
        error=name,
        what=words(f"verdict.{name}"),
        safe=words(f"verdict.{name}_safe"),
        next=words(f"verdict.{name}_next"),
    )


def _card_part(card: Examined, held: CardStanding | None, figures: Figures) -> Part:
    words, facts = figures.words, card.facts
    rows = [
        Row("serial", words("card.serial"), card.serial),
        Row("chip", words("card.chip"), words("card.chip_text", chip=words(f"chip.{card.chip}"), layout=card.layout)),
    ]
    if not card.opened and facts is not None:
        known = details(facts)
        name = "" if known is None else known.name
        rows.append(Row("account", words("card.books_account"), f"{facts.account}  {name}"))
    if facts is not None and held is None:
        rows.append(Row("state", words("card.state"), words("card.state_unknown"), words("card.not_of_account")))
    if facts is not None and held is not None:
        wrong = "" if held.state is CardState.ACTIVE else _why(facts, held, figures)
        rows.append(Row("state", words("card.state"), words(f"card_state.{held.state.value}"), wrong))
        rows.append(Row("given_by", words("card.given_by"), job_line(held.given_by, figures)))
    rows += [Row("settled", words("card.settled"), _settled(job, figures)) for job in card.settled]
    return Part("card", words("card.card"), rows)


def _why(facts: AccountFacts, held: CardStanding, figures: Figures) -> str:
    """By whom, when and where a card was put out of use."""
    words = figures.words
    if held.state is CardState.RETURNED:
        wiped = [job for job in facts.jobs.values() if job.purpose is Purpose.WIPE and job.card == held.serial]
        wiped = sorted((job for job in wiped if job.state is JobState.WRITTEN), key=lambda job: job.order)
        return words("card.returned_by", line=job_line(wiped[-1], figures)) if wiped else ""
    why = []
    if held.replaced_by is not None:
        new = held.replaced_by
        line = words("job.line", what=new.card, at=figures.at(new.at), till=new.writer, clerk=new.clerk)
        reason = words.known("reason", new.reason)
        why.append(words("card.replaced_by", line=line, reason=reason) if reason else line)
    rules = [
        made.rule for made in facts.decisions.values() if isinstance(made, CardBlocked) and made.card == held.serial
    ]
    why += [words("card.blocked_by", rule=words.known("rule", rule)) for rule in rules[:1]]
    return "\n".join(why)


def _settled(job: Job, figures: Figures) -> str:
    key = "card.settled_written" if job.state is JobState.WRITTEN else "card.settled_void"
    return figures.words(key, line=job_line(job, figures))
