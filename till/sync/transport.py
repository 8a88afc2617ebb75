"""HTTPS to one office, known by its certificate: the only place where the till opens a network connection."""

import asyncio
import hashlib
import os
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import aiohttp
from msgspec import Struct

from common.wire import MAX_BATCH_BYTES
from till.sync.errors import OfficeNonsense, OfficeUnreachable, WrongOffice

_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=75)
_MAX_ANSWER = 4 * MAX_BATCH_BYTES
_DEFAULT_PORT = 443


class Answer(Struct, frozen=True):
    """An HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _nobody(_: bytes) -> None:
    """Hears what nobody wants to know."""


class Transport:
    """Requests to the office whose certificate has this SHA-256. Use as an async context.

    Args:
        next_pin: of the certificate that the office said it would show next; b"": of none.
        changed: hears this once it is shown. From then on nothing else is trusted.
    """

    def __init__(self, url: str, pin: bytes, next_pin: bytes = b"", changed: Callable[[bytes], None] = _nobody) -> None:
        self.url = url.rstrip("/")
        self._pin = aiohttp.Fingerprint(pin)
        self._next_pin, self._changed = next_pin, changed
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Transport":
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request.

        Raises:
            OfficeUnreachable, OfficeNonsense, WrongOffice: see there. Nothing is sent to a wrong office.
        """
        try:
            return await self._ask(method, path, body, headers, params)
        except aiohttp.ServerFingerprintMismatch as error:
            if not self._next_pin or error.got != self._next_pin:
                raise WrongOffice(self.url) from error
        self._pin, self._next_pin = aiohttp.Fingerprint(self._next_pin), b""
        self._changed(self._pin.fingerprint)
        return await self.ask(method, path, body=body, headers=headers, params=params)

    async def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None, params: Mapping[str, str] | None
    ) -> Answer:
        assert self._session is not None
        try:
            async with self._session.request(
                method,
                self.url + path,
                data=body,
                headers=headers,
                params=params,
                ssl=self._pin,
                allow_redirects=False,
            ) as response:
                found = await response.content.read(_MAX_ANSWER + 1)
                while not response.content.at_eof() and len(found) <= _MAX_ANSWER:
                    found += await response.content.read(_MAX_ANSWER + 1 - len(found))
        except aiohttp.ServerFingerprintMismatch:
            raise
        except aiohttp.InvalidURL as error:
            raise OfficeUnreachable(self.url, "no_address") from error
        except aiohttp.ClientConnectionError as error:
            raise OfficeUnreachable(self.url, _reason(error)) from error
        except aiohttp.ClientPayloadError as error:
            raise OfficeUnreachable(self.url, "cut") from error
        except aiohttp.ClientError as error:
            raise OfficeNonsense(self.url, str(error)) from error
        except TimeoutError as error:
            raise OfficeUnreachable(self.url, "no_answer") from error
        if len(found) > _MAX_ANSWER:
            raise OfficeNonsense(self.url, "an answer without end")
        return Answer(response.status, response.headers, found)


async def fetch_certificate(url: str) -> bytes:
    """The certificate (DER) that the server at this address shows. It proves nothing yet: compare it.

    Raises:
        OfficeUnreachable: nothing there speaks TLS.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise OfficeUnreachable(url, "not_https")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(10):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or _DEFAULT_PORT, ssl=context)
    except (OSError, TimeoutError) as error:
        raise OfficeUnreachable(url, _reason(error)) from error
    try:
        certificate: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
    if certificate is None:
        raise OfficeUnreachable(url, "no_certificate")
    return certificate


def pin_of(certificate: bytes) -> bytes:
    """What is pinned of a certificate (DER): its SHA-256."""
    return hashlib.sha256(certificate).digest()


def _reason(error: BaseException) -> str:
    inner = getattr(error, "os_error", error)
    if isinstance(inner, OSError) and inner.errno is not None and inner.errno > 0:
        return os.strerror(inner.errno)
    return str(inner) or type(inner).__name__
