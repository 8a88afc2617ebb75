"""The options with which a supervisor approves what a clerk does."""

from typing import Annotated

import typer

from till.operations.clerks import Supervisor
from till.operations.refusals import BadField

By = Annotated[str, typer.Option("--by", help="The supervisor who stands by it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why it is right; auditors read it.")]
Pin = Annotated[
    str,
    typer.Option("--pin", prompt="Supervisor's PIN", hide_input=True, envvar="KILOTILL_SUPERVISOR_PIN"),
]
OptionalBy = Annotated[str | None, typer.Option("--by", help="The supervisor who stands by it, where it needs one.")]
OptionalPin = Annotated[
    str, typer.Option("--pin", envvar="KILOTILL_SUPERVISOR_PIN", help="The supervisor's; else asked.")
]


def optional_supervisor(by: str | None, reason: str, pin: str) -> Supervisor | None:
    """The supervisor, when one was named.

    Raises:
        BadField: a reason without a supervisor.
    """
    if by is None:
        if reason or pin:
            raise BadField("by", "name the supervisor who stands by it")
        return None
    return Supervisor(clerk=by, pin=pin or typer.prompt("Supervisor's PIN", hide_input=True), reason=reason)
