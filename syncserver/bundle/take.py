"""A till's bundle, taken in: the same as its requests over the line, from one file."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from common.bundle.document import (
    OWN,
    RETURNED,
    JournalManifest,
    Lines,
    Manifest,
    check_document,
    read_document,
)
from common.bundle.sealed import BadBundle, open_bundle
from common.chain import Head, SignedEntry, public_key, read_line, signature_holds
from common.entries import BadEntry, TillEnrolled
from common.progress import Progress, unseen
from common.wire import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES
from syncserver.bundle.told import note_told
from syncserver.ingest.batch import BatchRefused
from syncserver.ingest.branches import take_back
from syncserver.office.box import office_box
from syncserver.office.errors import OfficeError
from syncserver.office.lost import carry_lost
from syncserver.office.office import Office

Take = Callable[[str, int, list[SignedEntry]], Head]
"""Takes a batch of a till's journal of an epoch; gives the new head, or raises BatchRefused (ingest.queue)."""

_WORDS = {
    "not_bundle": ("It is no bundle.", "Choose the file that the till wrote: its name ends in .kilotill."),
    "newer": ("A newer version of the program wrote it.", "Upgrade this office, then import it again."),
    "not_for_us": (
        "It is sealed to another office, or to a key that this one had before.",
        "Export it anew at the till.",
    ),
    "bundle_damaged": (
        "It is cut short, or damaged.",
        "Export it anew at the till, and take the stick out when that is done.",
    ),
    "not_signed": (
        "The till that it names has not signed it.",
        "Export it anew at the till. If it stays, ask who made it.",
    ),
    "another_kind": ("It is a bundle of another kind: from an office, not from a till.", "Choose the till's file."),
}


class Taken(Struct, frozen=True, kw_only=True):
    """A bundle that was taken in.

    Attributes:
        entries: of the till's journal in it.
        new: those that the office did not have.
        returned: entries of others that the office did not have.
        head: the last entry that the office holds of the till's journal now.
        lacking: where its entries begin after `head`, the number of the first; the office lacks those between.
        stopped: why the till must be enrolled again, if it must.
        late: a later bundle of the till came already.
    """

    till: str
    serial: int
    entries: int
    new: int
    returned: int
    head: int
    lacking: int | None
    stopped: str | None
    late: bool


def take_bundle(office: Office, file: BinaryIO, take: Take, progress: Progress = unseen) -> Taken:
    """Take a till's bundle, checked from end to end before anything of it is taken. Taken again, or after later ones,
    it changes nothing.

    Args:
        file: can be read from its beginning twice.
        progress: told how many bytes are done, and of how many.

    Raises:
        OfficeError: it is no till's bundle for this office, or damaged; nothing was taken.
        StoreUnavailable: what was taken before stays; import it again.
    """
    box = office_box(office)
    size, done = max(1, file.seek(0, 2)), 0

    def read(count: int) -> bytes:
        nonlocal done
        piece = file.read(count)
        done += len(piece)
        progress(done, 2 * size)
        return piece

    try:
        file.seek(0)
        manifest = check_document(open_bundle(box, read), lambda found: _till_key(office, found))
        assert isinstance(manifest, JournalManifest)
        file.seek(0)
        taken = _Taking(office, manifest, take).take(read_document(open_bundle(box, read)))
    except BadBundle as error:
        what, advice = _WORDS[error.reason]
        raise OfficeError(f"The bundle was not taken. {what}", advice, f"bundle_{error.reason}") from error
    except BadEntry as error:
        what = f"The bundle holds what is no entry: {error.reason}."
        raise OfficeError(what, "Export it anew at the till.") from error
    except OSError as error:
        what = f"The bundle cannot be read: {error.strerror}."
        raise OfficeError(what, "Put the stick in again, and import it again.") from error
    progress(2 * size, 2 * size)
    return taken


