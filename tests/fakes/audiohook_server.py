"""A real server with an AudioHook endpoint whose sessions only collect what they hear."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from fastapi import FastAPI, WebSocket

from tests.fakes.ingest_server import HeldClock, Sessions, joins_of, language_of, serving
from voiceassist.config import Settings
from voiceassist.errors import IngestError
from voiceassist.events import CallEnded, Event, Record
from voiceassist.hub import Hub
from voiceassist.ingest.admission import ANYBODY, Admitted
from voiceassist.ingest.audiohook.session import AudiohookSessions
from voiceassist.ingest.call_socket import serve_call
from voiceassist.ingest.dialect import Started
from voiceassist.ingest.handshake import handshake_of
from voiceassist.ingest.joins import Joins
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo, Source
from voiceassist.ingest_settings import AudiohookSettings


@dataclass(kw_only=True)
class RecordedSessions(Sessions):
    """Sessions whose records go out through a hub: a test says which, and the last one is the call's end."""

    hub: Hub = field(default_factory=Hub)
    last_words: list[Event] = field(default_factory=list)  # said when the audio is over

    def publish(self, call_id: str, event: Event) -> None:
        """A record goes out."""
        self.hub.publish(Record(call_id=call_id, seq=1, event=event))

    async def run(self, source: Source) -> bool:
        """One session."""
        whole = await super().run(source)
        for event in (*self.last_words, CallEnded(at_ms=0, reason="hangup")):
            self.publish(source.info.call_id, event)
        return whole


@dataclass(frozen=True, kw_only=True)
class AudiohookPlace:
    """Where the server is, and what its sessions heard."""

    url: str
    sessions: RecordedSessions
    joins: Joins
    asked: list[Started]  # whether they may, in order
    clock: HeldClock


async def _is_heard(info: CallInfo) -> None:
    language_of(info)


@asynccontextmanager
async def audiohook_server(
    limits: PeerLimits,
    *,
    client_secrets: Mapping[str, str] | None = None,
    transcripts: bool = False,
    only_key: str | None = None,
) -> AsyncIterator[AudiohookPlace]:
    """Its clock stands still. `only_key`: a key of ours, without which nobody who has not signed is admitted."""
    sessions, endpoint, asked = RecordedSessions(), AudiohookSessions(), list[Started]()
    sessions.listening.set()
    clock = HeldClock()
    joins = joins_of(sessions, limits, clock=clock)
    joins.host = replace(joins.host, check=_is_heard)
    ours = AudiohookSettings(client_secrets=client_secrets or {}, transcripts=transcripts)
    app, settings = FastAPI(), Settings(audiohook=ours)

    def admit(started: Started) -> Admitted:
        asked.append(started)
        if only_key is None or started.signed_by or started.key == only_key:
            return ANYBODY
        raise IngestError("not_allowed", "this server takes audio with a key only")

    @app.websocket("/ingest/audiohook")
    async def audiohook(ws: WebSocket) -> None:
        dialect = endpoint.dialect(handshake_of(ws), limits, settings)
        watch = sessions.hub.watching_call if transcripts else None
        await serve_call(ws, dialect, joins, admit, watch=watch)

    async with serving(app) as address:
        yield AudiohookPlace(
            url=f"ws://{address}/ingest/audiohook", sessions=sessions, joins=joins, asked=asked, clock=clock
        )
