"""All purchases of an account, on request."""

from collections.abc import Sequence
from typing import Any

from common.account import Purchase
from till.screens.views.account import purchase_row
from till.screens.widgets.list_dialog import ListDialog

MOST = 500
"""Purchases that are shown."""


def show_history(app: Any, account: str) -> None:
    """Fetch an account's purchases, back to the first, and list them."""

    def show(found: Sequence[Purchase]) -> None:
        say = app.say
        rows = [purchase_row(bought, app.figures) for bought in found]
        heads = ("at", "count", "credit", "money", "receipt")
        app.root.open_dialog(
            ListDialog(
                title=say("history.title", account=account, n=len(rows)),
                head=[say(f"account.{head}") for head in heads],
                parts=[0.27, 0.1, 0.23, 0.15, 0.25],
                right=[1, 2, 3],
                rows=[[row.at, row.count, row.credit, row.money, row.receipt] for row in rows],
            )
        )

    app.do("history", lambda till: till.whole(account, MOST).purchases, show)
