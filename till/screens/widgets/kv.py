"""Each class has its layout in the .kv file beside it."""

from pathlib import Path

from kivy.lang import Builder


def load(module: str) -> None:
    """Load the layout beside a module (its `__file__`), once."""
    path = str(Path(module).with_suffix(".kv"))
    if path not in Builder.files:
        Builder.load_file(path, encoding="utf-8")
