"""A till on a disk of its own, which may be copied, restored and enrolled again; and what office and till agree on."""

import shutil
from contextlib import contextmanager

import msgspec

from common.account import unpack
from common.enrolment import make_code
from syncserver.audit.rebuild import rebuild as rebuild_office
from syncserver.audit.verify import verify
from syncserver.office import grants
from tests.till.sync.test_client import Till
from till.journal.keys import load_keys
from till.journal.writer import Journal
from till.operations.opening import Enrolment, TillFolder
from till.operations.reenrol import re_enrol
from till.store import Store
from till.store.rebuild import rebuild
from till.sync.client import run_sync


class Enrolled(Till):
    """A till as the command line leaves it."""

    def __init__(self, folder, office, url, secret=b"0123456789"):
        super().__init__(folder, office, url, secret)
        self.folder = folder
        reply = msgspec.structs.asdict(self.reply)
        del reply["enrolled"]
        self.store.set_setting("enrolment", Enrolment(**reply, url=url, pin=self.client.pin.hex()))

    @contextmanager
    def copied(self, place):
        """The disk as it is now, elsewhere."""
        self.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(self.folder, place)
        yield self.on(place)

    def on(self, place):
        """The same till on another disk."""
        other = object.__new__(Enrolled)
        other.__dict__.update(self.__dict__)
        other.folder = place
        other.store = Store.open(place / "till.db")
        enrolment = other.store.setting("enrolment", Enrolment)
        other.keys = load_keys(place / enrolment.keys)
        other.reply = msgspec.structs.replace(self.reply, till=enrolment.till, epoch=enrolment.epoch)
        other.client = type(self.client)(
            self.client.url, self.client.pin, enrolment.till, other.keys.signing, self.clock, self.client.line
        )
        other.journal = Journal(other.store, other.keys, enrolment.till, enrolment.epoch, self.clock, None)
        other.journal.start()
        return other

    def back(self, code):
        """Enrolled again, and in touch."""
        self.store.close()
        re_enrol(TillFolder(self.folder), code)
        again = self.on(self.folder)
        run_sync(again.store, again.journal, again.client)
        return again


def again_code(office, till, secret=b"again56789"):
    made = make_code(secret, office.keys.certificate)
    with office.store.write() as writing:
        grants.add_code_again(writing, made.secret, till, office.clock().replace(year=2030))
    return made.text


def opened_at(office):
    with office.store.read() as reading:
        return [row.number for row in reading.all_accounts()]


def agrees(till, office):
    """The till's accounts are the office's, its tables say what its entries say, and everything proves itself."""
    with office.store.read() as reading:
        for row in reading.all_accounts():
            held = till.store.account(row.number)
            assert held is not None, row.number
            assert (held.opened, held.frozen) == (unpacked(row).opened, unpacked(row).frozen)
    assert rebuild(till.store, check=True, progress=lambda _: None) == []
    till.journal.verify(lambda _: None)
    verify(office.store, lambda _: None)
    assert rebuild_office(office.store, check=True, progress=lambda _: None) == []


def unpacked(row):
    return unpack(row.facts)
