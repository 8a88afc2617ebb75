"""Two programs on one till, and a feed that must prove itself."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import Head, SignedEntry, append, vouch
from common.clock import Hlc
from common.entries import AccountOpened, CardBlocked, TillEnrolled
from common.wire import FeedItem
from tests.till.branch import freeze
from till.journal.errors import FeedRefused
from till.operations.accounts import open_account
from till.store import StoreConflict


def test_two_programs_write_one_chain(counter):
    with counter.desk() as clerk, counter.desk() as night:
        open_account(clerk, number="A1", name="x", meter="M1", tariff_class="residential", limit=1000)
        open_account(night, number="A2", name="y", meter="M2", tariff_class="residential", limit=1000)
        freeze(clerk, "A2", "test")
        assert [desk.journal.head.seq for desk in (clerk, night)] == [4, 3]
        assert clerk.journal.verify(lambda _: None).seq == 4


def test_one_job_id_starts_once(branch, counter):
    from till.operations.desk import present
    from till.operations.vend import Amount, quote_vend, start_vend

    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        presented = present(desk, driver)
        started = start_vend(desk, presented, quote_vend(desk, presented, Amount(energy=1), "till-0001/1"), "cash")
        desk.journal.commit(started)
        head = desk.journal.head
        with pytest.raises(StoreConflict):
            desk.journal.commit(started)
        assert desk.journal.head == head
        freeze(desk, "A1", "test")
        assert desk.journal.verify(lambda _: None).seq == head.seq + 1


def forged(counter, key, body, writer="office"):
    head = Head(writer=writer, epoch=1, seq=900, hash="0" * 64)
    return append(key, head, body, at=counter.office.clock.now, hlc=Hlc(1, 0))


@pytest.mark.parametrize("with_key_of", ["the till", "nobody"])
def test_a_feed_with_a_forged_entry_is_refused_whole(counter, with_key_of):
    blocked = CardBlocked(key="k", rule="r", account="A1", card="6201000000000000")
    with counter.desk() as desk:
        position = desk.store.feed_position()
        good = counter.office.say(blocked)
        bad = forged(counter, desk.keys.signing, blocked)
        if with_key_of == "nobody":
            bad = SignedEntry(bad.entry, bad.raw, bad.hash, bytes(64))
        with pytest.raises(FeedRefused, match="signature"):
            desk.journal.accept([FeedItem(1, good), FeedItem(2, bad)], 2)
        assert desk.store.feed_position() == position
        assert desk.store.account("A1") is None
        assert desk.journal.accept([FeedItem(1, good)], 1) == 1


def test_an_entry_that_the_office_vouches_for_is_taken(branch, counter):
    """Its own signature does not hold, but a later one of its journal proves it: the office says so."""
    other = branch.new_till("till-0002")
    counter.hear()
    with other.desk() as desk:
        written = desk.journal.commit(
            AccountOpened(account="A9", name="x", meter="M", tariff_class="residential", limit=1, clerk="z")
        )[0]
    vouched, feigned = (
        SignedEntry(written.entry, written.raw, written.hash, vouch(key, written.hash))
        for key in (counter.office.key, Ed25519PrivateKey.generate())
    )
    with counter.desk() as desk:
        with pytest.raises(FeedRefused, match="signature"):
            desk.journal.accept([FeedItem(1, feigned)], 1)
        assert desk.journal.accept([FeedItem(1, vouched)], 1) == 1
        assert desk.store.account("A9") is not None
        desk.journal.verify(lambda _: None)


def test_a_writer_that_the_office_never_named_is_refused(counter):
    opened = AccountOpened(account="A9", name="x", meter="M", tariff_class="residential", limit=1, clerk="z")
    with counter.desk() as desk:
        stranger = forged(counter, desk.keys.signing, opened, writer="till-0666")
        with pytest.raises(FeedRefused, match="till-0666"):
            desk.journal.accept([FeedItem(1, stranger)], 1)


def test_a_till_cannot_speak_for_the_office(counter):
    with counter.desk() as desk, pytest.raises(ValueError, match="may not write"):
        desk.journal.commit(TillEnrolled(till="till-0009", branch="B1", name="x", epoch=1, key="0" * 64, box="0" * 64))


def test_the_same_feed_again_changes_nothing(branch, counter):
    card = branch.customer()
    del card
    with counter.desk() as desk:
        before = {name: desk.store.database.table(name).count for name in ("entry", "stock", "card_key", "tariff")}
        items = [FeedItem(place, signed) for place, signed in enumerate(counter.office.spoken, 1)]
        assert desk.journal.accept(items, len(items)) == 0
        assert {name: desk.store.database.table(name).count for name in before} == before
        assert msgspec.json.encode(desk.store.tariffs())
