"""Reading the office's answers: what was asked for, a refusal in its words, or nonsense."""

from typing import TypeVar

import msgspec

from common.wire import Problem
from till.sync.errors import OfficeNonsense, OfficeRefused
from till.sync.transport import Answer

T = TypeVar("T")


def read_answer(url: str, answer: Answer, kind: type[T]) -> T:
    """The answer as what was asked for.

    Raises:
        OfficeRefused: the office says why not.
        OfficeNonsense: it is neither.
    """
    check(url, answer)
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OfficeNonsense(url, f"{kind.__name__}: {error}") from error


def check(url: str, answer: Answer) -> None:
    """Raise what the answer's status means, unless it is good."""
    if answer.status == 200:
        return
    try:
        problem = msgspec.json.decode(answer.body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OfficeNonsense(url, f"status {answer.status} without a reason") from error
    raise OfficeRefused(problem)
