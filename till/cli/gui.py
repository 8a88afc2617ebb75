"""`till gui`: the till's screens."""

from typing import Annotated

import typer

from till.cli.app import app, err, session
from till.cli.explained import FAILED
from till.messages import explain

_LEAST = 480


@app.command("gui")
def gui(
    ctx: typer.Context,
    size: Annotated[str, typer.Option(help="The window's size.")] = "1280x800",
    slow: Annotated[float, typer.Option(hidden=True, help="Seconds that a simulated reader takes a command.")] = 0.0,
) -> None:
    """Open the till's window. The reader, the language and the colours are set in it."""
    width, _, height = size.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= _LEAST and int(height) >= _LEAST):
        raise typer.BadParameter(f"WIDTHxHEIGHT, each {_LEAST} or more", param_hint="--size")
    # Imported here: no other command needs a window.
    from till.screens.fonts import NoFont
    from till.screens.open import setup_of
    from till.screens.run import NoDisplay, NoScreens, make_window, prepare, show

    run = session(ctx)
    setup = setup_of(run.home, run.reader, run.lang)
    if setup.tray is not None:
        setup.tray.seconds_per_command = slow
    try:
        prepare(run.data / "window", (int(width), int(height)))
        show(make_window(setup))
    except (NoDisplay, NoFont, NoScreens) as error:
        err.print(explain(error, run.lang).text, style="bold red", markup=False)
        raise typer.Exit(FAILED) from error
