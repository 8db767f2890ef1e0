"""The service that is asked who is calling: what it is sent, what is believed, and what its troubles cost."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from voiceassist.errors import ConfigError
from voiceassist.events import Customer, Person
from voiceassist.ingest.identity import AgentChange, CustomerChange, IdentityChange
from voiceassist.ingest.source import CallInfo
from voiceassist.live.lookup import ANSWER_BYTES, CACHED, Lookup
from voiceassist.lookup_settings import LookupSettings, check_lookup

INFO = CallInfo(
    call_id="c-1",
    agent=Person(id="7", name="Ana"),
    customer=Customer(id="+1555", name="Customer"),
    source="twilio",
    legs=("agent", "customer"),
    language="en",
)
EVE = {"customer": {"id": "42", "name": "Eve", "tier": "gold"}}
KNOWN = IdentityChange(customer=CustomerChange(id="42", name="Eve", tier="gold"))


@dataclass(kw_only=True)
class Desk:
    """The service; `answer` may be changed."""

    answer: Callable[[], Awaitable[Response]]
    asked: list[tuple[dict[str, object], str | None]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.asked.append((json.loads(await request.body()), request.headers.get("authorization")))
        await (await self.answer())(scope, receive, send)


def saying(body: object, status: int = 200, cache: str = "") -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        return JSONResponse(body, status, headers={"Cache-Control": cache} if cache else {})

    return answer


def lookup_at(desk: Desk, clock: Callable[[], float] = lambda: 0.0, timeout_s: float = 3.0) -> Lookup:
    http = httpx.AsyncClient(transport=httpx.ASGITransport(desk), headers={"Authorization": "Bearer s3"})
    settings = LookupSettings(url="http://localhost/who", timeout_s=timeout_s)
    return Lookup(settings=settings, http=http, clock=clock)


async def test_it_is_sent_what_the_phone_system_said_and_its_answer_is_taken() -> None:
    answer = EVE | {"agent": {"team": "returns", "desk": 7}, "segment": "b2c"}  # others' fields do no harm
    desk = Desk(answer=saying(answer))
    told = await lookup_at(desk).ask(INFO)
    assert told == IdentityChange(agent=AgentChange(team="returns"), customer=KNOWN.customer)
    ((question, authorization),) = desk.asked
    assert question == {
        "call_id": "c-1",
        "source": "twilio",
        "language": "en",
        "agent": {"id": "7", "name": "Ana", "team": ""},
        "customer": {"id": "+1555", "name": "Customer", "tier": "standard"},
    }
    assert authorization == "Bearer s3"


@pytest.mark.parametrize("answer", [saying({}, 404), saying(None, 404), saying({})])
async def test_who_is_not_known_is_no_trouble(answer: Callable[[], Awaitable[Response]]) -> None:
    lookup = lookup_at(Desk(answer=answer))
    assert (await lookup.ask(INFO), lookup.failures) == (IdentityChange(), 0)


@pytest.mark.parametrize(
    "answer",
    [
        saying({"oops": 1}, 500),
        saying(EVE, 302),
        saying([1]),
        saying({"customer": "Eve"}),
        saying({"customer": {"name": ""}}),
        saying({"agent": {"id": "a\u200bb"}}),
        saying({"customer": {"name": "x" * ANSWER_BYTES}}),
    ],
)
async def test_an_answer_that_cannot_be_used_is_counted_and_nothing_else(
    answer: Callable[[], Awaitable[Response]],
) -> None:
    lookup = lookup_at(Desk(answer=answer))
    assert (await lookup.ask(INFO), lookup.failures) == (None, 1)


async def test_a_service_that_hangs_is_given_up() -> None:
    async def never() -> Response:
        await asyncio.Event().wait()
        raise AssertionError

    lookup = lookup_at(Desk(answer=never), timeout_s=0.01)
    assert (await lookup.ask(INFO), lookup.failures) == (None, 1)


async def test_an_answer_is_kept_as_long_as_the_service_allows_and_for_no_other_customer() -> None:
    now_s = 0.0
    desk = Desk(answer=saying(EVE, cache="private, max-age=60"))
    lookup = lookup_at(desk, lambda: now_s)
    for _ in range(3):
        assert await lookup.ask(INFO) == KNOWN
    assert len(desk.asked) == 1
    now_s = 60.0
    await lookup.ask(INFO)
    assert len(desk.asked) == 2
    desk.answer = saying(EVE)
    now_s = 120.0
    await lookup.ask(INFO)
    await lookup.ask(INFO)
    assert len(desk.asked) == 4


async def test_answers_that_are_kept_are_bounded() -> None:
    lookup = lookup_at(Desk(answer=saying(EVE, cache="max-age=999999999")))
    for number in range(CACHED):
        lookup.cache[str(number),] = (9e9, KNOWN)
    await lookup.ask(INFO)
    assert len(lookup.cache) == CACHED
    assert ("0",) not in lookup.cache


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (LookupSettings(url="http://crm.example/who"), "lookup.url"),
        (LookupSettings(url="ftp://localhost"), "lookup.url"),
        (LookupSettings(timeout_s=0), "lookup.timeout_s"),
        (LookupSettings(timeout_s=31), "lookup.timeout_s"),
    ],
)
def test_a_setting_that_cannot_work_is_named(settings: LookupSettings, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        check_lookup(settings)
