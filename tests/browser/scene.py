"""An office with a week behind it. The journals are those of tests.benchmarks.fleet: real bodies, really signed."""

from datetime import timedelta

from common.chain import GENESIS, public_hex
from common.clerks import Role
from common.entries import TillEnrolled
from syncserver.ingest.batch import read_batch
from syncserver.ingest.intake import Intake
from syncserver.ingest.queue import IngestQueue
from syncserver.office import grants
from syncserver.office.clerks import add_clerk
from syncserver.office.office import Office
from syncserver.office.stock import hand_out
from syncserver.store import WriterRow, WriterState
from tests.benchmarks.fleet import Seller
from tests.benchmarks.offices import TARIFF
from tests.common.histories import played, scene
from tests.common.pieces import Writer
from tests.syncserver.voice import START

_FIRST = 11
"""The first till's number: those of `conflicts` have others."""


def a_week(office: Office, tills: int = 4, vends: int = 30) -> list[Seller]:
    """Tills of two branches that sold on this day and on the same day a week before."""
    fleet = [Seller(f"till-{n:04d}", ("城西", "hill")[n % 2], 6) for n in range(_FIRST, _FIRST + tills)]
    with office.change() as intake:
        grants.publish_tariff(intake, TARIFF)
        for seller in fleet:
            row = seller.row
            intake.writing.add_writer(row)
            intake.say(TillEnrolled(till=row.id, branch=row.branch, name=row.name, epoch=1, key=row.key, box=row.box))
            grants.allot_numbers(intake, row.id)
            grants.grant_lease(intake, row.id, office.clock())
        hand_out(intake, office.keys.card_master, "hill", serials=[], count=40)
        add_clerk(intake, "wang", name="王芳", branch="hill", roles=[Role.CLERK], pin="380512")
    for place, seller in enumerate(fleet):
        seller.now = START - timedelta(days=7, minutes=45 * place)
        push(office, seller, seller.opening() + seller.sold(vends * 2))
        seller.now = START - timedelta(hours=1, minutes=20 * place)
        push(office, seller, seller.sold(vends))
    return fleet


def push(office: Office, seller: Seller, lines: list[bytes]) -> None:
    """Let the office take these lines of a till's journal."""
    queue = IngestQueue(office.store, office.keys.signing, office.clock)
    queue.take_now(seller.till, 1, read_batch(b"".join(lines)))
    queue.close()


def conflicts(office: Office, name: str = "made_up_twice") -> str:
    """Three tills that did, each alone, what a rule is about (tests.common.histories). Returns the case that waits."""
    world = played(scene(name, 0, 1))
    with office.store.write() as writing:
        for till in world.tills:
            writing.add_writer(_row(till))
        intake = Intake(writing, office.keys.signing, office.clock())
        intake.say(*world.said)
        for journal in world.entries:
            intake.take(journal)
        intake.finish()
    return world.open_cases[0].key


def _row(till: Writer) -> WriterRow:
    key = public_hex(till.key)
    return WriterRow(
        id=till.name, epoch=1, branch="hill", name="counter", key=key, box="", seq=0, hash=GENESIS,
        state=WriterState.ACTIVE, reason="",
    )  # fmt: skip
