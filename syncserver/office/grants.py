"""What the office grants: tariffs, tills, cards and their keys. Each is entries within one transaction."""

import hashlib
import re
from datetime import datetime

import msgspec

from common.card.keys import derive_card_key
from common.chain import GENESIS
from common.enrolment import BadCode, EnrolCode, parse_code
from common.entries import (
    OFFICE,
    CardsAllotted,
    KeysSealed,
    NumbersAllotted,
    TariffPublished,
    TillEnrolled,
    TillRevoked,
)
from common.sealing import seal_card_keys
from common.tariff import BadTariff, Tariff, check_tariff
from common.wire import EnrolRequest
from syncserver.ingest.branches import carry_kept, supersede
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.office.leases import grant_lease
from syncserver.office.numbers import FIRST_NUMBER
from syncserver.store import CodeRow, Reading, WriterRow, WriterState, Writing

_NUMBERS = 10_000
"""Account numbers that a till gets at a time."""

_SERIALS_AN_ENTRY = 250
"""Cards in one entry: their sealed keys must fit in common.entries.envelope.MAX_ENTRY."""


_BRANCH = re.compile(r"\w[\w-]{0,31}")
_LONGEST_NAME = 200


class CodeRefused(Exception):
    """An enrolment code that cannot be used. `error` is the wire's word for it."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


def publish_tariff(intake: Intake, tariff: Tariff) -> None:
    """Publish a tariff version to all tills.

    Raises:
        OfficeError: it cannot be sold by, or its name is taken.
    """
    said = [signed.signed.entry.body for signed in intake.writing.of_type(OFFICE, "tariff.published")]
    if any(isinstance(body, TariffPublished) and body.tariff.tariff == tariff.tariff for body in said):
        advice = "A version that was published stays as it is. Give this one a name of its own."
        raise OfficeError(f"There is a tariff {tariff.tariff} already.", advice, "tariff_taken", tariff=tariff.tariff)
    try:
        check_tariff(tariff)
    except BadTariff as error:
        raise OfficeError(
            f"The tariff cannot be published: {error.reason}.", "Mend its file.", "bad_tariff", reason=error.reason
        ) from error
    intake.say(TariffPublished(tariff=tariff))


def allot_cards(intake: Intake, master: bytes, branch: str, serials: list[str]) -> None:
    """Give blank cards to a branch, and their keys to its tills.

    Raises:
        OfficeError: one is allotted already, or the branch cannot be one.
    """
    check_branch(branch)
    taken = intake.writing.allotted_to(serials)
    if taken:
        serial, owner = next(iter(taken.items()))
        raise OfficeError(
            f"Card {serial} is branch {owner}'s already.",
            "Allot others; none of these were allotted.",
            "card_taken",
            serial=serial,
            branch=owner,
        )
    for chunk in _chunks(serials):
        intake.say(CardsAllotted(branch=branch, serials=chunk))
    for row in _tills(intake.writing, branch):
        seal_keys(intake, master, row.id, row.box, serials)


def seal_keys(intake: Intake, master: bytes, till: str, box: str, serials: list[str]) -> None:
    """Give a till the keys of these cards, readable by it alone."""
    for chunk in _chunks(serials):
        keys = {serial: derive_card_key(master, serial) for serial in chunk}
        intake.say(KeysSealed(till=till, serials=chunk, sealed=seal_card_keys(box, keys)))


def allot_numbers(intake: Intake, till: str) -> None:
    """Give a till the next block of account numbers."""
    first = int(intake.writing.meta("next_number") or FIRST_NUMBER)
    intake.say(NumbersAllotted(till=till, first=first, count=_NUMBERS))
    intake.writing.set_meta("next_number", str(first + _NUMBERS))
    intake.writing.set_meta(f"numbers/{till}", str(first))


def allot_more_numbers(intake: Intake, till: str) -> tuple[int, int]:
    """Give a till one more block at once. Returns its first number, and how many there are.

    Raises:
        OfficeError: there is no such till in use.
    """
    if _known_till(intake.writing, till).state is not WriterState.ACTIVE:
        raise OfficeError(f"No till {till} is in use.", "See: syncserver till list", "till_not_in_use", till=till)
    allot_numbers(intake, till)
    return int(intake.writing.meta(f"numbers/{till}") or 0), _NUMBERS


def renew_numbers(intake: Intake, row: WriterRow) -> None:
    """Give a till that is in touch more account numbers when most of its block is used."""
    first = intake.writing.meta(f"numbers/{row.id}")
    if row.state is not WriterState.ACTIVE or first is None:
        return
    used = intake.writing.count_accounts(f"{int(first):010d}", f"{int(first) + _NUMBERS - 1:010d}")
    if used > _NUMBERS * 4 // 5:
        allot_numbers(intake, row.id)


def check_branch(name: str) -> None:
    """A branch's name is a feed's name too, and must not be a till's or everybody's.

    Raises:
        OfficeError: it cannot be one.
    """
    if not _BRANCH.fullmatch(name) or name == OFFICE or name.startswith("till-"):
        advice = "Use up to 32 letters (of any script), digits and dashes; not office, and not till-..."
        raise OfficeError(f"{name!r} cannot be a branch's name.", advice, "bad_branch", branch=name)


def add_code(
    writing: Writing, secret: bytes, *, branch: str, name: str, expires: datetime, again: str | None = None
) -> None:
    """Keep a new enrolment code; the secret itself is not kept.

    Raises:
        OfficeError: the branch cannot be one, the name is empty or too long, or there is no till to enrol again.
    """
    check_branch(branch)
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise OfficeError(
            "A till needs a name.", f"Give it one of up to {_LONGEST_NAME} characters.", "till_name", most=_LONGEST_NAME
        )
    if again is not None:
        _known_till(writing, again)
    secret_hash = hashlib.sha256(secret).hexdigest()
    writing.put_code(CodeRow(secret_hash=secret_hash, branch=branch, name=name, expires=expires, again=again))


def enrol(intake: Intake, master: bytes, request: EnrolRequest, now: datetime) -> tuple[WriterRow, bool]:
    """Enrol a till by its code. The same key with the same code gets the same answer. Returns whether it is new.

    Raises:
        CodeRefused: unknown, expired, or used by another.
    """
    row = intake.writing.code(hashlib.sha256(_parsed(request.code).secret).hexdigest())
    if row is None:
        raise CodeRefused("unknown_code", "The office made no such code. Check it, or ask for a new one.")
    if row.used_by is not None:
        known = intake.writing.writer(row.till or "", row.epoch or 0)
        if row.used_by != request.key or known is None:
            raise CodeRefused("code_used", "The code was used already. Ask the office for a new one.")
        return known, False
    if row.expires < now:
        raise CodeRefused("unknown_code", "The code has expired. Ask the office for a new one.")
    _check_box(request.box)
    return _enrol_new(intake, master, request, row, now), True


def add_code_again(writing: Writing, secret: bytes, till: str, expires: datetime) -> None:
    """Keep a new code that enrols a till again, under its next epoch, in its branch and by its name.

    Raises:
        OfficeError: there is no such till.
    """
    row = _known_till(writing, till)
    add_code(writing, secret, branch=row.branch, name=row.name, expires=expires, again=till)


def enrolment_of(reading: Reading, row: WriterRow) -> str:
    """The journal line that enrolled a till's epoch; empty where it came back beside the journal."""
    for found in reversed(reading.of_type(OFFICE, "till.enrolled")):
        body = found.signed.entry.body
        if isinstance(body, TillEnrolled) and (body.till, body.epoch) == (row.id, row.epoch):
            return found.line.decode().removesuffix("\n")
    return ""


