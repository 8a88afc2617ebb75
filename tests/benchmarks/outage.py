"""The line comes back: many tills at once, each with what it sold meanwhile, over TLS to a real server process.

All must be acknowledged, and whoever asks after the office's health meanwhile must not wait. The one who asks is a
process of its own, so that it is the office's time that is measured and not that of the tills' simulation.
"""

import asyncio
import http.client
import multiprocessing
import ssl
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

from syncserver.office.finding import follow
from tests.benchmarks.fleet import sellers
from tests.benchmarks.measure import Row
from tests.benchmarks.offices import new_office, push, serving
from tests.benchmarks.senders import send

ACCOUNTS, MOST_MS = 100, 250
_ASK_EVERY = 0.02
"""Seconds."""


def measure(folder: Path, tills: int = 1_000, entries: int = 200) -> list[Row]:
    """How fast all were acknowledged, and how long the office's health took to ask for."""
    fleet = sellers(tills, ACCOUNTS, a_branch=4)
    office = new_office(folder, fleet)
    for start in range(0, tills, 20):
        push(office, fleet[start : start + 20], [b"".join(seller.opening()) for seller in fleet[start : start + 20]])
    follow(office.store)  # as a server has long done when the line comes back
    bodies = [b"".join(seller.sold(entries)) for seller in fleet]
    with serving(office.folder.path) as (url, _), _Asker(url, office.folder.tls_certificate) as asker:
        asker.begin()
        began = time.perf_counter()
        acknowledged = asyncio.run(send(url, office.folder.tls_certificate, fleet, bodies))
        seconds = time.perf_counter() - began
        waited = sorted(asker.end())
    assert acknowledged == [seller.head.seq for seller in fleet], "not all were acknowledged"
    p99 = waited[min(len(waited) - 1, len(waited) * 99 // 100)] * 1000
    longest = f"allowed ({len(waited)} asked, the longest {waited[-1] * 1000:.0f})"
    what = f"{tills:,} tills x {entries} entries at once: entries a second"
    return [
        Row(what, tills * entries / seconds, "all acknowledged, no error", tills, 1, "all"),
        Row("health meanwhile, p99, ms", p99, longest, MOST_MS, p99 / MOST_MS, "at most 1"),
    ]


class _Asker:
    """Asks after the health of an office, from a process of its own."""

    def __init__(self, url: str, certificate: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._there, self._begin, self._end = context.Event(), context.Event(), context.Event()
        self._found, theirs = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_ask, args=(url, str(certificate), self._there, self._begin, self._end, theirs)
        )

    def __enter__(self) -> "_Asker":
        self._process.start()
        return self

    def begin(self) -> None:
        self._there.wait()
        self._begin.set()

    def end(self) -> list[float]:
        """Seconds that each answer took."""
        self._end.set()
        found: list[float] = self._found.recv()
        return found

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()


def _ask(
    url: str, certificate: str, there: Event, begin: Event, end: Event, found: "multiprocessing.connection.Connection"
) -> None:
    place = urlsplit(url)
    trust = ssl.create_default_context(cafile=certificate)
    line = http.client.HTTPSConnection(place.hostname or "", place.port, context=trust, timeout=60)
    line.connect()  # who watches a server stays on the line: a new one would wait behind the tills that knock
    there.set()
    begin.wait()
    waited: list[float] = []
    while not end.is_set():
        began = time.perf_counter()
        line.request("GET", "/v1/health")
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200
        wait = time.perf_counter() - began
        # Whoever else had asked meanwhile would have waited until the same moment: one answer that is late counts as
        # often as somebody would have asked.
        waited += [wait - later * _ASK_EVERY for later in range(1 + int(wait / _ASK_EVERY))]
        time.sleep(max(0.0, _ASK_EVERY - wait))
    found.send(waited)
