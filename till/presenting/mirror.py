"""The mirror, the journal's second copy, as it is told."""

from till.journal.mirror import DAMAGED, MirrorProblem
from till.messages import Words, word


def mirror_text(problem: MirrorProblem, words: Words) -> str:
    """Why the mirror is behind. `words`: with the terms among them."""
    if problem.reason != DAMAGED:
        return word(problem.reason, words.language)
    if problem.entry is None:
        return words("mirror_problem.end", path=problem.path)
    return words("mirror_problem.entry", path=problem.path, entry=problem.entry)
