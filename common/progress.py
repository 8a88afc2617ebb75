"""How far long work has come, told to whoever shows it: a bar on the command line, a screen, a page."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def unseen(done: int, of: int) -> None:
    """Nobody looks."""
    del done, of
