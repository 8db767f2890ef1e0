"""What the server says of its own cost: processor time, memory, lateness, read from its `/metrics`.

Never looks into the process, so it works with any server. Next: `figures.py` makes rates of the differences.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from voiceassist.errors import VoiceassistError

EVERY_S = 2.0  # a page of metrics costs the server a few milliseconds
ANSWER_WITHIN_S = 30.0  # of a server that is overloaded on purpose


class UsageError(VoiceassistError):
    """The server does not tell what it costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUsage:
    """At one moment. Seconds are sums since the server started."""

    cpu_s: float  # of the whole process
    decode_cpu_s: float  # of its decode threads
    memory_bytes: int  # resident
    partials_left_out: int  # to keep up
    calls_carried: int  # as many as it says that it carries, by what calls cost
    loop_lag_s: float  # how late the event loop last woke up


async def server_usage(http: httpx.AsyncClient) -> ServerUsage:
    """Now. Raises UsageError."""
    try:
        answer = (await http.get("/metrics")).raise_for_status()
    except httpx.HTTPError as error:
        raise UsageError(f"{http.base_url}metrics cannot be read: {error}") from error
    return usage_of(answer.text)


def usage_of(text: str) -> ServerUsage:
    """What a metrics page tells. Raises UsageError when it lacks one of the figures."""
    figures = {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.labels
    }
    return ServerUsage(
        cpu_s=_figure(figures, "process_cpu_seconds_total"),
        decode_cpu_s=_figure(figures, "voiceassist_decode_cpu_seconds"),
        memory_bytes=int(_figure(figures, "process_resident_memory_bytes")),
        partials_left_out=int(_figure(figures, "voiceassist_partials_left_out")),
        calls_carried=int(_figure(figures, "voiceassist_calls_carried")),
        loop_lag_s=_figure(figures, "voiceassist_event_loop_lag_seconds"),
    )


def _figure(figures: Mapping[str, float], name: str) -> float:
    if name not in figures:
        raise UsageError(f"the server's metrics lack {name}: is it a voiceassist of this version, on Linux?")
    return figures[name]


@asynccontextmanager
async def watched_usage(http: httpx.AsyncClient) -> AsyncIterator[list[ServerUsage]]:
    """Asks again and again while it is entered; the first and the last are from its two ends."""
    seen = [await server_usage(http)]

    async def watch() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            seen.append(await server_usage(http))

    watching = asyncio.create_task(watch())
    try:
        yield seen
        seen.append(await server_usage(http))
    finally:
        watching.cancel()
        await asyncio.wait([watching])
