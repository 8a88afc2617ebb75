"""The bar that a long command shows."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.progress import Progress

from common import progress as progress_of
from till.cli.app import err, say


@contextmanager
def bar(ctx: typer.Context, key: str) -> Iterator[progress_of.Progress]:
    """A bar while the block runs, which tells it how far it is; `key`: the text of what it does."""
    with Progress(console=err, transient=True) as shown:
        task = shown.add_task(say(ctx, key), total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)
