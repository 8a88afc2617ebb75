"""A card job in one line: what it was, who did it when and where, and its receipt."""

from common.account import Job, JobState, Purchase
from till.messages.figures import Figures


def job_line(job: Job, figures: Figures) -> str:
    """Such as: sale of 30.000 kWh, 2026-11-24 09:30, till-0001, wang, receipt 0001-000002."""
    words = figures.words
    what = words.known("purpose", job.purpose.value)
    if job.credit:
        what = words("job.of", purpose=what, credit=figures.credit(job.credit, job.unit))
    line = words("job.line", what=what, at=figures.at(job.at), till=job.writer, clerk=job.clerk)
    if job.receipt:
        line = words("job.receipt", line=line, receipt=job.receipt)
    if job.state is not JobState.WRITTEN:
        line = words("job.state", line=line, state=words.known("job_state", job.state.value))
    return line


def purchase_line(bought: Purchase, figures: Figures) -> str:
    """A purchase of long ago, of which the till at hand keeps less."""
    words = figures.words
    credit = figures.credit(bought.credit, bought.unit)
    what = words("job.of", purpose=words("purpose.vend"), credit=credit)
    line = words("job.long_ago", what=what, at=figures.at(bought.at))
    return words("job.receipt", line=line, receipt=bought.receipt) if bought.receipt else line
