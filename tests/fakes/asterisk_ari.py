"""An Asterisk with its REST interface and its events, as far as supervisors need it: channels, snoops, bridges.

Written from Asterisk's `rest-api/api-docs/{channels,bridges,events}.json` and `res/ari/resource_channels.c`, not
from `voiceassist/phone_control`. It keeps state, and refuses what Asterisk refuses: originating into a tech that
does not exist (500), a second channel of one id (409), moving what is in no Stasis application (409, or 422 into a
bridge), snooping without a direction (400), whatever is not there (404), and anybody without the password (401).
`trouble` makes it hang, fail or lie. A real HTTP server on loopback; nothing in it waits for a clock.
"""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

Json = dict[str, Any]
Trouble = Literal["", "hangs", "fails", "no_json", "redirects", "huge"]
USER, PASSWORD = "va", "s3cret"
DIRECTIONS = ("none", "both", "out", "in")


@dataclass(kw_only=True)
class Channel:
    """A channel; `app` is the Stasis application that it is in."""

    id: str
    name: str
    state: str = "Up"
    app: str = ""
    wants_app: str = ""  # where it goes when it is answered
    snoops_on: str = ""
    spy: str = "none"
    whisper: str = "none"
    context: str = "incoming"
    exten: str = "100"

    def shown(self) -> Json:
        dialplan = {"context": self.context, "exten": self.exten, "priority": 1}
        dialplan |= {"app_name": "Stasis" if self.app else "Dial", "app_data": self.app}
        caller = {"name": "", "number": ""}
        return {
            "id": self.id, "name": self.name, "state": self.state, "caller": caller, "connected": caller,
            "accountcode": "", "dialplan": dialplan, "creationtime": "2026-11-29T10:00:00.000+0000",
            "language": "en",
        }  # fmt: skip


@dataclass(kw_only=True)
class AriBridge:
    """A bridge; `stasis`: ARI has made it."""

    id: str
    channels: list[str] = field(default_factory=list)
    stasis: bool = True

    def shown(self) -> Json:
        kind = "stasis" if self.stasis else "basic"
        return {
            "id": self.id, "technology": "softmix", "bridge_type": "mixing", "bridge_class": kind, "creator": "",
            "name": "", "channels": list(self.channels), "creationtime": "2026-11-29T10:00:00.000+0000",
        }  # fmt: skip


