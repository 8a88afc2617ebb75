"""Which folder is the mirror, and working with it."""

from pathlib import Path

import msgspec
from msgspec import Struct

from syncserver.bundle.files import write_whole
from syncserver.mirror.follower import Follower
from syncserver.mirror.lines import MirrorLines
from syncserver.mirror.mend import is_unfolded
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office


class MirrorSetting(Struct, frozen=True, kw_only=True):
    """Where the mirror is. `apart`: on another disk than the database, so that a folder on this one is not it."""

    folder: str
    apart: bool


def mirror_setting(folder: OfficeFolder) -> MirrorSetting | None:
    """Where this office's mirror is, if it has one.

    Raises:
        OfficeError: the file that says so cannot be read.
    """
    if not folder.mirror.exists():
        return None
    try:
        return msgspec.json.decode(folder.mirror.read_bytes(), type=MirrorSetting)
    except (OSError, msgspec.DecodeError) as error:
        what = f"{folder.mirror} cannot be read: {error}."
        raise OfficeError(what, "Set the mirror again: syncserver mirror set FOLDER") from error


def set_mirror(folder: OfficeFolder, place: Path) -> MirrorSetting:
    """Keep every entry in this folder too, from the next start on.

    Raises:
        OfficeError: it is no folder that can be used.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        apart = place.stat().st_dev != folder.path.stat().st_dev
    except OSError as error:
        raise OfficeError(f"{place} cannot be used: {error.strerror}.", "Name a folder on another disk.") from error
    setting = MirrorSetting(folder=str(place.resolve()), apart=apart)
    write_whole(folder.mirror, [msgspec.json.encode(setting)])
    return setting


def lines_of(folder: OfficeFolder, setting: MirrorSetting) -> MirrorLines:
    """The mirror's files."""
    return MirrorLines(Path(setting.folder), folder.path if setting.apart else None)


def attach_mirror(office: Office) -> None:
    """Let the mirror, if there is one, follow the database from now on; what it lacks is added first.

    Raises:
        OfficeError: a healing was not finished, or the mirror has what the database has not.
    """
    if is_unfolded(office):
        raise OfficeError("A healing was stopped before its end.", "Run it again: syncserver mirror heal")
    setting = mirror_setting(office.folder)
    if setting is None:
        return
    follower = Follower(lines_of(office.folder, setting))
    follower.follow(office.store)
    if follower.disagrees is not None:
        raise OfficeError(follower.disagrees.text, "Nothing is written before: syncserver mirror heal")
    office.store.on_commit = follower.follow
    office.watched.append(lambda: follower.problem)
