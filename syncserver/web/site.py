"""The pages as an aiohttp application: what comes in becomes an Ask, in a thread, and its Answer goes out."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp import web
from multidict import CIMultiDict

from syncserver.api.answers import Handler
from syncserver.api.bodies import read_body, size_of
from syncserver.ingest.batch import BatchRefused
from syncserver.web.ask import Route
from syncserver.web.assets import assets
from syncserver.web.desk import FrontDesk, Reply
from syncserver.web.forms import read_form
from syncserver.web.headers import HEADERS, KEPT
from syncserver.web.visitor import Incoming

PREFIX = "/office"

_THREADS = 2
"""Pages are all Python: more would only take turns, and tills would wait for each."""
_SLOW_THREADS = 2
_MOST_WAITING = 20
"""Slow requests that may wait; who comes later is told to come again."""


class Site:
    """The way from the network to the front desk and back."""

    def __init__(self, desk: FrontDesk, routes: list[Route]) -> None:
        self._desk = desk
        self._routes = routes
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pages")
        self._slow = ThreadPoolExecutor(_SLOW_THREADS, thread_name_prefix="slow-pages")
        self._waiting = 0

    def application(self) -> web.Application:
        """To be added to the office's own."""
        app = web.Application(middlewares=[self._explain])
        for route in self._routes:
            app.router.add_route(route.method, route.path, partial(self._answer, route))
        app.router.add_get("/static/{name}", self._static)
        app.cleanup_ctx.append(self._life)
        return app

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        yield
        self._threads.shutdown()
        self._slow.shutdown()

    async def _answer(self, route: Route, request: web.Request) -> web.StreamResponse:
        incoming = await self._incoming(route, request)
        if not route.is_slow:
            return _response(await self._run(self._threads, route, incoming))
        if self._waiting >= _MOST_WAITING:
            return web.Response(status=503, text="Busy. Come again in a minute. 忙，请稍后再来。", headers=HEADERS)
        self._waiting += 1
        try:
            return _response(await self._run(self._slow, route, incoming))
        finally:
            self._waiting -= 1

    async def _run(self, threads: ThreadPoolExecutor, route: Route, incoming: Incoming) -> Reply:
        return await asyncio.get_running_loop().run_in_executor(threads, self._desk.answer, route, incoming)

    async def _incoming(self, route: Route, request: web.Request) -> Incoming:
        body = b""
        if route.method == "POST":
            size_of(request, route.most_bytes)
            body = await read_body(request, route.most_bytes)
        kind = request.headers.get("Content-Type", "")
        form, files = await asyncio.get_running_loop().run_in_executor(self._threads, read_form, kind, body)
        typed = (
            *request.match_info.values(),
            *request.query.values(),
            *(text for texts in form.values() for text in texts),
        )
        if any("\0" in text for text in typed):
            raise web.HTTPBadRequest  # no text has that character, and no database finds any by it
        return Incoming(
            path=request.path.removeprefix(PREFIX),
            parts=dict(request.match_info),
            query=dict(request.query),
            form=form,
            files=files,
            cookies=dict(request.cookies),
            languages=request.headers.get("Accept-Language", ""),
            site=request.headers.get("Sec-Fetch-Site", ""),
            is_post=route.method == "POST",
        )

    async def _static(self, request: web.Request) -> web.Response:
        found = assets().get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type=found[0], charset="utf-8", headers=HEADERS | KEPT)

    @web.middleware
    async def _explain(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What no page answers is a page too."""
        try:
            return await handler(request)
        except web.HTTPException as error:
            status = error.status
        except BatchRefused as error:
            status = error.status
        incoming = Incoming(cookies=dict(request.cookies), languages=request.headers.get("Accept-Language", ""))
        return _response(
            await asyncio.get_running_loop().run_in_executor(self._threads, self._desk.excuse, incoming, status)
        )


def _response(reply: Reply) -> web.Response:
    headers = CIMultiDict(HEADERS | dict(reply.headers))
    found = web.Response(body=reply.body, status=reply.status, headers=headers)
    for cookie in reply.cookies:
        found.set_cookie(
            cookie.name, cookie.value, path="/", secure=True, httponly=True, samesite="Strict", max_age=cookie.seconds
        )
    return found
