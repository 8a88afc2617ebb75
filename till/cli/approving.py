"""The options with which a supervisor approves what a clerk does."""

from typing import Annotated

import typer

from till.cli.asking import ask, asked
from till.operations.clerks import Supervisor
from till.operations.refusals import BadField

_PIN = "ask.supervisor_pin"

By = Annotated[str, typer.Option("--by", help="The supervisor who stands by it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why it is right; auditors read it.")]
Pin = Annotated[
    str,
    typer.Option("--pin", callback=asked(_PIN), envvar="KILOTILL_SUPERVISOR_PIN", help="The supervisor's; else asked."),
]
OptionalBy = Annotated[str | None, typer.Option("--by", help="The supervisor who stands by it, where it needs one.")]
OptionalPin = Annotated[
    str, typer.Option("--pin", envvar="KILOTILL_SUPERVISOR_PIN", help="The supervisor's; else asked.")
]


def optional_supervisor(ctx: typer.Context, by: str | None, reason: str, pin: str) -> Supervisor | None:
    """The supervisor, when one was named.

    Raises:
        BadField: a reason without a supervisor.
    """
    if by is None:
        if reason or pin:
            raise BadField("by", "name_supervisor")
        return None
    return Supervisor(clerk=by, pin=pin or ask(ctx, _PIN), reason=reason)
