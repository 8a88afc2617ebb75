"""Accounts: search as you type, open, put right, change the meter, take arrears, close step by step."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from common.account import details, open_debts
from common.units import parse_money
from till.operations.accounts import find_accounts
from till.operations.arrears import pay_arrears
from till.screens.pages.account_form import amend_asked, open_asked
from till.screens.pages.asking import ask, payment_ask
from till.screens.pages.closing import closing_asked
from till.screens.pages.history import show_history
from till.screens.pages.page import TillPage
from till.screens.views.account import account_view
from till.screens.widgets.account_panel import AccountPanel
from till.screens.widgets.dialog import Ask
from till.screens.widgets.kv import load
from till.screens.work.till import OnDesk, Till, Whole
from till.store.people import PersonRow

load(__file__)

MOST = 60
"""Accounts that a search shows."""
_AFTER = 0.12
"""Seconds without a key after which it is searched."""
_LAST = 5


class AccountsPage(TillPage):
    """Found accounts at one side, the one that is chosen at the other."""

    takes_cards = True
    words = StringProperty("")
    has_account = BooleanProperty(False)
    has_debts = BooleanProperty(False)
    found = NumericProperty(-1)

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self._rows: list[PersonRow] = []
        self._account: Whole | None = None
        self._search = Clock.create_trigger(lambda _: self.search(), _AFTER)
        self._wanted = ""
        self._panel = AccountPanel()
        self._panel.bind(on_history=lambda _: self.history())
        self.ids.list.bind(on_open=lambda _, place: self.open(self._rows[place].number))

    def entered(self) -> None:
        """Keys go to the search."""
        self.ids.words.take_keys()
        if self.found < 0:
            self.search()

    def regained(self) -> None:
        """The same after a dialog."""
        self.ids.words.take_keys()

    def left(self) -> None:
        """Keys go elsewhere."""
        self.ids.words.line.focus = False

    def refresh(self) -> None:
        """Another language."""
        if self._account is not None:
            self._show(self._account)

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Arrows and Enter in the list; function keys for what is done with the account."""
        del text
        if name in ("up", "down"):
            self.ids.list.move(1 if name == "down" else -1)
        elif name in ("enter", "numpadenter"):
            self.ids.list.open()
        elif name == "escape":
            self.words = ""
        elif name == "f9":
            self.new()
        elif self._account is not None and name in ("f8", "f10", "f11"):
            {"f8": self.history, "f10": self.amend, "f11": self.close}[name]()
        elif self._account is not None and name == "p" and "ctrl" in modifiers and self.has_debts:
            self.pay()
        else:
            return False
        return True

    def card_read(self, card: OnDesk) -> None:
        """A card shows its account."""
        if card.facts is not None:
            self.open(card.facts.account)

    def on_words(self, *_: Any) -> None:
        """Something else is typed."""
        self._search()

    def search(self) -> None:
        """Search for what is typed."""
        words = self.words
        self._wanted = words
        if not self.app.do("find", lambda till: find_accounts(till.desk, words, MOST), self._found):
            self._search()  # one is under way: again, with what is typed by then

    def _found(self, rows: list[PersonRow]) -> None:
        self._rows, self.found = rows, len(rows)
        say = self.app.say
        texts = [[row.number, row.name, row.meter, say("accounts.frozen") if row.frozen else row.phone] for row in rows]
        self.ids.list.show(texts, ["muted" if row.frozen else "ink" for row in rows])

    def open(self, number: str) -> None:
        """Show an account."""
        self.app.do("account", lambda till: till.whole(number, _LAST), self._show)

    def _show(self, whole: Whole) -> None:
        self._account = whole
        self.has_account, self.has_debts = True, bool(open_debts(whole.facts))
        self._panel.show(account_view(whole.facts, whole.purchases, self.app.figures))
        if self._panel.parent is None:
            self.ids.detail.clear_widgets()
            self.ids.detail.add_widget(self._panel)

    # --- what is done ---

    def history(self) -> None:
        """All purchases."""
        if self._account is not None:
            show_history(self.app, self._account.facts.account)

    def new(self) -> None:
        """Open an account."""
        open_asked(self.app, self._opened)

    def amend(self) -> None:
        """Put right what is kept of it."""
        known = None if self._account is None else details(self._account.facts)
        if known is not None:
            amend_asked(self.app, known, lambda _: self._again("accounts.amended"))

    def close(self) -> None:
        """Close it for good, step by step."""
        if self._account is not None:
            closing_asked(self.app, self._account.facts.account, lambda: self._again(""))

    def pay(self) -> None:
        """Take money for arrears."""
        if self._account is None:
            return
        account, say, figures = self._account.facts.account, self.app.say, self.app.figures
        debts = open_debts(self._account.facts)
        owed = sum(debt.outstanding for debt in debts)

        def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
            amount, payment = parse_money(value("amount"), figures.digits), value("payment")

            def paid(till: Till) -> Any:
                bodies = pay_arrears(till.desk, account, amount, payment=payment)
                till.print()
                return bodies

            return paid

        ask(
            self.app,
            "pay",
            [
                Ask("amount", say("accounts.pay_amount"), figures.plain(owed), digits_only=True),
                payment_ask(self.app),
            ],
            work,
            lambda bodies: self._again("accounts.paid", number=bodies[-1].receipt),
            title=say("accounts.pay"),
            texts=[say("card.arrears_text", money=figures.money(owed), name=", ".join(debt.name for debt in debts))],
            yes=say("accounts.take"),
            icon="money",
        )

    def _opened(self, opened: Any) -> None:
        self.app.root.toast(self.app.say("accounts.opened", account=opened.account))
        self.words = opened.account
        self.open(opened.account)

    def _again(self, said: str, **facts: object) -> None:
        if said:
            self.app.root.toast(self.app.say(said, **facts))
        if self._account is not None:
            self.open(self._account.facts.account)
        self.search()
