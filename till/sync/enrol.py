"""Enrolment: a one-time code makes this key a till of that office."""

import asyncio
from dataclasses import dataclass

import msgspec

from common.chain import public_hex
from common.enrolment import EnrolCode, parse_code
from common.sealing import box_hex
from common.wire import EnrolReply, EnrolRequest
from till.journal.keys import TillKeys
from till.sync.answers import read_answer
from till.sync.errors import WrongOffice
from till.sync.transport import Transport, fetch_certificate, pin_of


@dataclass(frozen=True)
class Welcome:
    """Who this till is from now on, and the office's certificate to trust: its SHA-256."""

    reply: EnrolReply
    pin: bytes


def enrol(url: str, code_text: str, keys: TillKeys, version: str) -> Welcome:
    """Ask the office to be enrolled. Asked again with the same keys and code, it answers the same.

    Raises:
        BadCode: the code is mistyped.
        WrongOffice: the server is not the one that made the code; nothing was sent to it.
        SyncError: see till.sync.errors.
    """
    return asyncio.run(_enrol(url, code_text, keys, version))


def proven_pin(url: str, code_text: str) -> bytes:
    """What to pin of the server at this address, which the code proves to be the office. Nothing is sent to it.

    Raises:
        BadCode, WrongOffice, OfficeUnreachable: see `enrol`.
    """
    return asyncio.run(_proven_pin(url, parse_code(code_text)))


async def _proven_pin(url: str, code: EnrolCode) -> bytes:
    certificate = await fetch_certificate(url)
    if not code.matches(certificate):
        raise WrongOffice(url)
    return pin_of(certificate)


async def _enrol(url: str, code_text: str, keys: TillKeys, version: str) -> Welcome:
    code = parse_code(code_text)
    pin = await _proven_pin(url, code)
    request = EnrolRequest(code=code.text, key=public_hex(keys.signing), box=box_hex(keys.box), version=version)
    async with Transport(url, pin) as office:
        answer = await office.ask("POST", "/v1/enrol", body=msgspec.json.encode(request))
    return Welcome(read_answer(url, answer, EnrolReply), pin)
