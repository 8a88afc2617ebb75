"""A report: which month, shown, saved to a folder or a stick."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.documents import Document, Format
from till.screens.pages.asking import ask
from till.screens.widgets.dialog import Ask
from till.screens.widgets.document_dialog import DocumentDialog
from till.screens.work.reports import FILES, Wanted, report, save_report, this_month
from till.screens.work.sticks import sticks
from till.screens.work.till import Till


def report_asked(app: Any, wanted: Wanted) -> None:
    """Ask for the month where it has one, make the report, show it."""
    if wanted.of_month:
        app.do("report_month", this_month, lambda month: _ask_month(app, wanted, month))
    else:
        language = app.say.language
        app.do("report", lambda till: report(till, wanted, language, ""), lambda made: _show(app, made))


def _ask_month(app: Any, wanted: Wanted, month: str) -> None:
    say, language = app.say, app.say.language

    def work(value: Callable[[str], str]) -> Callable[[Till], Document]:
        of = value("month")
        return lambda till: report(till, wanted, language, of)

    ask(
        app,
        "report",
        [Ask("month", say("reports.month_field"), month)],
        work,
        lambda made: _show(app, made),
        title=say(f"reports.{wanted}"),
        yes=say("reports.show"),
        icon="reports",
    )


def _show(app: Any, document: Document) -> None:
    app.root.open_dialog(DocumentDialog(document, lambda: _ask_file(app, document)))


def _ask_file(app: Any, document: Document) -> None:
    say, found = app.say, sticks()

    def work(value: Callable[[str], str]) -> Callable[[Till], Path]:
        format, folder = Format(value("format")), Path(value("folder"))
        return lambda _: save_report(document, format, folder)

    ask(
        app,
        "report_save",
        [
            Ask("folder", say("reports.folder"), str(found[0]) if found else ""),
            Ask("format", say("reports.format"), FILES[0], options=[(file, file.upper()) for file in FILES]),
        ],
        work,
        lambda path: app.root.toast(say("reports.saved", path=path)),
        title=say("reports.save"),
        yes=say("reports.save"),
        icon="save",
    )
