"""What the counter says while nobody is served: what is still open at this till."""

from till.messages import Figures
from till.presenting.mirror import mirror_text
from till.screens.views.account import Notice, card_text
from till.screens.work.status import Status


def waiting_notices(status: Status, figures: Figures) -> list[Notice]:
    """Each with its tone and icon, the most urgent first."""
    words = figures.words
    found = [
        Notice(
            "warn",
            "question",
            words(
                "ready.doubt",
                purpose=words.known("purpose", job.purpose.value),
                card=card_text(job.card),
                money=figures.money(job.amount),
            ),
        )
        for job in status.in_doubt
    ]
    if status.disk_full:
        found.append(Notice("danger", "alert", words("ready.disk_full")))
    if status.on_second:
        found.append(Notice("danger", "alert", words("ready.on_second")))
    if status.mirror_problem is not None:
        problem = mirror_text(status.mirror_problem, words)
        found.append(Notice("danger", "alert", words("ready.mirror", problem=problem)))
    found += [
        Notice("warn", "printer_bad", words("ready.question", number=sheet.number)) for sheet in status.questions[:1]
    ]
    if status.alone is not None:
        found.append(Notice("info", "shift", words("ready.alone", at=figures.since(status.alone, status.now))))
    return found