class AriRefusal(Exception):  # noqa: N818 - it is an answer
    """What Asterisk does not do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(kw_only=True)
class Asterisk:
    """The state, and who listens to it."""

    port: int = 0
    channels: dict[str, Channel] = field(default_factory=dict)
    bridges: dict[str, AriBridge] = field(default_factory=dict)
    sockets: dict[str, WebSocket] = field(default_factory=dict)  # by application
    asked: list[str] = field(default_factory=list)  # every request: "POST /channels/…"
    trouble: Trouble = ""
    busy_bridge: int = 0  # so many times a channel that has just come is not taken into a bridge (422)
    on_ring: Callable[[Channel], None] = lambda _channel: None  # a telephone begins to ring
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ari"

    def dialled(self, agent: str = "1761245643.2", customer: str = "1761245643.1") -> None:
        """A call that the dialplan's Dial() has put together: in no application, in a bridge of its own."""
        self.channels[agent] = Channel(id=agent, name="PJSIP/agent7-00000002")
        self.channels[customer] = Channel(id=customer, name="PJSIP/trunk-00000001")
        self.bridges["dial"] = AriBridge(id="dial", channels=[customer, agent], stasis=False)

    def in_stasis(self, agent: str = "1761245643.2", customer: str = "1761245643.1") -> None:
        """A call that the operator's own application has put together."""
        self.dialled(agent, customer)
        for id_ in (agent, customer):
            self.channels[id_].app = "queue"
        self.bridges["dial"].stasis = True

    async def until(self, met: Callable[[], bool]) -> None:
        """Waits for a state."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(met)

    # ---- what telephones do ------------------------------------------------------------------------------

    async def answer(self, channel: Channel) -> None:
        """A telephone that rings is picked up."""
        channel.state = "Up"
        await self.enter(channel, channel.wants_app)

    async def enter(self, channel: Channel, app: str) -> None:
        """A channel comes into an application; one that nobody has registered ends it."""
        if app not in self.sockets:
            await self.hang_up(channel.id, cause=127)
            return
        channel.app = app
        await self.say(app, "StasisStart", channel, args=[])

    async def hang_up(self, id_: str, cause: int = 16) -> None:
        """A channel ends: by its telephone, by ARI, or with what it snoops on."""
        channel = self.channels.pop(id_, None)
        if channel is None:
            return
        for bridge in self.bridges.values():
            if id_ in bridge.channels:
                bridge.channels.remove(id_)
        for snoop in [one for one in self.channels.values() if one.snoops_on == id_]:
            await self.hang_up(snoop.id)
        app = channel.app or channel.wants_app
        if channel.app:
            await self.say(app, "StasisEnd", channel)
        texts = {16: "Normal Clearing", 17: "User busy", 19: "User alerting, no answer", 127: "Interworking"}
        await self.say(app, "ChannelDestroyed", channel, cause=cause, cause_txt=texts[cause])
        await self.tell()

    async def say(self, app: str, type_: str, channel: Channel, **more: Any) -> None:
        listener = self.sockets.get(app)
        if listener:
            event = {"type": type_, "application": app, "timestamp": "2026-11-29T10:00:00.000+0000"}
            with suppress(WebSocketDisconnect, RuntimeError):
                await listener.send_text(json.dumps(event | {"channel": channel.shown()} | more))
        await self.tell()

    async def tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    # ---- the interface -----------------------------------------------------------------------------------

    async def originate(self, id_: str, query: Json) -> Json:
        tech, _, resource = str(query.get("endpoint", "")).partition("/")
        if not (tech and resource):
            raise AriRefusal(400, "Invalid endpoint specified")
        if not query.get("app") and not query.get("extension"):
            raise AriRefusal(400, "Application or extension must be specified")
        if id_ in self.channels:
            raise AriRefusal(409, "Channel with given unique ID already exists")
        if tech not in ("PJSIP", "Local"):
            raise AriRefusal(500, "Allocation failed")
        channel = Channel(id=id_, name=f"{tech}/{resource}-00000009", state="Ring", wants_app=query["app"])
        self.channels[id_] = channel
        self.on_ring(channel)
        return channel.shown()

    async def snoop(self, on: str, id_: str, query: Json) -> Json:
        spy, whisper = query.get("spy", "none"), query.get("whisper", "none")
        if spy not in DIRECTIONS or whisper not in DIRECTIONS:
            raise AriRefusal(400, "Invalid direction specified for spy")
        if spy == whisper == "none":
            raise AriRefusal(400, "Direction must be specified for at least spy or whisper")
        if not query.get("app"):
            raise AriRefusal(400, "Application name is required")
        if on not in self.channels:
            raise AriRefusal(404, "Provided channel was not found")
        if id_ in self.channels:
            raise AriRefusal(500, "Snoop channel could not be created")
        channel = Channel(id=id_, name=f"Snoop/{on}-00000001", snoops_on=on, spy=spy, whisper=whisper)
        self.channels[id_] = channel
        asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self.enter(channel, query["app"])))
        return channel.shown()

    async def go_on(self, id_: str, query: Json) -> None:
        channel = self.found(id_)
        if not channel.app:
            raise AriRefusal(409, "Channel not in Stasis application")
        app, channel.app = channel.app, ""
        channel.context, channel.exten = query.get("context") or channel.context, query.get("extension") or "s"
        for bridge in self.bridges.values():
            if id_ in bridge.channels:
                bridge.channels.remove(id_)
        await self.say(app, "StasisEnd", channel)

    def make_bridge(self, id_: str) -> Json:
        return self.bridges.setdefault(id_, AriBridge(id=id_)).shown()

    def add(self, bridge_id: str, ids: list[str]) -> None:
        bridge = self.bridges.get(bridge_id)
        if bridge is None:
            raise AriRefusal(404, "Bridge not found")
        if not bridge.stasis:
            raise AriRefusal(409, "Bridge not in Stasis application")
        if not all(id_ in self.channels for id_ in ids):
            raise AriRefusal(400, "Channel not found")
        if self.busy_bridge or not all(self.channels[id_].app for id_ in ids):
            self.busy_bridge = max(0, self.busy_bridge - 1)
            raise AriRefusal(422, "Channel not in Stasis application")
        bridge.channels += [id_ for id_ in ids if id_ not in bridge.channels]

    async def destroy_bridge(self, id_: str) -> None:
        if self.bridges.pop(id_, None) is None:
            raise AriRefusal(404, "Bridge not found")

    def found(self, id_: str) -> Channel:
        if id_ not in self.channels:
            raise AriRefusal(404, "Channel not found")
        return self.channels[id_]

    def mix(self, bridge_id: str) -> list[Channel]:
        """Who is in a bridge."""
        return [self.channels[id_] for id_ in self.bridges[bridge_id].channels]


def _is_signed(connection: HTTPConnection) -> bool:
    wanted = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
    return connection.headers.get("authorization") == wanted


async def _request(request: Request) -> Response:
    asterisk: Asterisk = request.app.state.asterisk
    asterisk.asked.append(f"{request.method} {request.url.path.removeprefix('/ari')}")
    if broken := await _broken(asterisk):
        return broken
    if not _is_signed(request):
        return JSONResponse({"message": "Authentication required"}, 401)
    try:
        answer = await _answered(asterisk, request)
    except AriRefusal as refusal:
        return JSONResponse({"message": str(refusal)}, refusal.status)
    await asterisk.tell()
    return Response(status_code=204) if answer is None else JSONResponse(answer)


async def _broken(asterisk: Asterisk) -> Response | None:
    match asterisk.trouble:
        case "hangs":
            await asyncio.Event().wait()
        case "fails":
            return JSONResponse({"message": "Allocation failed"}, 500)
        case "no_json":
            return Response("<html>it works</html>", 200)
        case "redirects":
            return Response(status_code=302, headers={"Location": "/ari/elsewhere"})
        case "huge":
            return Response(b" " * (1 << 20), 200)
    return None


async def _answered(  # noqa: C901 - a row for each operation
    asterisk: Asterisk, request: Request
) -> Json | list[Json] | None:
    query, path = dict(request.query_params), request.url.path.removeprefix("/ari/").split("/")
    match request.method, path:
        case "GET", ["channels"]:
            return [one.shown() for one in asterisk.channels.values()]
        case "GET", ["bridges"]:
            return [one.shown() for one in asterisk.bridges.values()]
        case "GET", ["channels", id_]:
            return asterisk.found(id_).shown()
        case "POST", ["channels", id_]:
            return await asterisk.originate(id_, query)
        case "POST", ["channels", on, "snoop", id_]:
            return await asterisk.snoop(on, id_, query)
        case "POST", ["channels", id_, "continue"]:
            await asterisk.go_on(id_, query)
            return None
        case "DELETE", ["channels", id_]:
            asterisk.found(id_)
            await asterisk.hang_up(id_)
            return None
        case "POST", ["bridges", id_]:
            return asterisk.make_bridge(id_)
        case "POST", ["bridges", id_, "addChannel"]:
            asterisk.add(id_, query["channel"].split(","))
            return None
        case "DELETE", ["bridges", id_]:
            await asterisk.destroy_bridge(id_)
            return None
    raise AriRefusal(404, "Invalid method or resource")


async def _events(socket_: WebSocket) -> None:
    asterisk: Asterisk = socket_.app.state.asterisk
    app = socket_.query_params["app"]
    if not _is_signed(socket_):
        await socket_.send_denial_response(JSONResponse({"message": "Authentication required"}, 401))
        return
    await socket_.accept()
    before = asterisk.sockets.get(app)
    asterisk.sockets[app] = socket_
    if before:
        with suppress(WebSocketDisconnect, RuntimeError):
            await before.send_text(json.dumps({"type": "ApplicationReplaced", "application": app}))
            await before.close()
    await asterisk.tell()
    with suppress(WebSocketDisconnect):
        while True:
            await socket_.receive_text()
    if asterisk.sockets.get(app) is socket_:
        del asterisk.sockets[app]
        await asterisk.tell()


@asynccontextmanager
async def asterisk_ari(port: int = 0) -> AsyncIterator[Asterisk]:
    """A running one."""
    asterisk = Asterisk()
    methods = ["GET", "POST", "DELETE"]
    app = Starlette(
        routes=[WebSocketRoute("/ari/events", _events), Route("/ari/{path:path}", _request, methods=methods)]
    )
    app.state.asterisk = asterisk
    listening = socket.create_server(("127.0.0.1", port))
    asterisk.port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    task = asyncio.create_task(server._serve([listening]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield asterisk
    finally:
        server.should_exit = True
        await task
