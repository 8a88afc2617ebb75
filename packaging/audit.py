"""What Kilotill stands on: every package that it needs, pinned, and under a licence that it may be used under.

`packaging/audit.sh` runs it, and asks a service about known weaknesses besides.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).with_name("requirements.lock")
EXTRAS = ("reader", "screens", "keyring")

ALLOWED = (
    "0bsd", "apache", "bsd", "hpnd", "isc", "lgpl", "mit", "mpl", "psf", "public domain", "python software foundation",
    "unlicense", "zpl", "lesser general public",
)  # fmt: skip
"""Words of licences that a program under Apache-2.0 may depend on."""


def name_of(text: str) -> str:
    """A package's name as PyPI compares them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", text).lower()


def pinned(lock: Path = LOCK) -> dict[str, str]:
    """The versions in the lock, by name."""
    rows = [row.split("==") for row in lock.read_text("utf-8").splitlines() if "==" in row]
    return {name_of(name): version.strip() for name, version in rows}


def needed() -> dict[str, Distribution]:
    """Every package that Kilotill needs to run, with its extras, and what those need."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(f"kilotill[{','.join(EXTRAS)}]")]
    while waiting:
        wanted = waiting.pop()
        name = name_of(wanted.name)
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        for line in found[name].requires or []:
            more = Requirement(line)
            here = more.marker is None or any(more.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))
            if here and name_of(more.name) not in found:
                waiting.append(more)
    return found


def licence_of(package: Distribution) -> str:
    """What a package says of its licence, in a line."""
    metadata = package.metadata

    def said(field: str) -> list[str]:
        return metadata.get_all(field) or []

    lines = [*said("License-Expression"), *(line for line in said("Classifier") if line.startswith("License ::"))]
    return "; ".join(lines) or "".join(said("License")).partition("\n")[0]


def problems() -> list[str]:
    """What is wrong, a line each."""
    lock, wrong = pinned(), []
    for name, package in sorted(needed().items()):
        if name in ("kilotill", "pip", "setuptools"):  # ours, and what installs
            continue
        if lock.get(name) != package.version:
            wrong.append(f"{name} {package.version}: the lock has {lock.get(name, 'none')}")
        licence = licence_of(package).lower()
        if not any(word in licence for word in ALLOWED):
            wrong.append(f"{name}: licence {licence or 'not said'}")
    return wrong


if __name__ == "__main__":
    for package_name, found_package in sorted(needed().items()):
        print(f"{package_name:28}{found_package.version:14}{licence_of(found_package)[:80]}")
    print(*problems(), sep="\n")
    sys.exit(1 if problems() else 0)
