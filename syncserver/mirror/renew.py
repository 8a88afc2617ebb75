"""An office whose database is gone, begun again empty: its mirror fills it."""

from contextlib import suppress
from pathlib import Path

from syncserver.mirror.lines import MirrorLines
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office, add_journal
from syncserver.store import MasterStore, StoreBroken, StoreMissing, shown


def open_or_renew(folder: OfficeFolder, lines: MirrorLines, *, anew: bool = False) -> Office:
    """The office, to be healed. Where its database is not there, or is none, an empty one is put there, if the mirror
    has anything; a file that was there is kept beside it.

    Args:
        anew: do so also where the database can be opened: it is damaged within.

    Raises:
        OfficeError: there are no keys, or the mirror has nothing; or PostgreSQL's database is to be filled anew, and is
            not empty.
    """
    keys, address = folder.keys(), folder.address
    if not anew:
        with suppress(StoreBroken, StoreMissing):
            return Office(folder, keys, MasterStore.open(address))
    _need(lines)
    if isinstance(address, Path):
        _set_aside(address)
    elif anew:
        _expect_empty(address)
    office = Office(folder, keys, MasterStore.create(address))
    with office.store.write() as writing:
        writing.prepare_months(office.clock())
        add_journal(writing, keys)
    return office


def _expect_empty(url: str) -> None:
    with suppress(StoreMissing):
        MasterStore.open(url).close()
        advice = "Make an empty one (createdb), and name it: syncserver --store URL mirror heal"
        raise OfficeError(f"{shown(url)} holds an office.", advice)


def _need(lines: MirrorLines) -> None:
    try:
        empty = next(lines.lines(), None) is None
    except OSError as error:
        raise OfficeError(f"The mirror {lines.folder} cannot be read: {error.strerror}.", "Put its disk in.") from error
    if empty:
        raise OfficeError(f"There is nothing on the mirror {lines.folder}.", "Name another, or restore a backup.")


def _set_aside(database: Path) -> None:
    for path in sorted(database.parent.glob(f"{database.name}*")):
        if not path.name.endswith(".broken"):
            path.rename(path.with_name(f"{path.name}.broken"))
