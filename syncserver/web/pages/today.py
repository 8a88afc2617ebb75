"""Today: what is sold, how the tills are, and what somebody must look at."""

from dataclasses import dataclass

from syncserver.reports.hours import HourSales
from syncserver.web.ask import Answer, Ask, Page, Redirect, Route
from syncserver.web.board import Board, Boards
from syncserver.web.plot import draw
from syncserver.web.refusals import tell

_MOST_ALERTS = 12


@dataclass(frozen=True)
class BranchRow:
    """A branch's sales: today, and a week ago up to the same hour."""

    branch: str
    vends: int
    energy: int
    money: int
    before: int


class Today:
    """The first page."""

    def __init__(self, boards: Boards) -> None:
        self._boards = boards

    def routes(self) -> list[Route]:
        """Its addresses."""
        return [Route("GET", "/", self.front), Route("GET", "/today", self.show)]

    def front(self, _: Ask) -> Answer:
        """The front door."""
        return Redirect("/office/today")

    def show(self, ask: Ask) -> Answer:
        """The page."""
        board = self._boards.get(ask.now, ask.figures.zone)
        return Page(
            "today.html",
            {
                "board": board,
                "plot": draw(board),
                "branches": _by_branch(board),
                "total": _total("", board.today, board.so_far()),
                "by_hour": _by_hour(board),
                "problems": [tell(problem, ask.words) for problem in board.problems],
                "alerts": board.alerts[:_MOST_ALERTS],
                "more_alerts": len(board.alerts[_MOST_ALERTS:]),
                "tills": board.tills.rows,
                "more_tills": board.tills.left_out,
            },
        )


def _by_branch(board: Board) -> list[BranchRow]:
    names = sorted({sold.branch for sold in (*board.today, *board.so_far())})
    return [
        _total(
            name,
            [sold for sold in board.today if sold.branch == name],
            [sold for sold in board.so_far() if sold.branch == name],
        )
        for name in names
    ]


def _by_hour(board: Board) -> list[tuple[int, int, int, int]]:
    """Hour, vends, money, and the money of a week ago: the drawing as a table."""
    return [
        (
            hour,
            sum(sold.vends for sold in board.today if sold.hour == hour),
            sum(sold.money for sold in board.today if sold.hour == hour),
            sum(sold.money for sold in board.before if sold.hour == hour),
        )
        for hour in range(board.hours)
    ]


def _total(branch: str, today: list[HourSales], before: list[HourSales]) -> BranchRow:
    return BranchRow(
        branch=branch,
        vends=sum(sold.vends for sold in today),
        energy=sum(sold.energy for sold in today),
        money=sum(sold.money for sold in today),
        before=sum(sold.money for sold in before),
    )
