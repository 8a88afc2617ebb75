"""The command line's frame: global options, `--json` on every command, and what is printed."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import click
import msgspec
import typer
from rich.console import Console
from typer.core import TyperCommand

from till.cli.session import Session

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class JsonCommand(TyperCommand):
    """A command that also takes `--json`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(
            click.Option(
                ["--json"],
                is_flag=True,
                expose_value=False,
                callback=_turn_json_on,
                help="Print one JSON object instead of text.",
            )
        )


def _turn_json_on(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value:
        ctx.find_root().obj.json = True


class Group(typer.Typer):
    """A group of commands that all take `--json`."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a command."""
        settings.setdefault("cls", JsonCommand)
        return super().command(name, **settings)


app = Group(
    help="Kilotill: the till. Sells prepaid electricity on IC cards, with the line up or down.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def start(
    ctx: typer.Context,
    data: Annotated[Path, typer.Option(envvar="KILOTILL_TILL", help="The till's data folder.")] = Path("till-data"),
    reader: Annotated[
        str,
        typer.Option(
            envvar="KILOTILL_READER",
            help="pcsc (the first reader), pcsc:NAME, or sim:FILE (a virtual card).",
        ),
    ] = "pcsc",
    clerk: Annotated[str, typer.Option(envvar="KILOTILL_CLERK", help="Who is at the till.")] = "clerk",
    lang: Annotated[str, typer.Option(envvar="KILOTILL_LANG", help="Language of messages: en or zh.")] = "en",
) -> None:
    """Keep the global options for the command."""
    ctx.obj = Session(data=data, reader=reader, clerk=clerk, lang=lang)


def session(ctx: typer.Context) -> Session:
    """The global options of this run."""
    found = ctx.find_root().obj
    assert isinstance(found, Session)
    return found


def emit(ctx: typer.Context, result: Any, text: str) -> None:
    """Print a command's result: the text for a person, or the value as one JSON object."""
    if session(ctx).json:
        typer.echo(msgspec.json.encode(result).decode())
    else:
        out.print(text)
