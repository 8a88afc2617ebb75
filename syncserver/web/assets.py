"""Style, script and icon: served by ourselves, each under an address that changes with its content."""

import hashlib
from functools import cache
from importlib.resources import files

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def assets() -> dict[str, tuple[str, bytes]]:
    """Content type and content by the name in the address, such as `site.0a1b2c3d.css`."""
    found = {}
    for item in (files(__package__) / "static").iterdir():
        stem, _, kind = item.name.rpartition(".")
        if kind in _TYPES:
            content = item.read_bytes()
            found[f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}.{kind}"] = (_TYPES[kind], content)
    return found


@cache
def asset(name: str) -> str:
    """The name in the address of a file, such as `site.css`."""
    stem, _, kind = name.rpartition(".")
    return next(full for full in assets() if full.startswith(f"{stem}.") and full.endswith(f".{kind}"))
