"""A real disk of a few megabytes: a file with an ext4 file system, mounted through a loop device. Needs root."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

_MEGABYTES = 48


@cache
def why_not() -> str | None:
    """Why there can be no real disks here; None when there can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "only root may mount"
    if shutil.which("mkfs.ext4") is None or shutil.which("mount") is None:
        return "mkfs.ext4 and mount are not there"
    tried = subprocess.run(["losetup", "-f"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "there are no loop devices"


class Disk:
    """One disk, mounted at a place. Use as a context."""

    def __init__(self, folder: Path, name: str) -> None:
        self.place = folder / name
        self._folder, self._name, self._number = folder, name, 0
        self.place.mkdir()

    def __enter__(self) -> "Disk":
        self.replace()
        return self

    def __exit__(self, *_: object) -> None:
        while os.path.ismount(self.place):
            _run("umount", "-l", self.place)

    def replace(self) -> None:
        """Another disk, empty."""
        self.pull()
        self._number += 1
        with self._image.open("wb") as file:
            file.truncate(_MEGABYTES * 1024 * 1024)
        _run("mkfs.ext4", "-q", "-E", "nodiscard", self._image)
        self.plug_in()

    def pull(self) -> None:
        """Gone, whoever has a file open on it."""
        if os.path.ismount(self.place):
            _run("umount", "-l", self.place)

    def plug_in(self) -> None:
        """The same disk again."""
        if not os.path.ismount(self.place):
            _run("mount", "-o", "loop", self._image, self.place)

    def fill(self) -> None:
        """Not a byte more fits."""
        with (self.place / "filler").open("wb", buffering=0) as file:
            for size in (65_536, 4_096, 512, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue
            os.fsync(file.fileno())

    def free(self) -> None:
        """Room again."""
        (self.place / "filler").unlink(missing_ok=True)

    def fail(self) -> None:
        """The file system stops, as ext4 does when its device fails: nothing can be written, files open or not."""
        _run("mount", "-o", "remount,abort", self.place)

    def restart(self) -> None:
        """After `fail`: mounted anew."""
        self.pull()
        self.plug_in()

    @property
    def _image(self) -> Path:
        return self._folder / f"{self._name}-{self._number}.img"


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
