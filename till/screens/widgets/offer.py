"""Why nothing can be sold on a card now, and the one thing that can be done about it."""

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from till.operations.steps import Step
from till.screens.views.errors import Told
from till.screens.widgets.basics import Panel
from till.screens.widgets.kv import load

load(__file__)

_STEPS = {Step.STARTED: 1, Step.WRITTEN: 2, Step.COMPLETED: 3}


class Offer(Panel):
    """What happened, money and card, what next; and a button, when there is something to be done here."""

    what = StringProperty("")
    safe = StringProperty("")
    next = StringProperty("")
    tone = StringProperty("danger")
    action = StringProperty("")
    working = BooleanProperty(False)
    done_steps = NumericProperty(0)

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self._then: Callable[[], None] | None = None

    def reset(
        self, told: Told, tone: str | None = None, action: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """Say why, and offer what can be done."""
        self.what, self.safe, self.next = told.what, told.safe, told.next
        self.tone = tone or told.tone
        self.action, self._then = action, then
        self.working, self.done_steps = False, 0

    def work(self) -> None:
        """It is being done."""
        self.working, self.done_steps = True, 0

    def step(self, step: Step) -> None:
        """The job has come so far."""
        self.done_steps = _STEPS.get(step, self.done_steps)

    def finish(self, what: str, next_: str) -> None:
        """It was done."""
        self.what, self.safe, self.next, self.tone = what, "", next_, "accent"
        self.action, self._then, self.working = "", None, False

    def key(self, name: str) -> bool:
        """Enter does it."""
        if name in ("enter", "numpadenter") and self._then is not None and not self.working:
            self.push()
            return True
        return False

    def push(self) -> None:
        """Do it."""
        if self._then is not None and not self.working:
            self._then()
