"""The printer: which one, whether it is set right, and whether a receipt of which it did not say so came out."""

from collections.abc import Callable
from typing import Any

import msgspec

from till.operations.printers import ask_printer, printer_of, printer_setup, set_printer, try_printer
from till.operations.receipts import came_out, did_not_come_out
from till.printing.setup import PrinterKind, PrinterSetup
from till.printing.words import BOTH
from till.screens.pages.asking import ask
from till.screens.widgets.dialog import Answer, Ask, Dialog
from till.screens.work.till import Till

_PAPERS = ("80", "58")


def printer_asked(app: Any, said: Callable[[str], None]) -> None:
    """Which printer it is; it is asked what it can before it is kept."""
    app.do("printer_look", lambda till: printer_setup(till.desk.store), lambda known: _ask(app, known, said))


def _ask(app: Any, known: PrinterSetup, said: Callable[[str], None]) -> None:
    say, receipts = app.say, app.hub.setup.receipts
    yes_no = [("yes", say("printer.yes")), ("no", say("printer.no"))]
    languages = {"+".join(BOTH): BOTH, **{one: (one,) for one in BOTH}}

    def work(value: Callable[[str], str]) -> Callable[[Till], None]:
        kind = PrinterKind(value("kind"))
        setup = msgspec.structs.replace(
            known,
            kind=kind,
            address="" if kind is PrinterKind.NONE else value("address"),
            paper=int(value("paper")),
            languages=languages[value("languages")],
            cut=value("cut") == "yes",
            drawer=value("drawer") == "yes",
        )
        return lambda till: _keep(till, setup)

    def _keep(till: Till, setup: PrinterSetup) -> None:
        asked = ask_printer(setup)
        set_printer(till.desk.store, asked)
        till.printer = printer_of(asked, receipts)

    ask(
        app,
        "printer",
        [
            Ask("kind", say("printer.kind"), known.kind.value, options=[(k, say(f"printer.{k}")) for k in PrinterKind]),
            Ask("address", say("printer.address"), known.address),
            Ask("paper", say("printer.paper"), str(known.paper), options=[(mm, f"{mm} mm") for mm in _PAPERS]),
            Ask(
                "languages",
                say("printer.languages"),
                "+".join(known.languages),
                options=[(name, say(f"printer.in_{name.replace('+', '_')}")) for name in languages],
            ),
            Ask("cut", say("printer.cut"), "yes" if known.cut else "no", options=yes_no),
            Ask("drawer", say("printer.drawer"), "yes" if known.drawer else "no", options=yes_no),
        ],
        work,
        lambda _: said("printer.kept"),
        title=say("printer.title"),
        texts=[say("printer.text")],
        yes=say("accounts.keep"),
        icon="printer",
    )


def try_asked(app: Any) -> None:
    """Print the page that shows whether it is set right."""

    def work(till: Till) -> None:
        try_printer(till.desk, till.printer, printer_setup(till.desk.store))

    app.do("printer_try", work, lambda _: app.root.toast(app.say("printer.tried")))


def paper_asked(app: Any, number: str) -> None:
    """Somebody looks whether a receipt's paper is there and whole; if not, a numbered copy is printed."""
    say = app.say

    def then(work: Callable[[Till], Any], text: str) -> Callable[[], None]:
        def go() -> None:
            dialog.close()
            app.do("paper", work, lambda _: app.root.toast(say(text, number=number)))

        return go

    dialog = Dialog(
        [
            Answer(say("dialog.later"), "plain", None),
            Answer(
                say("printer.not_out"),
                "plain",
                then(lambda till: did_not_come_out(till.desk, till.printer, number), "printer.copied"),
            ),
            Answer(say("printer.out"), "primary", then(lambda till: came_out(till.desk, number), "printer.noted")),
        ],
        title=say("printer.question", number=number),
        icon="printer",
        texts=[say("printer.question_text")],
    )
    app.root.open_dialog(dialog)
