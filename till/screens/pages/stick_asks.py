"""Sync on a stick: what the office lacks is written on one, what it wrote on one is taken."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from till.operations.bundle import bundle_from_stick, bundle_to_stick
from till.screens.pages.asking import ask
from till.screens.widgets.dialog import Ask
from till.screens.work.sticks import sticks
from till.screens.work.stopping import Stop
from till.screens.work.till import Till
from till.sync.bundle.export import Exported
from till.sync.bundle.take import Imported


def to_stick_asked(app: Any) -> None:
    """Write a bundle for the office."""
    stop = Stop(app.progress)

    def work(value: Callable[[str], str]) -> Callable[[Till], Exported | None]:
        folder = Path(value("folder"))
        return lambda till: stop.run(lambda step: bundle_to_stick(till.desk, folder, step))

    def done(made: Exported | None) -> None:
        if made is None:
            app.root.toast(app.say("stick.stopped"), "warn")
        else:
            app.root.toast(app.say("stick.written", n=made.entries, path=made.path))

    _ask(app, "bundle_out", work, done, stop)


def from_stick_asked(app: Any, taken: Callable[[], None]) -> None:
    """Take what the office wrote for this till."""
    stop = Stop(app.progress)

    def work(value: Callable[[str], str]) -> Callable[[Till], Sequence[Imported] | None]:
        folder = Path(value("folder"))
        return lambda till: stop.run(lambda step: bundle_from_stick(till.desk, folder, step))

    def done(found: Sequence[Imported] | None) -> None:
        if found is None:
            app.root.toast(app.say("stick.stopped"), "warn")
        else:
            received = sum(one.received for one in found)
            app.root.toast(app.say("stick.taken", n=received, waiting=found[-1].waiting))
        app.heard()
        taken()

    _ask(app, "bundle_in", work, done, stop)


def _ask(app: Any, name: str, work: Any, done: Callable[[Any], None], stop: Stop) -> None:
    say, found = app.say, sticks()
    field = Ask("folder", say("stick.folder"), str(found[0]) if found else "")
    if len(found) > 1:
        field = field._replace(options=[(str(path), path.name) for path in found])
    ask(
        app,
        name,
        [field],
        work,
        done,
        title=say(f"stick.{name}"),
        texts=[say(f"stick.{name}_text"), *([] if found else [say("stick.none")])],
        yes=say(f"stick.{name}_yes"),
        icon="stick",
        stop=stop,
    )
