"""`syncserver init`, `syncserver serve`."""

import asyncio
import logging
import sys
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from common.entries import UtilitySet
from syncserver.cli.app import app, emit, session
from syncserver.office.box import office_box
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office


@app.command("init")
def init(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="The utility's name, as receipts show it.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 code, such as CNY.")] = "CNY",
    digits: Annotated[int, typer.Option(min=0, max=4, help="Minor digits of the currency.")] = 2,
    zone: Annotated[str, typer.Option(help="Time zone of its days and years, such as Asia/Shanghai.")] = "UTC",
    host: Annotated[list[str] | None, typer.Option(help="A name or address of the server; may be repeated.")] = None,
) -> None:
    """Make a new office: its keys, certificate and database."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise OfficeError(f"There is no time zone {zone}.", "Name one such as Asia/Shanghai.") from error
    folder = session(ctx).folder
    utility = UtilitySet(name=name, currency=currency, digits=digits, zone=zone)
    Office.create(folder, utility, host or []).close()
    text = f"The office of {name} is in {folder.path}. Keep a copy of {folder.path / 'keys'} in a safe."
    emit(ctx, {"folder": str(folder.path)}, text)


@app.command("serve")
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0 is every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8443,
    processes: Annotated[
        int | None,
        typer.Option(min=0, help="How many check and fold tills' batches. [default: all processors but one]"),
    ] = None,
    log: Annotated[str, typer.Option(help="A file for the log, a JSON object a line; - is standard error.")] = "-",
    requests: Annotated[bool, typer.Option("--log-requests", help="Every request in the log too.")] = False,
) -> None:
    """Serve the tills, and the office's pages at /office/, until stopped."""
    # Imported here: the HTTP server takes longer to load than most commands take to run.
    from syncserver.api.logs import set_up_log
    from syncserver.api.serve import serve as listen
    from syncserver.ingest.preparers import default_processes

    def told(chosen: int) -> None:
        url = f"https://{host}:{chosen}"
        emit(ctx, {"url": url}, f"The office listens at {url}. Ctrl-C stops it.")
        sys.stdout.flush()

    set_up_log(log, logging.INFO if requests else logging.WARNING)
    with session(ctx).office() as office:
        office_box(office)  # an office from before there were bundles says now to what tills seal them
        asyncio.run(listen(office, host, port, default_processes() if processes is None else processes, told))
