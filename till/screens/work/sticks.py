"""Sticks that are plugged in: where Linux mounts what a person puts in."""

from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
"""What is mounted, a line each: device, place, ... (proc(5)); where there is no such file nothing is found."""
_PLACES = ("/media/", "/run/media/")


def sticks(mounts: Path = MOUNTS) -> list[Path]:
    """The folders of sticks, by their names."""
    if not mounts.exists():
        return []
    places = [line.split(" ")[1] for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    return sorted(Path(_plain(place)) for place in places if place.startswith(_PLACES))


def _plain(place: str) -> str:
    """Spaces and the like stand as \\040 (fstab(5))."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\134", "\\")):
        place = place.replace(code, letter)
    return place
