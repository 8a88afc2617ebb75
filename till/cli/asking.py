"""What a command asks for when it was not given: PINs, in the language of the run."""

from collections.abc import Callable

import typer

from till.cli.app import say


def ask(ctx: typer.Context, key: str, *, twice: bool = False) -> str:
    """Ask for a PIN without showing it."""
    again = say(ctx, "ask.again") if twice else False
    answer: str = typer.prompt(say(ctx, key), hide_input=True, confirmation_prompt=again)
    return answer


def asked(key: str, *, twice: bool = False) -> Callable[[typer.Context, str], str]:
    """An option's callback: what was given, else what is answered."""

    def callback(ctx: typer.Context, value: str) -> str:
        return value or ask(ctx, key, twice=twice)

    return callback
