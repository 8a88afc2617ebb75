"""Simulated tills on the line: each sends a body that is ready, over TLS, with its own token."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.benchmarks.fleet import Seller


class Identity(Protocol):
    """Who sends."""

    till: str
    key: Ed25519PrivateKey


def token_of(seller: Identity) -> str:
    """A token that is good now, for 100 seconds."""
    now = int(time.time())
    claims = {"iss": seller.till, "aud": "kilotill", "iat": now, "exp": now + 100}
    return jwt.encode(claims, seller.key, algorithm="EdDSA", headers={"kid": seller.till})


async def send(url: str, certificate: Path, fleet: Sequence[Seller], bodies: Sequence[bytes]) -> list[int]:
    """All tills at once, a connection each. The last sequence number that the office acknowledged to each; 0: none."""
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(certificate)), limit=0)
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def one(seller: Seller, body: bytes) -> int:
            headers = {"Authorization": f"Bearer {token_of(seller)}"}
            try:
                async with session.post(url + "/v1/journal", data=body, headers=headers) as response:
                    reply = await response.json()
                    return int(reply["head"]["seq"]) if response.status == 200 else 0
            except aiohttp.ClientError:
                return 0

        return await asyncio.gather(*(one(seller, body) for seller, body in zip(fleet, bodies, strict=True)))
