"""The interface's description: it names every route, and a fuzzer that goes by it finds nothing else."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from common.wire import EnrolRequest
from syncserver.api.app import make_app
from syncserver.api.openapi import describe
from syncserver.office import grants
from syncserver.office.office import Office
from tests.postgresql.stores import ON_POSTGRESQL, Stores
from tests.syncserver.conftest import UTILITY
from tests.syncserver.test_process import WallClock, process
from tests.syncserver.voice import Line, Voice

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]


class Served:
    """A running office, and a till that it knows."""

    def __init__(self, office: Office, url: str) -> None:
        self.url = url
        self.certificate = str(office.folder.tls_certificate)
        self._voice = Voice(WallClock())  # type: ignore[arg-type]  # a process reads the real clock
        self._voice.till, self._voice.branch = _enrolled(office, self._voice)

    @property
    def bearer(self) -> dict[str, str]:
        return self._voice.bearer


def _enrolled(office: Office, voice: Voice) -> tuple[str, str]:
    code = Line(office, "", None).code()  # type: ignore[arg-type]  # nothing is sent
    with office.change() as intake:
        request = EnrolRequest(**voice.request(code))
        row, _ = grants.enrol(intake, office.keys.card_master, request, office.clock())
    return row.id, row.branch


@pytest.fixture(scope="module", params=["sqlite", ON_POSTGRESQL])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ExitStack() as stack:
        store = Stores() if request.param == "sqlite" else Stores(lambda: request.getfixturevalue("cluster"))
        stack.callback(store.close)
        office = Office.create(store.folder(tmp_path_factory.mktemp("api") / "office"), UTILITY, [])
        stack.callback(office.close)
        _, url = stack.enter_context(process(office))
        yield Served(office, url)


schema = schemathesis.openapi.from_dict(describe())


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_interface_does_what_it_says(case: schemathesis.Case, served: Served) -> None:
    headers = served.bearer if case.operation.definition.raw.get("security") else {}
    if case.query and "wait" in case.query:
        case.query["wait"] = 0
    case.call_and_validate(base_url=served.url, headers=headers, verify=served.certificate, checks=CHECKS)


async def test_every_route_is_described_and_none_besides(office: Office) -> None:
    app = await make_app(office)
    routes = {
        (route.resource.canonical, route.method.lower())
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD" and route.resource.canonical.startswith("/v1/")
    }
    described = {(path, method) for path, methods in describe()["paths"].items() for method in methods}
    assert routes == described


async def test_the_description_is_served(line: Line) -> None:
    async with line.session.get(line.url + "/v1/openapi.json") as response:
        assert await response.json() == describe()
        assert response.content_type == "application/json"
