"""Asks a service of the operator's who is calling, once for every call that is announced.

Nothing waits for it: the call begins meanwhile, and what is answered later is told then. A service that is slow,
down or wrong costs a line in the log and nothing else. Never follows a redirect.
Next: `runtime.py` asks, and tells the call.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx
import structlog
from pydantic import TypeAdapter, ValidationError

from voiceassist.ingest.fields import NO_CUSTOMER
from voiceassist.ingest.identity import IdentityChange
from voiceassist.ingest.source import CallInfo
from voiceassist.lookup_settings import LookupSettings

log = structlog.get_logger()

# Overflow rule: who waits behind so many others for longer than the timeout is not looked up.
AT_ONCE = 32
ANSWER_BYTES = 64 << 10
CACHED = 10_000  # answers; then the oldest goes. At the fields' longest, some 10 MB
CACHED_S = 86_400.0  # whatever the service allows
MAX_AGE = re.compile(r"(?:^|[,\s])max-age=(\d{1,9})(?:$|[,\s])", re.IGNORECASE)
NOTHING_KNOWN = (httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND)

_ANSWER: TypeAdapter[IdentityChange] = TypeAdapter(IdentityChange)

CacheKey = tuple[str, ...]


class _LookupError(Exception):
    """The service gave no answer that can be used."""


@dataclass(slots=True, kw_only=True)
class Lookup:
    """Made by `app.py`, which closes its connections."""

    settings: LookupSettings
    http: httpx.AsyncClient
    clock: Callable[[], float] = monotonic
    failures: int = 0
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    cache: OrderedDict[CacheKey, tuple[float, IdentityChange]] = field(default_factory=OrderedDict)  # until when

    async def ask(self, info: CallInfo) -> IdentityChange | None:
        """What the service knows of who is calling; None: nothing, or it did not say so in time."""
        key = (info.source, info.language or "", info.agent.id, info.agent.team, info.customer.id)
        until_s, known = self.cache.get(key, (0.0, IdentityChange()))
        if self.clock() < until_s:
            return known
        try:
            async with asyncio.timeout(self.settings.timeout_s), self.slots:
                answer, for_s = await self._answer(info)
        except TimeoutError:
            self._failed(info, f"no answer within {self.settings.timeout_s:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, _LookupError) as error:
            self._failed(info, str(error) or type(error).__name__)
        else:
            self._keep(key, info, answer, for_s)
            return answer
        return None

    async def _answer(self, info: CallInfo) -> tuple[IdentityChange, float]:
        """What is known, and for how long it may be kept."""
        assert self.settings.url is not None, "there is a service to ask"
        async with self.http.stream("POST", self.settings.url, json=_question(info)) as response:
            if response.status_code in NOTHING_KNOWN:
                return IdentityChange(), _max_age(response)
            if response.status_code != httpx.codes.OK:
                raise _LookupError(f"HTTP {response.status_code}")
            return _parsed(await _body(response)), _max_age(response)

    def _keep(self, key: CacheKey, info: CallInfo, answer: IdentityChange, for_s: float) -> None:
        """As long as the service allows; not of customers whom the phone system does not know: they are many."""
        self.cache.pop(key, None)
        if for_s and info.customer.id != NO_CUSTOMER:
            self.cache[key] = self.clock() + min(for_s, CACHED_S), answer
            if len(self.cache) > CACHED:
                self.cache.popitem(last=False)

    def _failed(self, info: CallInfo, why: str) -> None:
        self.failures += 1
        log.warning("nobody could say who is calling", call_id=info.call_id, error=why)


@asynccontextmanager
async def looking_up(settings: LookupSettings) -> AsyncIterator[Lookup | None]:
    """None where the settings name no service."""
    if settings.url is None:
        yield None
        return
    headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
    async with httpx.AsyncClient(timeout=settings.timeout_s, headers=headers) as http:
        yield Lookup(settings=settings, http=http)


def _question(info: CallInfo) -> dict[str, Any]:
    agent, customer = info.agent, info.customer
    return {
        "call_id": info.call_id,
        "source": info.source,
        "language": info.language,
        "agent": {"id": agent.id, "name": agent.name, "team": agent.team},
        "customer": {"id": customer.id, "name": customer.name, "tier": customer.tier},
    }


async def _body(response: httpx.Response) -> bytes:
    body = b""
    async for part in response.aiter_bytes():
        body += part
        if len(body) > ANSWER_BYTES:
            raise _LookupError(f"the answer is larger than {ANSWER_BYTES} bytes")
    return body


def _parsed(body: bytes) -> IdentityChange:
    """Fields that are not asked for are ignored: the service may be somebody else's."""
    try:
        return _ANSWER.validate_json(body, extra="ignore")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        raise _LookupError(f"{where}: {first['msg']}") from None  # never the value: it is about a person


def _max_age(response: httpx.Response) -> float:
    """Seconds for which the service says that its answer holds; 0: it does not say so."""
    found = MAX_AGE.search(response.headers.get("cache-control", ""))
    return float(found[1]) if found else 0.0
