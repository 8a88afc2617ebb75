"""Answers: JSON of wire messages, and every failure as a Problem."""

import logging
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from common.wire import Problem
from syncserver.ingest.batch import BatchRefused
from syncserver.office.grants import CodeRefused
from syncserver.store import StoreUnavailable

_STATUS = {"unknown_code": 404, "code_used": 409, "malformed": 400}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)


class Unauthorised(Exception):
    """No token, or one that does not hold."""


def answer(message: msgspec.Struct, status: int = 200) -> web.Response:
    """A message as JSON."""
    return web.Response(body=msgspec.json.encode(message), status=status, content_type="application/json")


def refuse(status: int, error: str, message: str) -> web.Response:
    """A Problem as JSON."""
    return answer(Problem(error=error, message=message), status)


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what handlers raise into Problems."""
    try:
        return await handler(request)
    except BatchRefused as refused:
        return answer(refused.problem, refused.status)
    except CodeRefused as refused:
        return refuse(_STATUS[refused.error], refused.error, refused.message)
    except Unauthorised as error:
        return refuse(401, "unauthorised", str(error))
    except StoreUnavailable as error:
        message = f"The office cannot store anything now: {error.reason}. Nothing is lost; try again later."
        return refuse(503, "unavailable", message)
    except web.HTTPException as error:
        return _http(error)
    except Exception:  # noqa: BLE001
        # The outermost edge: the till gets an answer that it can read, the operator the traceback.
        _log.exception("%s %s failed", request.method, request.path)
        message = "The office failed at this request, and its log says why. Nothing of it was stored; try again later."
        return refuse(500, "unavailable", message)


def _http(error: web.HTTPException) -> web.Response:
    if error.status == 413:
        return refuse(413, "too_large", "The request is too large. Send smaller batches.")
    found = refuse(error.status, "not_found" if error.status in (404, 405) else "malformed", error.reason)
    if "Allow" in error.headers:
        found.headers["Allow"] = error.headers["Allow"]
    return found
