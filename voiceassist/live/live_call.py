"""A running call as others reach it: people's actions, the server's stop, what time it is in it and how late.

Never decides what an input means: `session.py` takes inputs from the inbox and hands them to the call.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from voiceassist.actions import Action, PauseRecording
from voiceassist.audio.lateness_steps import LatenessSteps
from voiceassist.audio.silences import Silences
from voiceassist.core.playbook.model import Playbook
from voiceassist.events import CallIdentified, ListeningChanged, ListensIn, PhoneActed
from voiceassist.ingest.source import CallInfo
from voiceassist.live.audio_tap import AudioTap
from voiceassist.live.consent_gate import ConsentGate
from voiceassist.live.inbox import Answer, Inbox
from voiceassist.live.pauses import Pauses
from voiceassist.live.pressed_keys import PressedKeys

# When the server stops, a call hears what has come for so long: enough for the last words of a live call. What a
# vanished phone system left behind may be minutes, and is not heard any more.
HEAR_WITHIN_S = 3.0


@dataclass(slots=True, kw_only=True)
class LiveCall:
    """A running call."""

    info: CallInfo
    inbox: Inbox = field(default_factory=Inbox)
    began_s: float = field(default_factory=monotonic)
    heard_ms: int = 0  # audio heard so far
    heard_s: float = field(default_factory=monotonic)  # when that audio had reached us
    waits_since_s: float | None = None  # when the audio that is being decoded could have been heard; None: none is
    lateness: LatenessSteps = field(default_factory=LatenessSteps)
    pauses: Pauses = field(default_factory=Pauses)
    silences: Silences = field(default_factory=Silences)
    keys: PressedKeys = field(default_factory=PressedKeys)
    consent: ConsentGate = field(default_factory=ConsentGate)
    is_stopping: bool = False
    was_cut_short: bool = False  # the server stopped before all audio was heard
    tap: AudioTap = field(init=False)
    over: asyncio.Event = field(default_factory=asyncio.Event)  # nothing can be done in it any more
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # and it is stored and recorded
    naming: asyncio.Lock = field(default_factory=asyncio.Lock)  # who changes who speaks, one after the other
    playbook: Playbook | None = None
    task: asyncio.Task[Any] | None = None  # in which it runs: one of its own, or that of its peer's connection
    _in_turn: asyncio.Lock = field(
        default_factory=asyncio.Lock
    )  # actions keep their order where their lane is full
    _hears_until_s: float | None = None  # on the loop's clock
    _limit: asyncio.Timeout | None = None

    def __post_init__(self) -> None:
        self.tap = AudioTap(self.info.legs)

    def now_ms(self) -> int:
        """Call time at this moment: the audio heard so far, and the time since."""
        return self.heard_ms + int((monotonic() - self.heard_s) * 1000)

    def ahead_s(self) -> float:
        """How far the audio that has come is ahead of real time: a recording may be sent faster than it plays."""
        return self.tap.position_ms / 1000 - (monotonic() - self.began_s)

    def begins_to_hear(self, due_s: float) -> None:
        """Audio is being decoded that could have been heard at `due_s`."""
        self.waits_since_s = due_s

    def has_heard(self, until_ms: int, delay_ms: int) -> None:
        """The audio up to `until_ms` was heard, `delay_ms` after it had come."""
        self.heard_ms, self.heard_s, self.waits_since_s = until_ms, monotonic() - delay_ms / 1000, None

    def behind_ms(self) -> int:
        """For how long the audio has waited that is to be heard next; 0 when none waits."""
        return 0 if self.waits_since_s is None else max(0, int((monotonic() - self.waits_since_s) * 1000))

    async def tell_lateness(self, at_ms: int, behind_ms: int) -> None:
        """Tells the call how late it is, if screens have to say something else than before."""
        if changed := self.lateness.after(at_ms, behind_ms):
            await self.inbox.put((changed, None))

    async def act(self, action: Action) -> bool:
        """Hands a person's action to the call; False when the call is over. Raises ActionError."""
        if isinstance(action, PauseRecording):
            self.pauses.change(paused=action.paused)  # at once, whatever waits in the inbox
        return await self._hand_in(action)

    async def identify(self, event: CallIdentified) -> bool:
        """Tells the call who speaks in it; False when the call is over."""
        return await self._hand_in(event)

    async def tell_listening(self, listeners: tuple[ListensIn, ...]) -> bool:
        """Tells the call who listens in to it now; False when the call is over."""
        return await self._hand_in(ListeningChanged(at_ms=self.now_ms(), listeners=listeners))

    async def tell_phone(self, event: PhoneActed) -> bool:
        """Tells the call what a supervisor did in the phone system; False when the call is over."""
        return await self._hand_in(event)

    async def _hand_in(self, what: Action | CallIdentified | ListeningChanged | PhoneActed) -> bool:
        answer: Answer = asyncio.get_running_loop().create_future()
        async with self._in_turn:
            if not self.over.is_set():
                await self.inbox.ask((what, answer))
        if self.over.is_set():
            give(answer, done=False)
        return await answer

    async def end(self) -> None:
        """Nobody reads the inbox any more: whoever waits for an answer gets it."""
        self.over.set()
        while not self.inbox.empty():
            for _, answer in self.inbox.take_nowait():
                give(answer, done=False)
            await asyncio.sleep(0)  # an action that waited for room in the inbox finds the call over now

    def stop(self, within_s: float = HEAR_WITHIN_S) -> None:
        """The server stops: the call ends when it has heard what is there, after `within_s` at the latest."""
        if self.is_stopping:
            return
        self.is_stopping = True
        self._hears_until_s = asyncio.get_running_loop().time() + within_s
        if self._limit:
            self._limit.reschedule(self._hears_until_s)

    def give_up(self) -> None:
        """It did not end in time after `stop`: it ends where it stands."""
        if self.task:
            self.task.cancel()

    async def until_stopped(self, hearing: Coroutine[Any, Any, None]) -> bool:
        """Runs `hearing` to its end; False when `stop` cut it short."""
        self._limit = limit = asyncio.timeout_at(self._hears_until_s)
        try:
            async with limit:
                await hearing
        except TimeoutError:
            if not limit.expired():
                raise
            return False
        finally:
            self._limit = None
        return True


def give(answer: Answer | None, *, done: bool) -> None:
    """Answers whoever waits, unless they were answered or left."""
    if answer and not answer.done():
        answer.set_result(done)
