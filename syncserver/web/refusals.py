"""What the office refuses, and what is wrong with it, in the reader's language."""

from typing import Any

from syncserver.office.errors import OfficeError
from syncserver.office.problem import Problem
from syncserver.web.words import Words


def explain(error: OfficeError, words: Words) -> dict[str, Any]:
    """What happened and what to do. An error without words of its own in the language says it as the office does."""
    what = words.known(f"refused.{error.word}.what", "")
    if not what:
        return {"what": error.what, "next": error.advice}
    return {"what": what.format_map(error.facts), "next": words(f"refused.{error.word}.next", **error.facts)}


def tell(problem: Problem, words: Words) -> str:
    """What is wrong with the server; what the operating system calls it in the language too, where it has a word."""
    facts = dict(problem.facts)
    if "reason" in facts:
        facts["reason"] = words.known(f"system.{facts['reason']}", str(facts["reason"]))
    return words(f"problem.{problem.word}", **facts)
