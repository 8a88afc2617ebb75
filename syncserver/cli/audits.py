"""`syncserver verify`, `rebuild`, `snapshot`, `books`, `cases`, `export`."""

import os
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from common.chain import public_key
from common.units import CreditUnit, format_credit, format_energy, format_money
from syncserver.audit.books import Totals, balance, decisions
from syncserver.audit.rebuild import rebuild as rebuild_store
from syncserver.audit.snapshot import check_snapshot
from syncserver.audit.verify import verify as verify_store
from syncserver.cli.app import FAILED, app, emit, err, session
from syncserver.office.errors import OfficeError


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """The column's text."""
        return Text(f"{task.speed or 0:,.0f}/s", style="progress.data.speed")


_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    _Rate(),
    TimeRemainingColumn(),
)


@app.command("verify")
def verify(ctx: typer.Context) -> None:
    """Check every hash, every link and every signature of every journal."""
    with session(ctx).office() as office, Progress(*_COLUMNS, console=err, transient=True) as progress:
        with office.store.read() as reading:
            task = progress.add_task("verifying", total=reading.last_position())
        audit = verify_store(office.store, lambda done: progress.update(task, completed=done))
    beside = f", and {audit.forks} beside them" if audit.forks else ""
    emit(ctx, audit, f"All {audit.entries} entries of {audit.journals} journals{beside} hold.")


@app.command("rebuild")
def rebuild(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Compare with what is there and change nothing.")] = False,
) -> None:
    """Fold all entries again into the tables that the office works with."""
    began = time.monotonic()
    with session(ctx).office() as office, Progress(*_COLUMNS, console=err, transient=True) as progress:
        with office.store.read() as reading:
            entries = reading.last_position()
        task = progress.add_task("folding", total=entries)
        differences = rebuild_store(
            office.store, check=check, progress=lambda done: progress.update(task, completed=done)
        )
    rate = entries / (time.monotonic() - began)
    said = "\n".join(differences) or "The tables say what the entries say."
    result = {"differences": differences, "entries": entries, "entries_a_second": round(rate)}
    emit(ctx, result, f"{said}\n{entries:,} entries, {rate:,.0f} a second.")
    if differences and check:
        raise typer.Exit(FAILED)


@app.command("snapshot")
def snapshot(ctx: typer.Context, branch: Annotated[str, typer.Argument(help="The branch.")]) -> None:
    """Prove that what a new till of a branch is given of each account is what the entries say."""
    with session(ctx).office() as office:
        count, wrong = check_snapshot(office.store, branch)
    text = f"{count} accounts: the snapshot says what the entries say."
    emit(ctx, {"accounts": count, "wrong": wrong}, "\n".join(f"account {number}: not so" for number in wrong) or text)
    if wrong:
        raise typer.Exit(FAILED)


@app.command("books")
def books(ctx: typer.Context) -> None:
    """Credit by where it is, and money, over all accounts. Ends with 4 when an account's books do not hold."""
    with session(ctx).office() as office:
        totals = balance(office.store)
    emit(ctx, totals, _books_text(totals))
    if not totals.conserved:
        raise typer.Exit(FAILED)


@app.command("cases")
def cases(ctx: typer.Context) -> None:
    """What the rules decided and is in force: make-ups owed, cards blocked, cases for a person."""
    with session(ctx).office() as office:
        found = decisions(office.store)
    lines = [
        f"{case['type']:<12} account {case['account']}  rule {case['rule']}  "
        + "  ".join(
            format_credit(case[name], CreditUnit(case["unit"]))
            if name == "credit"
            else f"{name.replace('_', ' ')} {case[name]}"
            for name in ("card", "for_job", "stranded_on", "subject", "credit")
            if name in case
        )
        for case in found
    ]
    emit(ctx, found, "\n".join(lines) or "Nothing is in conflict.")


@app.command("export")
def export(
    ctx: typer.Context,
    writer: Annotated[str, typer.Argument(help="office, or a till such as till-0001.")],
    folder: Annotated[Path, typer.Argument(help="Where to.")] = Path(),
) -> None:
    """Write a writer's journals and public keys as files that openssl and sha256sum can verify (see README)."""
    written: list[str] = []
    with session(ctx).office() as office, office.store.read() as reading:
        rows = [row for row in reading.writers() if row.id == writer]
        if not rows:
            raise OfficeError(f"Nobody called {writer} writes a journal.", "See: syncserver till list")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for row in rows:
                journal, pem = folder / f"{row.id}-{row.epoch}.journal", folder / f"{row.id}-{row.epoch}.pem"
                with journal.open("wb") as file:
                    file.writelines(entry.line for entry in reading.entries(row.id, row.epoch))
                    file.flush()
                    os.fsync(file.fileno())
                pem.write_bytes(public_key(row.key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
                written += [str(journal), str(pem)]
        except OSError as error:
            raise OfficeError(f"{folder} cannot be written: {error.strerror}.", "Name another folder.") from error
    emit(ctx, written, "\n".join(written))


_PLACES = (
    ("sold", "sold"),
    ("made_up", "made up"),
    ("moved", "moved to new meters"),
    ("reversed", "reversed"),
    ("taken", "taken by meters"),
    ("on_cards", "on cards"),
    ("on_dead_cards", "on dead cards"),
    ("owed", "owed"),
    ("cleared", "given up by meters"),
    ("refunded", "refunded"),
    ("held", "given up and held"),
    ("moved_again", "moved once too often"),
    ("refunded_again", "refunded once too often"),
)


def _books_text(totals: Totals) -> str:
    both = any(msgspec.structs.astuple(totals.money_credit))
    lines = [f"{totals.accounts} accounts"]
    if both:
        lines.append(f"  {'':<20}{'energy':>24}{'money on meters':>20}")
    for name, label in _PLACES:
        line = f"  {label:<20}{format_energy(getattr(totals.energy, name)):>24}"
        lines.append(line + (f"{format_money(getattr(totals.money_credit, name)):>20}" if both else ""))
    lines.append(f"  {'money taken':<20}{format_money(totals.money):>20}")
    if totals.conserved:
        law = "sold + made up + moved = reversed + taken + on cards + on dead cards + owed"
        again = "and given up + moved or refunded once too often = moved + refunded + held."
        return "\n".join([*lines, f"The books hold: {law},", again])
    return "\n".join([*lines, "THE BOOKS DO NOT HOLD for:", *totals.not_conserved])
