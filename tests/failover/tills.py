"""Tills under load: each sells, sends what the office lacks, and listens; it notes what it was told."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from common.wire import read_feed_line
from tests.benchmarks.fleet import Seller
from tests.benchmarks.senders import token_of

_POSITION = "Kilotill-Position"
_MOST_SENT = 200
_SALE, _SALE_SECONDS, _AGAIN_SECONDS = 10, 0.05, 0.25
_PATIENCE = aiohttp.ClientTimeout(total=30)


@dataclass
class Till:
    """What it wrote, what the office acknowledged, what it heard.

    Attributes:
        lines: its whole journal.
        acknowledged: up to here the office said that it has it.
        answered: when it said so (time.monotonic).
        asked_back: the office asked again for what it had acknowledged; the till then sends no more.
        heard: what came with the feed: the entry's hash by its position.
    """

    seller: Seller
    lines: list[bytes] = field(default_factory=list)
    acknowledged: int = 0
    answered: list[float] = field(default_factory=list)
    asked_back: bool = False
    heard: dict[int, str] = field(default_factory=dict)


async def work(
    till: Till, offices: Sequence[str], session: aiohttp.ClientSession, over: asyncio.Event, chance: random.Random
) -> None:
    """Sell until the shop closes, and send until all is acknowledged. What is refused or cut goes again elsewhere."""
    till.lines += till.seller.opening()
    while not over.is_set() or till.acknowledged < len(till.lines):
        if not over.is_set():
            till.lines += till.seller.sold(_SALE)
        sent = await _send(till, chance.choice(offices), session)
        if till.asked_back:
            return
        await asyncio.sleep(_SALE_SECONDS if sent else _AGAIN_SECONDS)


async def listen(till: Till, offices: Sequence[str], session: aiohttp.ClientSession, chance: random.Random) -> None:
    """Hear what is new, for ever."""
    while True:
        try:
            heard = await hear(till, max(till.heard, default=0), chance.choice(offices), session, wait=2)
        except (aiohttp.ClientError, TimeoutError):
            await asyncio.sleep(_AGAIN_SECONDS)
            continue
        till.heard |= heard


async def hear(till: Till, after: int, office: str, session: aiohttp.ClientSession, wait: int = 0) -> dict[int, str]:
    """What the feed has after a position: hashes by position.

    Raises:
        aiohttp.ClientError: no answer, or another one.
    """
    params = {"after": str(after), "wait": str(wait)}
    async with session.get(f"{office}/v1/feed", params=params, headers=_bearer(till), timeout=_PATIENCE) as answer:
        answer.raise_for_status()
        items = map(read_feed_line, (await answer.read()).splitlines())
        return {item.position: item.signed.hash for item in items}


async def _send(till: Till, office: str, session: aiohttp.ClientSession) -> bool:
    body = b"".join(till.lines[till.acknowledged : till.acknowledged + _MOST_SENT])
    try:
        async with session.post(f"{office}/v1/journal", data=body, headers=_bearer(till), timeout=_PATIENCE) as answer:
            reply = json.loads(await answer.read())
    except (aiohttp.ClientError, TimeoutError):
        return False
    if answer.status == 503:
        return False
    assert answer.status == 200 or reply["error"] == "gap", reply
    seq = reply["head"]["seq"]
    if seq < till.acknowledged:
        till.asked_back = True
        return False
    till.acknowledged = seq
    till.answered.append(time.monotonic())
    return True


def _bearer(till: Till) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(till.seller)}"}
