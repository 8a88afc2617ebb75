"""The till's own disk has failed: it is offered to go on from the second one."""

from typing import Any

from till.operations.takeover import TookOver
from till.screens.pages.asking import ask


def take_over_asked(app: Any) -> None:
    """Go on from the second disk, now or later."""
    say = app.say

    def went_on(found: TookOver) -> None:
        app.hub.ask_status()
        app.root.toast(say("disk.went_on" if found.sells else "disk.waits"), "accent" if found.sells else "warn")

    ask(
        app,
        "take_over",
        [],
        lambda _: lambda till: app.hub.take_over(till, app.progress),
        went_on,
        title=say("disk.failed"),
        texts=[say("disk.text")],
        yes=say("disk.yes"),
        icon="alert",
    )
