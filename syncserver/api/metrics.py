"""/metrics for Prometheus: how requests do, and how the office is. Counts and times: no money, nobody's name."""

import logging
import time
from collections.abc import Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from syncserver.api.answers import Handler
from syncserver.office.contacts import Contact
from syncserver.office.health import Health

_log = logging.getLogger(__name__)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)


class Meters:
    """What is measured while the office works."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        labels = ("method", "route")
        self._requests = Counter(
            "kilotill_requests", "Requests answered.", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "kilotill_request_seconds", "Seconds to an answer.", labels, buckets=_SECONDS, registry=self._registry
        )

    @web.middleware
    async def measure(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count and time a request, by its route: addresses have account numbers in them."""
        began = time.perf_counter()
        answer = await handler(request)
        resource = request.match_info.route.resource
        route = "none" if resource is None else resource.canonical
        self._requests.labels(request.method, route, str(answer.status)).inc()
        spent = time.perf_counter() - began
        self._seconds.labels(request.method, route).observe(spent)
        facts = {"method": request.method, "route": route, "status": answer.status, "ms": round(spent * 1_000)}
        _log.info("answered", extra=facts)
        return answer

    def text(self, health: Health, contacts: dict[str, Contact], now: float) -> bytes:
        """All of it, in Prometheus's words."""
        office = CollectorRegistry(auto_describe=False)
        office.register(_Office(health, contacts, now))
        return generate_latest(self._registry) + generate_latest(office)


class _Office(Collector):
    """How the office is, as gauges."""

    def __init__(self, health: Health, contacts: dict[str, Contact], now: float) -> None:
        self._health = health
        self._contacts = contacts
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        health = self._health
        yield GaugeMetricFamily("kilotill_entries", "Entries that the office holds.", health.entries)
        yield GaugeMetricFamily("kilotill_cases_waiting", "Cases that wait for a person.", health.waiting)
        yield GaugeMetricFamily("kilotill_problems", "Sentences in /v1/health.", len(health.problems))
        yield GaugeMetricFamily("kilotill_disk_free_bytes", "On the database's disk.", health.disk_free)
        tills = GaugeMetricFamily("kilotill_tills", "Tills by state.", labels=["state"])
        for state, count in health.tills.items():
            tills.add_metric([state], count)
        yield tills
        told = GaugeMetricFamily("kilotill_alerts", "What people asked to be told, by kind.", labels=["kind"])
        for kind in ("till_stopped", "till_silent", "lease_low", "lease_over", "case_waits"):
            told.add_metric([kind], sum(alert.word == kind for alert in health.alerts))
        yield told
        silent = GaugeMetricFamily("kilotill_till_silent_seconds", "Since a till's last contact.", labels=["till"])
        for till, contact in sorted(self._contacts.items()):
            silent.add_metric([till], max(0.0, self._now - contact.at.timestamp()))
        yield silent
