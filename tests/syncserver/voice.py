"""A till in a few lines, for tests of the office: it signs what it is told to, right or wrong."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.chain import Head, SignedEntry, append, public_hex
from common.clock import ZERO, Hlc, tick, wall_ms
from common.enrolment import make_code
from common.entries import AccountFrozen, AccountOpened, AnyBody, JournalOpened
from common.sealing import box_hex
from common.wire import FeedItem, read_feed_line
from syncserver.office import grants
from syncserver.office.office import Office

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POSITION = "Kilotill-Position"


class Clock:
    """The office's and every till's clock: a test sets it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Voice:
    """A till's keys and its journal."""

    clock: Clock
    till: str = ""
    branch: str = ""
    epoch: int = 0
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    box: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    journal: list[SignedEntry] = field(default_factory=list)
    hlc: Hlc = ZERO

    def request(self, code: str) -> dict[str, Any]:
        return {"code": code, "key": public_hex(self.key), "box": box_hex(self.box), "version": "test"}

    def enrolled(self, reply: dict[str, Any]) -> None:
        """Begin the journal as the office said."""
        self.till, self.branch, self.epoch = reply["till"], reply["branch"], reply["epoch"]
        self.journal = []
        self.write(JournalOpened(kind="till", key=public_hex(self.key), branch=self.branch, version="test"))

    def write(self, body: AnyBody) -> SignedEntry:
        now = self.clock()
        self.hlc = tick(self.hlc, wall_ms(now))
        signed = append(self.key, self.head, body, at=now, hlc=self.hlc)
        self.journal.append(signed)
        return signed

    def open_account(self, account: str, meter: str = "M1") -> SignedEntry:
        return self.write(
            AccountOpened(
                account=account, name="李四", meter=meter, tariff_class="residential", limit=3_000_000, clerk="wang"
            )
        )

    def freeze(self, account: str) -> SignedEntry:
        return self.write(AccountFrozen(account=account, reason="moved away", clerk="wang"))

    @property
    def head(self) -> Head:
        return self.journal[-1].head if self.journal else Head.empty(self.till, self.epoch)

    def lines(self, first: int = 1) -> bytes:
        """The journal from an entry on."""
        return b"".join(signed.line for signed in self.journal[first - 1 :])

    def token(self, **changed: Any) -> str:
        now = int(self.clock.now.timestamp())
        claims = {"iss": self.till, "aud": "kilotill", "iat": now, "exp": now + 60} | changed
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": self.till})

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token()}"}


@dataclass
class Line:
    """The way to a running office."""

    office: Office
    url: str
    session: aiohttp.ClientSession

    def code(self, branch: str = "hill", again: str | None = None, hours: int = 24) -> str:
        """A new one-time code."""
        made = make_code(secrets.token_bytes(10), self.office.keys.certificate)
        expires = self.office.clock() + timedelta(hours=hours)
        with self.office.store.write() as writing:
            grants.add_code(writing, made.secret, branch=branch, name="counter", expires=expires, again=again)
        return made.text

    async def enrol(self, voice: Voice, /, code: Any = None, **changed: Any) -> tuple[int, dict[str, Any]]:
        asked = voice.request(self.code() if code is None else code) | changed
        return await self._json("POST", "/v1/enrol", json=asked)

    async def till(self, clock: Clock, branch: str = "hill") -> Voice:
        """A till that is enrolled and has sent its first entry."""
        voice = Voice(clock)
        status, reply = await self.enrol(voice, self.code(branch))
        assert status == 200, reply
        voice.enrolled(reply)
        await self.push(voice)
        return voice

    async def push(self, voice: Voice, body: bytes | None = None) -> dict[str, Any]:
        """Send lines (all by default) that the office must take."""
        status, reply = await self.send(voice, body)
        assert status == 200, reply
        return reply

    async def send(self, voice: Voice, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
        data = voice.lines() if body is None else body
        return await self._json("POST", "/v1/journal", data=data, headers=voice.bearer)

    async def feed(self, voice: Voice, after: int = 0, wait: int = 0) -> tuple[list[FeedItem], int]:
        params = {"after": str(after), "wait": str(wait)}
        async with self.session.get(self.url + "/v1/feed", params=params, headers=voice.bearer) as response:
            body = await response.read()
            assert response.status == 200, body
            return [read_feed_line(line) for line in body.splitlines()], int(response.headers[POSITION])

    async def _json(self, method: str, path: str, **request: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.request(method, self.url + path, **request) as response:
            return response.status, msgspec.json.decode(await response.read())
