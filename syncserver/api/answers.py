"""Answers: JSON of wire messages, and every failure as a Problem."""

import logging
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from common.wire import Problem
from syncserver.api.exchange import problem_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEARD: web.AppKey[set[object]] = web.AppKey("heard", set)
"""Connections on which a request has come."""

_log = logging.getLogger(__name__)


def answer(message: msgspec.Struct, status: int = 200) -> web.Response:
    """A message as JSON."""
    return web.Response(body=msgspec.json.encode(message), status=status, content_type="application/json")


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what handlers raise into Problems."""
    request.app[HEARD].add(request.protocol)
    try:
        return await handler(request)
    except Exception as error:  # noqa: BLE001
        # The outermost edge: the till gets an answer that it can read, the operator the traceback.
        refused = problem_of(error)
        if refused is None:
            _log.exception("%s %s failed", request.method, request.path)
            message = "The office failed at this request; its log says why. Nothing of it was stored; try again later."
            refused = 500, Problem(error="unavailable", message=message)
        found = answer(refused[1], refused[0])
        if isinstance(error, web.HTTPException) and "Allow" in error.headers:
            found.headers["Allow"] = error.headers["Allow"]
        return found