def _till_key(office: Office, manifest: Manifest) -> Ed25519PublicKey:
    """The key that must have signed: the till's, as the office knows it or once said it.

    Raises:
        BadBundle: it is not a till's bundle, or sealed to another.
        OfficeError: nobody knows the till.
    """
    if not isinstance(manifest, JournalManifest):
        raise BadBundle("another_kind")
    with office.store.read() as reading:
        row = reading.writer(manifest.till, manifest.heard.epoch)
    if row is not None and row.branch:
        return public_key(row.key)
    enrolled = _enrolment(office, manifest)
    if enrolled is None:
        what = f"This office knows no till {manifest.till}."
        raise OfficeError(what, "Is it another office's? See: till list", "bundle_no_till", till=manifest.till)
    return public_key(enrolled.key)


def _enrolment(office: Office, manifest: JournalManifest) -> TillEnrolled | None:
    """What this office itself once said of the till: one that was restored may have lost it."""
    if not manifest.enrolled:
        return None
    signed = read_line(manifest.enrolled.encode())
    body = signed.entry.body
    ours = signature_holds(office.keys.signing.public_key(), signed)
    same = isinstance(body, TillEnrolled) and (body.till, body.epoch) == (manifest.till, manifest.heard.epoch)
    return body if ours and same and isinstance(body, TillEnrolled) else None


class _Taking:
    """Taking one bundle that was proved to be its till's."""

    def __init__(self, office: Office, manifest: JournalManifest, take: Take) -> None:
        self._office = office
        self._manifest = manifest
        self._take = take
        self._entries = self._returned = 0
        self._lacking: int | None = None
        self._stopped: str | None = None

    def take(self, lines: Lines) -> Taken:
        till, heard = self._manifest.till, self._manifest.heard
        before = self._adopt()
        for letter, group in groupby(lines, key=lambda line: line[0]):
            carried = (line for _, line in group)
            if letter == RETURNED:
                self._take_returned(carried)
            elif letter == OWN:
                self._take_own(carried)
        with self._office.store.write() as writing:
            news = note_told(writing, till, heard)
            row = writing.writer(till, heard.epoch)
        if news and row is not None and self._lacking is None:
            carry_lost(self._office, row)
        held = before if row is None else row.seq
        return Taken(
            till=till,
            serial=heard.serial,
            entries=self._entries,
            new=held - before,
            returned=self._returned,
            head=held,
            lacking=self._lacking,
            stopped=self._stopped,
            late=not news,
        )

    def _adopt(self) -> int:
        """Know the till again where this office has lost it. Returns the last entry of its journal here."""
        manifest = self._manifest
        with self._office.store.read() as reading:
            row = reading.writer(manifest.till, manifest.heard.epoch)
        if row is not None:
            return row.seq
        with self._office.change() as intake:
            self._returned += take_back(intake, [read_line(manifest.enrolled.encode())])
        return 0

    def _take_returned(self, lines: Iterable[bytes]) -> None:
        for batch in _batches(lines):
            try:
                with self._office.change() as intake:
                    self._returned += take_back(intake, batch)
            except BatchRefused as refused:
                raise _refusal(refused) from refused

    def _take_own(self, lines: Iterable[bytes]) -> None:
        till, epoch = self._manifest.till, self._manifest.heard.epoch
        for batch in _batches(lines):
            self._entries += len(batch)
            if self._lacking is not None:
                continue
            try:
                self._take(till, epoch, batch)
            except BatchRefused as refused:
                self._refused(refused, batch)

    def _refused(self, refused: BatchRefused, batch: list[SignedEntry]) -> None:
        match refused.problem.error:
            case "fork":  # all branches are kept: go on
                self._stopped = refused.problem.message
            case "gap":
                self._lacking = batch[0].entry.seq
            case _:
                raise _refusal(refused) from refused


def _refusal(refused: BatchRefused) -> OfficeError:
    what = f"The bundle was taken up to an entry that does not hold. {refused.problem.message}"
    return OfficeError(what, "Keep the till's disk as evidence: the journal on its mirror is the true one.")


def _batches(lines: Iterable[bytes]) -> Iterator[list[SignedEntry]]:
    batch: list[SignedEntry] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if batch and (size > MAX_BATCH_BYTES or len(batch) == MAX_BATCH_ENTRIES):
            yield batch
            batch, size = [], len(line) + 1
        batch.append(read_line(line))
    if batch:
        yield batch
