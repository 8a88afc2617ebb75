"""An office whose database is gone, begun again empty: its mirror fills it."""

from contextlib import suppress
from pathlib import Path

from syncserver.mirror.lines import MirrorLines
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office, add_journal
from syncserver.store import MasterStore, StoreBroken


def open_or_renew(folder: OfficeFolder, lines: MirrorLines, *, anew: bool = False) -> Office:
    """The office, to be healed. Where its database is not there, or is none, an empty one is put there, if the mirror
    has anything; what was there is kept beside it.

    Args:
        anew: do so also where the database can be opened: it is damaged within.

    Raises:
        OfficeError: there are no keys, or the mirror has nothing.
    """
    keys = folder.keys()
    if folder.database.exists() and not anew:
        with suppress(StoreBroken):
            return Office.open(folder)
    _need(lines)
    _set_aside(folder.database)
    office = Office(folder, keys, MasterStore.create(folder.database))
    with office.store.write() as writing:
        add_journal(writing, keys)
    return office


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
