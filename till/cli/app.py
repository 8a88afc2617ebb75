"""The command line's frame: global options, `--json` on every command, and what is printed."""

import functools
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console

from common.admission import Refused
from till import VERSION
from till.cli.explained import FAILED, REFUSED
from till.cli.session import Session
from till.journal.keysafe import ask_with
from till.messages import Figures, explain
from till.messages.words import language_of
from till.operations.explained import EXPLAINED

F = TypeVar("F", bound=Callable[..., Any])

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def _tell(run: Session, error: Exception) -> None:
    explanation = explain(error, run.lang, run.figures)
    finding = None if run.finding is None else explain(run.finding, run.lang, run.figures)
    if run.json:
        facts = {
            key: value if isinstance(value, str | int | None) else str(value) for key, value in vars(error).items()
        }
        told = {"refused": explanation, "facts": facts} | ({} if finding is None else {"finding": finding})
        typer.echo(msgspec.json.encode(told).decode())
    else:
        err.print(explanation.what, style="bold red", markup=False)
        err.print(f"{explanation.safe}\n{explanation.next}", markup=False)
        if finding is not None:
            err.print(finding.text, style="bold", markup=False)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def _runnable(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as a command that also takes `--json`, and that explains the errors that a clerk can meet."""
    signature = inspect.signature(function)
    option = inspect.Parameter("json_", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json)

    @functools.wraps(function)
    def run(ctx: typer.Context, *args: Any, json_: bool, **kwargs: Any) -> None:
        session(ctx).json = json_
        try:
            function(ctx, *args, **kwargs)
        except EXPLAINED as error:
            _tell(session(ctx), error)
            raise typer.Exit(REFUSED if isinstance(error, Refused) else FAILED) from error

    parameters = [*signature.parameters.values(), option]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = function.__annotations__ | {"json_": Json}
    return run


class Group(typer.Typer):
    """A group of commands that all take `--json`."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[F], F]:
        """Register a command."""
        register = super().command(name, **settings)

        def decorate(function: F) -> F:
            register(_runnable(function))
            return function

        return decorate


app = Group(
    help="Kilotill: the till. Sells prepaid electricity on IC cards, with the line up or down.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"till {VERSION}")
        raise typer.Exit


@app.callback()
def start(
    ctx: typer.Context,
    data: Annotated[Path, typer.Option(envvar="KILOTILL_TILL", help="The till's data folder.")] = Path("till-data"),
    reader: Annotated[
        str,
        typer.Option(
            envvar="KILOTILL_READER",
            help="pcsc (whichever has a card), pcsc:NAME, nfc, sim:FILE (a virtual card), tray:FOLDER.",
        ),
    ] = "pcsc",
    lang: Annotated[
        str | None,
        typer.Option(envvar="KILOTILL_LANG", help="Language of what is said: en or zh; else that of LC_ALL or LANG."),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Keep the global options for the command."""
    ctx.obj = Session(home=data, reader=reader, lang=lang or language_of(os.environ))
    ask_with(lambda: _ask_passphrase(ctx) if sys.stdin.isatty() else None)


def _ask_passphrase(ctx: typer.Context) -> str:
    return str(typer.prompt(say(ctx, "ask.passphrase_of_keys"), hide_input=True, err=True))


def session(ctx: typer.Context) -> Session:
    """The global options of this run."""
    found = ctx.find_root().obj
    assert isinstance(found, Session)
    return found


def figures(ctx: typer.Context) -> Figures:
    """How this run writes money, credit and time; the utility's way once the till was open."""
    return session(ctx).figures


def say(ctx: typer.Context, key: str, /, **facts: object) -> str:
    """A text of till/messages/cli (or terms, or card) in the language of this run, with these facts in it."""
    return figures(ctx).words(key, **facts)


def emit(ctx: typer.Context, result: Any, *lines: str) -> None:
    """Print a command's result: the lines for a person, or the value as one JSON object."""
    if session(ctx).json:
        typer.echo(msgspec.json.encode(result).decode())
    else:
        out.print("\n".join(lines), markup=False)
        if session(ctx).shift_began:
            err.print(say(ctx, "shift.by_itself"), style="yellow", markup=False)
        if (unprinted := session(ctx).unprinted) is not None:
            err.print(explain(unprinted, session(ctx).lang, figures(ctx)).text, style="bold yellow", markup=False)
