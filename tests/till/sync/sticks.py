"""A branch whose tills reach the office by sticks, by a line in memory, or not at all."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import public_hex
from common.clerks import Role
from common.enrolment import make_code
from common.entries import UtilitySet
from common.sealing import box_hex, new_box
from common.wire import EnrolRequest
from syncserver.api.exchange import Exchange
from syncserver.bundle.files import bundle_path, write_whole
from syncserver.bundle.give import give_bundle
from syncserver.bundle.take import Taken, take_bundle
from syncserver.ingest.queue import IngestQueue
from syncserver.office import grants
from syncserver.office.folder import OfficeKeys
from syncserver.office.office import Office
from tests.simulation.central import Central, Network, folder_with
from tests.simulation.template import CERTIFICATE, quiet
from tests.till.branch import Clock
from till.journal.keys import create_keys
from till.journal.writer import Journal
from till.operations.accounts import open_account
from till.operations.desk import Desk
from till.operations.reenrol import keep_enrolment
from till.store import Store
from till.sync.bundle.export import Exported, export_bundle
from till.sync.bundle.take import Imported, import_bundle
from till.sync.client import OfficeClient, run_sync

UTILITY = UtilitySet(name="测试电力", currency="CNY", digits=2, zone="Asia/Shanghai")
BRANCH = "hill"


class Post:
    """An office that sticks are brought to, and that may be put back to a backup."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        keys = OfficeKeys(Ed25519PrivateKey.generate(), bytes(32), CERTIFICATE, new_box())
        place = folder_with(folder / "office", keys)
        Office.create(place, UTILITY, [], clock).close()
        self.keys, self.runs = keys, 0
        self.central = Central(place.path, keys, clock, quiet, self._run)

    def _run(self) -> str:
        self.runs += 1
        return f"run-{self.runs}"

    @property
    def office(self) -> Office:
        return self.central.office

    def _take(self):
        return IngestQueue(self.office.store, self.keys.signing, self.clock).take_now

    def enrol(self, name: str, keys, again: str = "") -> bytes:
        """A new till of this name; or `again` that of this number, under its next epoch."""
        code = make_code((name + again).encode().ljust(10, b"-")[-10:], CERTIFICATE)
        expires = self.clock().replace(year=2099)
        with self.office.store.write() as writing:
            if again:
                grants.add_code_again(writing, code.secret, again, expires)
            else:
                grants.add_code(writing, code.secret, branch=BRANCH, name=name, expires=expires)
        request = EnrolRequest(code=code.text, key=public_hex(keys.signing), box=box_hex(keys.box), version="test")
        return Exchange(self.office).enrol(msgspec.json.encode(request))

    def take(self, stick: Path) -> Taken:
        return take_bundle(self.office, io.BytesIO(stick.read_bytes()), self._take())

    def give(self, till: str, folder: Path) -> Path:
        path = bundle_path(folder, till)
        write_whole(path, give_bundle(self.office, till, self._take()))
        return path


class Far:
    """A till that has been at the office once, when it was enrolled."""

    def __init__(self, folder: Path, post: Post, name: str, *, synced: bool = True, again: str = "") -> None:
        self.folder, self.post, self.clock = folder / name, post, post.clock
        self.keys = create_keys(self.folder / "keys")
        self.reply = post.enrol(name, self.keys, again)
        self.till = self.reply.till
        self.store = Store.open(self.folder / "till.db")
        self.store.trust(self.reply.office, 1, self.reply.office_key)
        self.journal = Journal(self.store, self.keys, self.till, self.reply.epoch, self.clock, None)
        self.journal.open_first(self.reply.branch, "test")
        keep_enrolment(self.store, self.journal, self.reply.enrolled)
        if synced:
            self.sync()

    def sync(self) -> None:
        """Over a line that is there for once."""
        client = OfficeClient("memory", b"", self.till, self.keys.signing, self.clock, self._line)
        run_sync(self.store, self.journal, client)

    def _line(self, *_: object) -> Network:
        return Network(self.post.central, quiet, lambda _: 0)

    def export(self, target: Path) -> Exported:
        return export_bundle(self.store, self.journal, self.keys.signing, target, self.clock())

    def take(self, stick: Path) -> Imported:
        return import_bundle(self.store, self.journal, self.keys.box, stick)

    def open_account(self, number: str) -> None:
        desk = Desk(
            till=self.till, clerk="wang", roles=[Role.CLERK], store=self.store, journal=self.journal, keys=self.keys,
            now=self.clock,
        )  # fmt: skip
        open_account(desk, number=number, name="李四", meter=f"M{number}", tariff_class="residential", limit=3_000_000)

    def accounts(self) -> set[str]:
        return {row.number for row in self.store.find("", 1_000)}

    @contextmanager
    def before(self) -> Iterator[None]:
        """Its disk, put back at the end to what it is now."""
        self.store.close()
        shutil.copytree(self.folder, self.folder.with_suffix(".image"))
        self.reopen()
        yield
        self.store.close()
        shutil.rmtree(self.folder)
        shutil.move(self.folder.with_suffix(".image"), self.folder)
        self.reopen()

    def reopen(self) -> None:
        self.store = Store.open(self.folder / "till.db")
        self.journal = Journal(self.store, self.keys, self.till, self.reply.epoch, self.clock, None)
        self.journal.start()


def carry(post: Post, till: Far, stick: Path) -> Imported:
    """A messenger goes to the office and comes back."""
    post.take(Path(till.export(stick).path))
    return till.take(post.give(till.till, stick))
