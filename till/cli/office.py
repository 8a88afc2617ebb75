"""`till enrol`, `till re-enrol`, `till sync`, `till status`."""

from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from common.account import Job
from common.lease import LeaseState, lease_left, lease_state
from common.units import CreditUnit, format_energy
from till import VERSION
from till.cli.app import app, emit, err, figures, say, session
from till.cli.layout import labelled
from till.cli.mirror import refresh_spare
from till.cli.session import Session, make_folder
from till.journal.fork import FORK, Fork
from till.journal.keys import TillKeys, create_keys, keys_exist, load_keys
from till.journal.mirror import MirrorProblem
from till.journal.writer import Journal
from till.messages import Figures
from till.operations.office import follow_office, sync_with_office
from till.operations.opening import Enrolment, TillFolder, enrolment_of, utc_now
from till.operations.reenrol import keep_enrolment
from till.operations.reenrol import re_enrol as enrol_again
from till.operations.refusals import BadField
from till.presenting.jobs import job_line
from till.presenting.mirror import mirror_text
from till.store import SheetState, Store
from till.store.reserve import reserve_used
from till.sync.report import SyncReport
from till.sync.restored import note_past_unknown

if TYPE_CHECKING:
    from till.sync.enrol import Welcome

OFFICE_EPOCH = 1
"""The office goes on with one journal: when it forks, the other branch is carried in it (common/JOURNAL.md)."""

CLOCK_DRIFT_TOLD_MS = 60_000
"""A till's clock that is further off the office's than this is told to the clerk."""


class Status(Struct, frozen=True, kw_only=True):
    """How the till stands, as `till status` prints it. Money in minor units, energy in watt-hours."""

    till: str
    branch: str
    name: str
    head: int
    waiting: int
    feed: int
    lease: str
    lease_money_left: int
    mirror: str | None
    disk_full: bool
    in_doubt: list[str]
    receipts_waiting: int
    receipts_asked: list[str]
    vends: int
    energy: int
    money_credit: int
    money: int
    revoked: str | None
    forked: int | None


@app.command("enrol")
def enrol(
    ctx: typer.Context,
    server: Annotated[str, typer.Option(help="The office's address, such as https://office.example:8443.")],
    code: Annotated[str, typer.Option(help="What `syncserver till enrol-code` printed.")],
) -> None:
    """Make this data folder a till of the office. Safe to repeat when the reply was lost."""
    run = session(ctx)
    make_folder(run.data)
    keys = load_keys(run.keys_folder) if keys_exist(run.keys_folder) else create_keys(run.keys_folder)
    store = Store.open(run.database)
    try:
        known = store.setting("enrolment", Enrolment)
        if known is not None:
            raise BadField("data", "enrolled_already", f"{run.data}: {known.till}")
        welcome = _ask_to_enrol(server, code, keys)
        enrolment = _enrolment(server, welcome)
        journal = Journal(store, keys, enrolment.till, enrolment.epoch, utc_now, None)
        with store.transaction():
            store.set_setting("enrolment", enrolment)
            store.trust(enrolment.office, OFFICE_EPOCH, enrolment.office_key)
            journal.open_first(enrolment.branch, VERSION)
            keep_enrolment(store, journal, welcome.reply.enrolled)
            if enrolment.epoch > 1:
                note_past_unknown(store)
        report = sync_with_office(store, journal, enrolment, keys)
    finally:
        store.close()
    enrolled = say(ctx, "office.enrolled", till=enrolment.till, name=enrolment.name, branch=enrolment.branch)
    emit(ctx, enrolment, enrolled, _sync_text(ctx, report))


@app.command("re-enrol")
def re_enrol(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="What `syncserver till enrol-again` printed.")],
    without_mirror: Annotated[bool, typer.Option("--without-mirror", help="The mirror is lost: go on.")] = False,
) -> None:
    """Come back after this disk was restored to an older image, or copied. Nothing is lost. Safe to repeat."""
    enrolment = enrol_again(TillFolder(session(ctx).data), code, without_mirror=without_mirror)
    with session(ctx).desk(signed_in=False) as desk:
        report = sync_with_office(desk.store, desk.journal, enrolment, desk.keys)
        refresh_spare(ctx, desk)
    again = say(ctx, "office.enrolled_again", till=enrolment.till, epoch=enrolment.epoch)
    emit(ctx, {"enrolment": enrolment, "sync": report}, again, _sync_text(ctx, report))


