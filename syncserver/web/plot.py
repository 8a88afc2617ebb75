"""The day's sales as a drawing: a bar an hour, divided by branch, and a line for the week before. No script, no style
in it: the style sheet colours it by class."""

from dataclasses import dataclass

from syncserver.reports.hours import HourSales
from syncserver.web.board import Board

WIDTH, HEIGHT = 960, 260
_LEFT, _BOTTOM, _TOP = 56, 28, 12
_MOST_BRANCHES = 6
"""Branches that have a colour of their own; the others share one."""

OTHERS = ""


@dataclass(frozen=True)
class Bar:
    """A part of an hour's bar, in the drawing's units."""

    x: float
    y: float
    width: float
    height: float
    colour: int


@dataclass(frozen=True)
class Series:
    """A branch in the legend; OTHERS is all that have no colour of their own."""

    branch: str
    colour: int


@dataclass(frozen=True)
class Plot:
    """What is drawn: bars, the line of the week before as a polyline's points, grid lines with the money they mean."""

    bars: list[Bar]
    line: str
    grid: list[tuple[float, int]]
    ticks: list[tuple[float, int]]
    legend: list[Series]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    floor: int = HEIGHT - _BOTTOM


def draw(board: Board) -> Plot:
    """The board as a drawing, by money."""
    colours = _colours(board.today)
    today = _by_hour(board.today)
    before = {hour: sum(parts.values()) for hour, parts in _by_hour(board.before).items()}
    most = max([1, *(sum(parts.values()) for parts in today.values()), *before.values()])
    step = _step(most)
    top = -(-most // step) * step
    slot = (WIDTH - _LEFT) / board.hours
    scale = (HEIGHT - _BOTTOM - _TOP) / top
    bars: list[Bar] = []
    for hour, parts in sorted(today.items()):
        floor = float(HEIGHT - _BOTTOM)
        for colour, money in sorted(_by_colour(parts, colours).items()):
            floor -= money * scale
            left = _LEFT + hour * slot + slot * 0.15
            bars.append(Bar(_r(left), _r(floor), _r(slot * 0.7), _r(money * scale), colour))
    points = (
        f"{_r(_LEFT + (hour + 0.5) * slot)},{_r(HEIGHT - _BOTTOM - before.get(hour, 0) * scale)}"
        for hour in range(board.hours)
    )
    legend = [Series(branch, colour) for branch, colour in colours.items()]
    if len({sold.branch for sold in board.today}) > len(colours):
        legend.append(Series(OTHERS, _MOST_BRANCHES))
    return Plot(
        bars=bars,
        line=" ".join(points) if before else "",
        grid=[(_r(HEIGHT - _BOTTOM - value * scale), value) for value in range(0, top + 1, step)],
        ticks=[(_r(_LEFT + hour * slot), hour) for hour in range(0, board.hours + 1, 3)],
        legend=legend,
    )


def _colours(sold: list[HourSales]) -> dict[str, int]:
    """The branches that sold most have colours; by name, so that a branch keeps its own for the day."""
    money: dict[str, int] = {}
    for one in sold:
        money[one.branch] = money.get(one.branch, 0) + one.money
    largest = sorted(money, key=lambda branch: (-money[branch], branch))[:_MOST_BRANCHES]
    return {branch: place for place, branch in enumerate(sorted(largest))}


def _by_hour(sold: list[HourSales]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for one in sold:
        found.setdefault(one.hour, {})[one.branch] = one.money
    return found


def _by_colour(parts: dict[str, int], colours: dict[str, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for branch, money in parts.items():
        colour = colours.get(branch, _MOST_BRANCHES)
        found[colour] = found.get(colour, 0) + money
    return found


def _step(most: int) -> int:
    """Between grid lines: 1, 2 or 5 and zeros, so that there are at most five."""
    size = 1
    while True:
        for digit in (1, 2, 5):
            if digit * size * 5 >= most:
                return digit * size
        size *= 10


def _r(value: float) -> float:
    return round(value, 1)
