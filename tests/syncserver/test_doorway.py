"""Connections are taken in a few at a time; whoever is slow, silent or talks nonsense keeps nobody out."""

import asyncio
import errno
import socket
import ssl
from contextlib import suppress

import aiohttp
import pytest

from syncserver.api import doorway as door
from syncserver.api.doorway import bind, doorway
from syncserver.api.serve import listening
from syncserver.office.errors import OfficeError
from tests.syncserver.conftest import Line

_PATIENCE = 20.0


def trust_of(office):
    return ssl.create_default_context(cafile=str(office.folder.tls_certificate))


async def is_served(line: Line) -> bool:
    """Whether somebody new is let in, and answered."""
    connector = aiohttp.TCPConnector(ssl=trust_of(line.office))
    async with (
        aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(_PATIENCE)) as session,
        session.get(f"{line.url}/v1/health") as answer,
    ):
        return answer.status == 200


def port_of(line: Line) -> int:
    return int(line.url.rpartition(":")[2])


async def test_those_who_say_nothing_keep_nobody_out(line: Line) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", port_of(line)) for _ in range(10 * door._AT_ONCE)]
    assert await is_served(line)
    for _, writer in silent:
        writer.close()


async def test_who_talks_no_tls_is_hung_up_on_and_others_are_served(line: Line) -> None:
    for _ in range(2 * door._AT_ONCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(line))
        writer.write(b"GET /v1/health HTTP/1.1\r\n\r\n")
        assert not (await asyncio.wait_for(reader.read(), _PATIENCE)).startswith(b"HTTP")
        writer.close()
    assert await is_served(line)


async def test_a_system_that_has_no_files_left_is_tried_again(office, monkeypatch, caplog) -> None:
    monkeypatch.setattr(door, "_WITHOUT_FILES", 0.01)
    loop = asyncio.get_running_loop()
    real, refused = loop.sock_accept, [errno.EMFILE, errno.ENFILE, errno.ECONNABORTED]

    async def accept(listener: socket.socket):
        if refused:
            code = refused.pop()
            raise OSError(code, "no")
        return await real(listener)

    monkeypatch.setattr(loop, "sock_accept", accept)
    async with (
        listening(office, "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as session,
    ):
        assert await is_served(Line(office, f"https://127.0.0.1:{port}", session))
    assert [record.message for record in caplog.records if record.name == door.__name__] == [
        "no connection can be taken in: no",
        "no connection can be taken in: no",
    ]


async def test_an_address_that_is_taken_is_said(line: Line, office) -> None:
    with pytest.raises(OfficeError, match="Nobody can listen at 127.0.0.1"):
        async with listening(office, "127.0.0.1", port_of(line)):
            pass


async def test_a_name_with_several_addresses_is_listened_to_at_each(monkeypatch) -> None:
    places = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.1", 0)),  # nobody's here (RFC 5737)
    ]

    async def look_up(*_, **__):
        return places

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    found = await bind("office.example", 0)
    assert [listener.getsockname()[0] for listener in found] == ["127.0.0.1", "127.0.0.2"]
    for listener in found:
        listener.close()
    del places[:2]
    with pytest.raises(OSError, match="assign requested address"):
        await bind("office.example", 0)


async def test_at_its_end_nobody_is_left_standing_in_the_door(office) -> None:
    (listener,) = await bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    async with doorway([listener], office.folder.tls_context(), asyncio.Protocol):
        knocking = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2 * door._AT_ONCE)]
        await asyncio.sleep(0.05)
    listener.close()
    for reader, writer in knocking:
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), _PATIENCE) == b""
        writer.close()