@app.command("sync")
def sync(
    ctx: typer.Context,
    follow: Annotated[float, typer.Option(help="Stay in touch for so many seconds: news come at once.")] = 0.0,
) -> None:
    """Send what waits and fetch what is new. Safe to repeat, and to cut at any moment."""
    with session(ctx).desk(signed_in=False) as desk:
        enrolment = enrolment_of(desk.store, session(ctx).data)
        if follow > 0:
            report = follow_office(
                desk.store, desk.journal, enrolment, desk.keys, follow, lambda told: err.print(_sync_text(ctx, told))
            )
        else:
            report = sync_with_office(desk.store, desk.journal, enrolment, desk.keys)
        refresh_spare(ctx, desk)
    emit(ctx, report, _sync_text(ctx, report))
    if abs(report.offset_ms) > CLOCK_DRIFT_TOLD_MS and not session(ctx).json:
        seconds = round(abs(report.offset_ms) / 1000)
        err.print(say(ctx, "office.clock_off", seconds=seconds), style="yellow", markup=False)


@app.command("status")
def status(ctx: typer.Context) -> None:
    """What this till has sold, what waits to go, what the lease leaves."""
    with session(ctx).desk(signed_in=False) as desk:
        found, in_doubt = _status(session(ctx), desk.store, desk.journal), desk.store.open_jobs()
        mirror = desk.journal.mirror_problem
    emit(ctx, found, *_status_text(figures(ctx), found, in_doubt, mirror))


def _ask_to_enrol(server: str, code: str, keys: TillKeys) -> "Welcome":
    # Imported here: the HTTP client takes as long to load as a command without the network takes to run.
    from till.sync.enrol import enrol as ask_office

    return ask_office(server, code, keys, VERSION)


def _enrolment(server: str, welcome: "Welcome") -> Enrolment:
    reply = welcome.reply
    return Enrolment(
        till=reply.till,
        branch=reply.branch,
        name=reply.name,
        epoch=reply.epoch,
        office=reply.office,
        office_key=reply.office_key,
        url=server,
        pin=welcome.pin.hex(),
    )


def _sync_text(ctx: typer.Context, report: SyncReport) -> str:
    return say(ctx, "office.synced", sent=report.sent, received=report.received)


def _status(run: Session, store: Store, journal: Journal) -> Status:
    enrolment = enrolment_of(store, run.data)
    allowed, now = store.allowance(), utc_now()
    lease, use = allowed.lease, allowed.use
    totals = store.totals()
    fork = store.setting(FORK, Fork)
    return Status(
        till=enrolment.till,
        branch=enrolment.branch,
        name=enrolment.name,
        head=journal.head.seq,
        waiting=journal.head.seq - store.acked(),
        feed=store.feed_position(),
        lease=LeaseState.OVER.value if lease is None else lease_state(lease, use, now).value,
        lease_money_left=0 if lease is None else lease_left(lease, use, now)[1],
        mirror=None if journal.mirror_problem is None else str(journal.mirror_problem),
        disk_full=reserve_used(run.data),
        in_doubt=[job.job for job in store.open_jobs()],
        receipts_waiting=len(store.spool.sheets(SheetState.WAITING, SheetState.PRINTING)),
        receipts_asked=[sheet.name for sheet in store.spool.sheets(SheetState.QUESTION)],
        vends=totals.vends,
        energy=totals.energy,
        money_credit=totals.money_credit,
        money=totals.money,
        revoked=allowed.revoked,
        forked=None if fork is None else fork.common,
    )


def _status_text(written: Figures, found: Status, in_doubt: list[Job], mirror: MirrorProblem | None) -> list[str]:
    words, money, energy = written.words, written.money(found.money), format_energy(found.energy)
    if found.money_credit:
        credit = written.credit(found.money_credit, CreditUnit.MONEY)
        sold = words("status.sold_credit", vends=found.vends, energy=energy, credit=credit, money=money)
    else:
        sold = words("status.sold", vends=found.vends, energy=energy, money=money)
    left, state = written.money(found.lease_money_left), words(f"lease_state.{found.lease}")
    rows = [
        ("sold", sold),
        ("journal", words("status.journal", head=found.head, waiting=found.waiting)),
        ("lease", words("status.lease", state=state, money=left)),
    ]
    rows += [("doubt", words("status.doubt_job", line=job_line(job, written), card=job.card)) for job in in_doubt]
    if found.receipts_waiting:
        rows.append(("receipts", words("status.receipts", n=found.receipts_waiting)))
    if found.receipts_asked:
        rows.append(("receipts", words("status.asked", n=len(found.receipts_asked))))
    if found.disk_full:
        rows.append(("disk", words("status.disk_full")))
    if mirror is not None:
        rows.append(("mirror", mirror_text(mirror, words)))
    if found.revoked:
        rows.append(("revoked", found.revoked))
    head = words("status.till", till=found.till, name=found.name, branch=found.branch)
    return [head, *labelled([(words(f"label.{key}"), text) for key, text in rows])]
