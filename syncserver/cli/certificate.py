"""`syncserver certificate`: what tills know the office by, and how it changes."""

from typing import Annotated

import typer

from syncserver.cli.app import Group, app, emit, session
from syncserver.office.certificate import Certificate, Certificates, certificates, renew_certificate, use_certificate

group = Group(help="The certificate that tills know the office by: show, renew, use.", no_args_is_help=True)
app.add_typer(group, name="certificate")


@group.command("show")
def show(ctx: typer.Context) -> None:
    """The certificate that is shown, the next one, and which tills have not heard of it."""
    with session(ctx).office() as office:
        found = certificates(office)
    emit(ctx, found, _text(found))


@group.command("renew")
def renew(
    ctx: typer.Context,
    host: Annotated[
        list[str] | None, typer.Option(help="A name or address of the server; may be repeated. Else as before.")
    ] = None,
) -> None:
    """Make the next certificate and say it to the tills: each trusts both once it has synced. It is not shown yet."""
    with session(ctx).office() as office:
        found = renew_certificate(office, host or [])
    emit(ctx, found, f"{_text(found)}\nWhen every till has synced: syncserver certificate use")


@group.command("use")
def use(
    ctx: typer.Context,
    anyway: Annotated[bool, typer.Option("--anyway", help="Though tills have not heard of it.")] = False,
) -> None:
    """Show the next certificate from the server's next start on. Codes for new tills that were made before are void."""
    with session(ctx).office() as office:
        shown = use_certificate(office, anyway=anyway)
    emit(ctx, shown, f"{_line(shown)}\nStart the server again: it shows this one from then on.")


def _text(found: Certificates) -> str:
    lines = [f"shown: {_line(found.shown)}"]
    if found.following is not None:
        lines.append(f"next:  {_line(found.following)}")
        unheard = ", ".join(found.unheard)
        lines.append(f"Have not heard of it yet: {unheard}." if unheard else "Every till in use has heard of it.")
    return "\n".join(lines)


def _line(found: Certificate) -> str:
    return f"{found.pin}, until {found.until:%Y-%m-%d}, for {', '.join(found.hosts)}"
