"""An office with a week behind it. The journals are those of tests.benchmarks.fleet: real bodies, really signed."""

from datetime import timedelta

from common.clerks import Role
from common.entries import TillEnrolled
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.office import grants
from syncserver.office.clerks import add_clerk
from syncserver.office.office import Office
from syncserver.office.stock import hand_out
from tests.benchmarks.fleet import Seller
from tests.benchmarks.offices import TARIFF
from tests.syncserver.voice import START


def a_week(office: Office, tills: int = 4, vends: int = 30) -> list[Seller]:
    """Tills of two branches that sold on this day and on the same day a week before."""
    fleet = [Seller(f"till-{n:04d}", ("城西", "hill")[n % 2], 6) for n in range(1, tills + 1)]
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
