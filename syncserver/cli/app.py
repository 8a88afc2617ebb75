"""The command line's frame: the data folder, `--json` on every command, and errors in words."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console

from common.chain import ChainError
from syncserver import VERSION
from syncserver.mirror.attach import attach_mirror
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.keysafe import ask_with
from syncserver.office.office import Office
from syncserver.store import StoreMoved, StoreNewer, StoreNotReachable, StoreOutdated, StoreUnavailable

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

REFUSED, FAILED = 3, 4
"""Exit codes: nothing was done; something is wrong and the message says what."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Session:
    """The global options of one run."""

    folder: OfficeFolder
    json: bool = False

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The open office, its mirror caught up."""
        office = Office.open(self.folder)
        try:
            attach_mirror(office)
            yield office
        finally:
            office.close()


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def _runnable(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as a command that also takes `--json`, and that explains the errors that an operator can meet."""
    signature = inspect.signature(function)
    option = inspect.Parameter("json_", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json)

    @functools.wraps(function)
    def run(ctx: typer.Context, *args: Any, json_: bool, **kwargs: Any) -> None:
        session(ctx).json = json_
        try:
            function(ctx, *args, **kwargs)
        except OfficeError as error:
            raise _told(ctx, error, error.what, error.advice, REFUSED) from error
        except ChainError as error:
            advice = "Do not trust what follows that entry. Restore the database from its mirror or a backup."
            raise _told(ctx, error, f"The journal does not hold: {error}.", advice, FAILED) from error
        except StoreUnavailable as error:
            raise _told(ctx, error, f"The database cannot be used: {error.reason}.", _advice(error), FAILED) from error

    parameters = [*signature.parameters.values(), option]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = function.__annotations__ | {"json_": Json}
    return run


def _advice(error: StoreUnavailable) -> str:
    match error:
        case StoreOutdated():
            return "Nothing was changed. Stop every server of this office, take a backup, then: syncserver upgrade"
        case StoreNewer():
            return "Nothing was changed. Install the newer program again; an older one would spoil what it wrote."
        case StoreMoved():
            return "Nothing was changed. Name the other database with --store, or stop this server and start the other."
        case StoreNotReachable():
            return "Nothing was changed. See that PostgreSQL runs, and that --store has its address and its user."
        case _:
            return "Nothing was changed. If the disk is full, make room; if the file is damaged, restore a backup."


def _told(ctx: typer.Context, error: Exception, what: str, advice: str, code: int) -> typer.Exit:
    if session(ctx).json:
        typer.echo(msgspec.json.encode({"error": type(error).__name__, "what": what, "next": advice}).decode())
    else:
        err.print(what, style="bold red", markup=False)
        err.print(advice, markup=False)
    return typer.Exit(code)


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
    help="Kilotill: the office. Takes the tills' journals, settles, feeds the tills.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"syncserver {VERSION}")
        raise typer.Exit


@app.callback()
def start(
    ctx: typer.Context,
    data: Annotated[Path, typer.Option(envvar="KILOTILL_OFFICE", help="The office's data folder.")] = Path(
        "office-data"
    ),
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is.")
    ] = False,
    store: Annotated[
        str | None,
        typer.Option(
            envvar="KILOTILL_STORE",
            help="The database, as postgresql://USER@HOST/NAME. [default: a file in the folder]",
        ),
    ] = None,
) -> None:
    """Keep the global options for the command."""
    ctx.obj = Session(OfficeFolder(data, store))
    ask_with(lambda: str(typer.prompt("Passphrase of the office's keys", hide_input=True, err=True)))


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
        out.print(text, markup=False)