def revoke(intake: Intake, till: str, reason: str) -> None:
    """Take a till out of use: it may not sell from its next contact on; what it sold before is still taken.

    Raises:
        OfficeError: there is no such till, or no reason.
    """
    if not 0 < len(reason.strip()) <= _LONGEST_NAME:
        raise OfficeError(
            "A reason is needed.",
            f"Say in up to {_LONGEST_NAME} characters why; its clerk reads it.",
            "no_reason",
            most=_LONGEST_NAME,
        )
    row = _known_till(intake.writing, till)
    intake.say(TillRevoked(till=till, reason=reason))
    if row.state is not WriterState.STOPPED:
        intake.writing.set_state(row.id, row.epoch, WriterState.REVOKED, reason)
    carry_kept(intake, row)


def _known_till(writing: Writing, till: str) -> WriterRow:
    row = writing.latest_writer(till)
    if row is None or not row.is_till:
        raise OfficeError(f"There is no till {till}.", "See: syncserver till list", "no_till", till=till)
    return row


def _parsed(text: str) -> EnrolCode:
    try:
        return parse_code(text)
    except BadCode as error:
        raise CodeRefused("unknown_code", f"That is no enrolment code: {error}") from error


def _check_box(box: str) -> None:
    """Some keys cannot be sealed to (RFC 7748, section 6.1): one in a branch would keep its other tills' from it."""
    try:
        seal_card_keys(box, {})
    except ValueError as error:
        raise CodeRefused("malformed", "The till's box key is none. The code was not used.") from error


def _enrol_new(intake: Intake, master: bytes, request: EnrolRequest, row: CodeRow, now: datetime) -> WriterRow:
    writing = intake.writing
    before = None if row.again is None else writing.latest_writer(row.again)
    till = before.id if before is not None else _next_till(writing)
    made = WriterRow(
        id=till,
        epoch=1 if before is None else before.epoch + 1,
        branch=row.branch,
        name=row.name,
        key=request.key,
        box=request.box,
        seq=0,
        hash=GENESIS,
        state=WriterState.ACTIVE,
        reason="",
    )
    writing.add_writer(made)
    supersede(intake, till, made.epoch)
    writing.put_code(msgspec.structs.replace(row, used_by=request.key, till=till, epoch=made.epoch))
    intake.say(
        TillEnrolled(till=till, branch=row.branch, name=row.name, epoch=made.epoch, key=request.key, box=request.box)
    )
    grant_lease(intake, till, now)
    allot_numbers(intake, till)
    seal_keys(intake, master, till, request.box, writing.allotted(row.branch))
    return made


def _next_till(writing: Writing) -> str:
    numbers = [int(row.id.rpartition("-")[2]) for row in writing.writers() if row.id.startswith("till-")]
    return f"till-{max(numbers, default=0) + 1:04d}"


def _tills(writing: Writing, branch: str) -> list[WriterRow]:
    """The branch's tills in use, each under its latest epoch."""
    latest = {row.id: row for row in writing.writers()}
    return [row for row in latest.values() if row.branch == branch and row.state is WriterState.ACTIVE]


def _chunks(serials: list[str]) -> list[list[str]]:
    return [serials[start : start + _SERIALS_AN_ENTRY] for start in range(0, len(serials), _SERIALS_AN_ENTRY)]
