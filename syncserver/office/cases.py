"""Cases: what the rules leave to a person, or report; and what a person decides."""

import msgspec
from msgspec import Struct

from common.account import unpack
from common.entries import CaseDecided, CaseOpened, Option
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.store import DecisionRow, DecisionState, Reading

_LONGEST_TEXT = 200
WITH_MONEY = (Option.RECOVER, Option.REFUND)
"""What moves money."""


class Case(Struct, frozen=True, kw_only=True):
    """A case and how it stands.

    Attributes:
        branch: of the till that did it; "" where no till did.
        decided: what a person decided; null while nobody has.
    """

    case: CaseOpened
    state: DecisionState
    branch: str
    decided: CaseDecided | None


def cases(reading: Reading, *, every: bool) -> list[Case]:
    """The cases that wait for a person; with `every`, those that are decided or only reported too."""
    asked = (DecisionState.OPEN, DecisionState.DECIDED, DecisionState.REPORTED) if every else (DecisionState.OPEN,)
    rows = reading.decisions(*asked)
    branches = {row.id: row.branch for row in reading.writers()}
    return [_case(reading, row, branches) for row in rows]


def cases_page(reading: Reading, state: DecisionState, after: tuple[str, str], most: int) -> list[Case]:
    """Cases that stand so, by account and key, from the one after (account, key): a page of a long list."""
    branches = {row.id: row.branch for row in reading.writers()}
    return [_case(reading, row, branches) for row in reading.decisions_page(state.value, after, most)]


def case(reading: Reading, key: str) -> Case:
    """One case.

    Raises:
        OfficeError: no case with this key is in force.
    """
    row = reading.decision(key)
    if row is None or DecisionState(row.state) is DecisionState.IN_FORCE:
        advice = "See: syncserver case list --all. A case is withdrawn when later entries show that nothing is wrong."
        raise OfficeError(f"There is no case {key}.", advice, "no_case", key=key)
    return _case(reading, row, {writer.id: writer.branch for writer in reading.writers()})


def decide(intake: Intake, key: str, option: Option, *, by: str, reason: str, amount: int | None = None) -> CaseDecided:
    """Decide a case. It holds whatever entries come later, and goes to the tills.

    Args:
        amount: minor units to be recovered or refunded; by default those that the case is about.

    Raises:
        OfficeError: there is no such case, it is decided, the option is none of its options, or a text is missing.
    """
    found = case(intake.writing, key)
    if found.decided is not None:
        word = found.decided
        raise OfficeError(
            f"{word.by} has decided it: {word.option}, {word.reason}.",
            "What was decided holds.",
            "case_decided",
            by=word.by,
        )
    if option not in found.case.options:
        choices = ", ".join(found.case.options) or "none: the rules settled it"
        raise OfficeError(f"{option} is no choice in this case.", f"Its choices: {choices}.", "no_choice")
    for what, text in (("--by", by), ("--reason", reason)):
        if not 0 < len(text.strip()) <= _LONGEST_TEXT or not text.isprintable():
            raise OfficeError(
                f"{what} is missing or too long.",
                "The journal keeps who decided, and why.",
                "no_reason",
                most=_LONGEST_TEXT,
            )
    word = CaseDecided(
        case=key,
        account=found.case.account,
        option=option,
        subject=found.case.subject,
        amount=_amount(found.case, option, amount),
        by=by,
        reason=reason,
    )
    intake.say(word)
    return word


def _amount(case: CaseOpened, option: Option, asked: int | None) -> int:
    if option not in WITH_MONEY:
        if asked is not None:
            raise OfficeError(f"{option} moves no money.", "Leave --amount out.", "no_money_moves")
        return 0
    amount = abs(case.amount) if asked is None else asked
    if amount <= 0:
        raise OfficeError("Nobody knows how much.", "Say it: --amount 12.50", "no_amount")
    return amount


def _case(reading: Reading, row: DecisionRow, branches: dict[str, str]) -> Case:
    opened = msgspec.json.decode(row.value, type=CaseOpened)
    facts = unpack(reading.accounts([row.account])[row.account].facts)
    return Case(
        case=opened,
        state=DecisionState(row.state),
        branch=branches.get(opened.writer, ""),
        decided=facts.decided.get(opened.key),
    )
