"""Questions of the settings: the office's address, the mirror, the cut-off, the lock, PINs."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from till.journal.heal import Healed
from till.operations.clerks import change_pin, set_idle_after, unlock
from till.operations.mirror import set_mirror
from till.operations.office import set_address
from till.operations.refusals import BadField
from till.screens.pages.asking import ask, supervisor_asks, with_supervisors
from till.screens.widgets.dialog import Ask
from till.screens.work.stopping import Stop
from till.screens.work.till import Till
from till.store.move_history import move_history

Said = Callable[[str], None]
"""Is told what to say when it is done: the name of a text."""


def address_asked(app: Any, known: str, said: Said) -> None:
    """Another address of the same office."""

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        address = value("address")
        return lambda till: set_address(till.desk, address)

    def changed(_: None) -> None:
        app.hub.ask_sync()
        said("settings.address_set")

    say = app.say
    ask(
        app,
        "address",
        [Ask("address", say("settings.server"), known)],
        work,
        changed,
        title=say("settings.address"),
        texts=[say("settings.address_text")],
        yes=say("accounts.keep"),
        icon="office",
    )


def mirror_asked(app: Any, said: Said) -> None:
    """Another folder for the second copy of the journal."""

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        folder = Path(value("folder"))
        return lambda till: _set_mirror(till, folder)

    say = app.say
    ask(
        app,
        "mirror",
        [Ask("folder", say("settings.mirror_folder"))],
        work,
        lambda _: said("settings.mirror_set"),
        title=say("settings.mirror"),
        texts=[say("settings.mirror_text")],
        yes=say("accounts.keep"),
        icon="entries",
    )


def heal_asked(app: Any, done: Callable[[], None]) -> None:
    """Compare both copies of the journal from end to end, and put each right from the other."""
    stop, heal = Stop(app.progress), app.hub.setup.heal
    say = app.say

    def work(till: Till) -> Healed | None:
        found: Healed | None = stop.run(heal)
        app.hub.reopen(till)  # perhaps in another folder
        return found

    def healed(found: Healed | None) -> None:
        if found is None:
            app.root.toast(say("settings.heal_stopped"), "warn")
        else:
            mended = found.disk_lacked + found.mirror_lacked + len(found.disk_damaged) + len(found.mirror_damaged)
            app.root.toast(say("settings.healed", n=found.entries, mended=mended))
        done()

    ask(
        app,
        "heal",
        [],
        lambda _: work,
        healed,
        title=say("settings.heal"),
        texts=[say("settings.heal_text")],
        yes=say("settings.heal_yes"),
        icon="sync",
        stop=stop,
    )


def lock_asked(app: Any, said: Said) -> None:
    """How long nobody may use the till before it locks itself."""
    say = app.say

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        if not value("minutes").isdigit():
            raise BadField("minutes", say("ask.digits"))
        minutes = int(value("minutes"))
        return lambda till: set_idle_after(till.desk, minutes)

    ask(
        app,
        "lock_after",
        [Ask("minutes", say("settings.minutes"), digits_only=True)],
        work,
        lambda _: said("settings.lock_set"),
        title=say("settings.lock"),
        texts=[say("settings.lock_text")],
        yes=say("accounts.keep"),
        icon="lock",
    )


def cut_off_asked(app: Any) -> None:
    """Move old purchases to the history file. It goes account by account and can be stopped after each."""
    stop = Stop(app.progress)
    say = app.say

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        try:
            day = datetime.strptime(value("day"), "%Y-%m-%d").replace(tzinfo=ZoneInfo(app.figures.zone))
        except ValueError as error:
            raise BadField("day", say("settings.cut_form")) from error
        return lambda till: stop.run(lambda step: move_history(till.desk.store, day, step).moved)

    def moved(found: int | None) -> None:
        app.root.toast(say("settings.cut_stopped" if found is None else "settings.cut_done", n=found))

    ask(
        app,
        "cut_off",
        [Ask("day", say("settings.cut_day"))],
        work,
        moved,
        title=say("settings.cut"),
        texts=[say("settings.cut_text")],
        yes=say("settings.cut_move"),
        icon="history",
        stop=stop,
    )


def own_pin_asked(app: Any, said: Said) -> None:
    """The clerk chooses another PIN."""
    clerk, say = app.clerk.clerk, app.say

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        old, new, again = value("old"), value("pin"), value("again")
        if new != again:
            raise BadField("again", say("settings.pin_differs"))
        return lambda till: change_pin(till.desk, clerk, old, new)

    ask(
        app,
        "pin",
        [
            Ask("old", say("settings.pin_old"), password=True, digits_only=True),
            Ask("pin", say("settings.pin_new"), password=True, digits_only=True),
            Ask("again", say("settings.pin_again"), password=True, digits_only=True),
        ],
        work,
        lambda _: said("settings.pin_done"),
        title=say("settings.pin"),
        yes=say("accounts.keep"),
        icon="key",
    )


def unlock_asked(app: Any, said: Said) -> None:
    """A supervisor lets a locked PIN be tried again."""
    say = app.say

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        clerk, by, pin = value("clerk"), value("by"), value("pin")
        return lambda till: unlock(till.desk, clerk, by, pin)

    def asked(clerks: list[tuple[str, str]]) -> None:
        with_supervisors(
            app,
            lambda found: ask(
                app,
                "unlock",
                [Ask("clerk", say("settings.whose"), clerks[0][0], options=clerks), *supervisor_asks(app, found)[:2]],
                work,
                lambda _: said("settings.unlocked"),
                title=say("settings.unlock"),
                yes=say("settings.unlock"),
                icon="lock",
            ),
        )

    app.do("clerks", _active, asked)


def _set_mirror(till: Till, folder: Path) -> None:
    set_mirror(till.desk.store, folder)


def _active(till: Till) -> list[tuple[str, str]]:
    return [(known.clerk, known.name) for known in till.desk.store.clerks.all() if known.active]
