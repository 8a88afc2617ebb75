"""The interface as OpenAPI 3.1 (openapis.org), its messages made from common.wire itself. PROTOCOL.md explains."""

from functools import cache
from typing import Any

import msgspec

from common.wire import (
    MAX_BATCH_BYTES,
    MAX_BATCH_ENTRIES,
    MAX_POLL_SECONDS,
    EnrolReply,
    EnrolRequest,
    HealthReply,
    JournalReply,
    Problem,
    ReturnedReply,
    VersionReply,
)
from syncserver import VERSION

POSITION = "Kilotill-Position"
"""The header of a feed that says where to go on from."""

_MESSAGES = (EnrolRequest, EnrolReply, VersionReply, HealthReply, JournalReply, ReturnedReply, Problem)
_LARGEST = 10**16 - 1


@cache
def document() -> bytes:
    """The document, as JSON."""
    return msgspec.json.encode(describe())


def describe() -> dict[str, Any]:
    """The document."""
    _, schemas = msgspec.json.schema_components(_MESSAGES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kilotill: tills and the office", "version": VERSION},
        "paths": _open_paths() | _journal_paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"till": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT, EdDSA"}},
        },
    }


def _open_paths() -> dict[str, Any]:
    """What anybody may ask, before a till has its key."""
    return {
        "/v1/openapi.json": {"get": _operation("This document", {"200": _json({"type": "object"})})},
        "/v1/version": {
            "get": _operation(
                "Who answers, and up to where a till's feed is still this office's",
                {"200": _message(VersionReply)},
                parameters=[_query("run", {"type": "string"}), _query("after", _number(_LARGEST))],
            )
        },
        "/v1/health": {
            "get": _operation("Whether the office works", {"200": _message(HealthReply), "503": _message(HealthReply)})
        },
        "/v1/enrol": {
            "post": _operation(
                "A one-time code makes a key a till",
                {"200": _message(EnrolReply)} | _refusals(400, 404, 408, 409, 413, 415),
                body=_message(EnrolRequest),
            )
        },
    }


def _journal_paths() -> dict[str, Any]:
    """What carries journals: lines that prove themselves, and what a till alone may ask."""
    return {
        "/v1/journal": {
            "post": _operation(
                f"A till's journal goes on: at most {MAX_BATCH_ENTRIES} lines and {MAX_BATCH_BYTES} bytes",
                {"200": _message(JournalReply)} | _refusals(400, 401, 403, 408, 409, 413, 415),
                body=_lines(),
                till=True,
            )
        },
        "/v1/returned": {
            "post": _operation(
                "Entries that an office restored from a backup may lack",
                {"200": _message(ReturnedReply)} | _refusals(400, 408, 413, 415),
                body=_lines(),
            )
        },
        "/v1/feed": {
            "get": _operation(
                "What concerns a till and others wrote",
                {"200": _lines() | {"headers": {POSITION: {"schema": {"type": "integer"}}}}} | _refusals(400, 401, 409),
                parameters=[
                    _query("after", _number(_LARGEST)),
                    _query("wait", _number(MAX_POLL_SECONDS)),
                ],
                till=True,
            )
        },
        "/v1/snapshot": {
            "get": _operation(
                "A page of what a new till needs of the past: signature, space, JSON (common.snapshot)",
                {"200": _lines()} | _refusals(401, 409),
                parameters=[_query("after", _short())],
                till=True,
            )
        },
        "/v1/account": {
            "get": _operation(
                "All entries about an account that the till's branch serves",
                {"200": _lines()} | _refusals(401, 409),
                parameters=[_query("number", _short())],
                till=True,
            )
        },
    }


def _operation(
    summary: str,
    responses: dict[str, Any],
    *,
    parameters: list[Any] | None = None,
    body: dict[str, Any] | None = None,
    till: bool = False,
) -> dict[str, Any]:
    found: dict[str, Any] = {"summary": summary, "responses": responses | _refusals(503)}
    if "503" in responses:
        found["responses"]["503"] = responses["503"]
    if parameters is not None:
        found["parameters"] = parameters
    if body is not None:
        found["requestBody"] = {"content": body["content"], "required": True}
    if till:
        found["security"] = [{"till": []}]
    return found


def _message(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return _json({"$ref": f"#/components/schemas/{kind.__name__}"})


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "JSON", "content": {"application/json": {"schema": schema}}}


def _lines() -> dict[str, Any]:
    return {"description": "Journal lines", "content": {"text/plain": {"schema": {"type": "string"}}}}


def _refusals(*statuses: int) -> dict[str, Any]:
    return {str(status): _message(Problem) for status in statuses}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _short() -> dict[str, Any]:
    return {"type": "string", "maxLength": 64}


def _number(most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most}
