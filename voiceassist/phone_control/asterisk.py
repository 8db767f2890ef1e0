"""Asterisk's REST interface (ARI): a supervisor's telephone beside a call, without a hand on the call itself.

As read in `rest-api/api-docs/channels.json` and `bridges.json`, and in `res/ari/resource_channels.c`. A visit is

    channels/APP.VISIT.phone      the supervisor's telephone, originated into our Stasis application
    channels/APP.VISIT.earN       a snoop on the agent's channel: it hears both sides (`spy=both`), and what is
                                  said to it goes to the agent (`whisper=out`) or to both sides (`whisper=both`)
    bridges/APP.VISIT.room        those two, mixed

A call that Dial() has put together is in no bridge that ARI may join (409, "Bridge not in Stasis application"),
and its channels can be put nowhere else (409, "Channel not in Stasis application"). So barging in is a snoop, too,
and works in every call, while a transfer needs a customer who is in a Stasis application of the operator's. All
ids are ours: whatever begins with "APP." and belongs to no visit is what a crash left, and goes when we connect.
Next: `visits.py` asks in order; `asterisk_events.py` tells what became of the channels.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from urllib.parse import quote

import structlog

from voiceassist.errors import PhoneError
from voiceassist.phone_control.asterisk_events import AriChannel, AriEvents
from voiceassist.phone_control.control import Obstacle, PhoneAbilities, PhoneCall, Voice, all_alike, obstacle_of
from voiceassist.phone_control.rest import Rest, asking
from voiceassist.phone_settings import PHONE, AsteriskPhone

log = structlog.get_logger()

RING_S: Final = 30  # Asterisk's own default
ANSWER_WITHIN_S = 5.0  # a snoop is in its application at once
READY_AFTER_S = (0.1, 0.3, 0.6)  # a channel that has just come may not be bridged yet (422)
WHISPER: Final[dict[Voice, str]] = {"whisper": "out", "barge": "both"}


@dataclass(slots=True, kw_only=True)
class AriVisit:
    """What is in Asterisk of a visit, or on its way."""

    phone: AriChannel
    ears: list[AriChannel] = field(default_factory=list)  # the newest is the one in use
    has_room: bool = False


@dataclass(slots=True, kw_only=True)
class AsteriskControl:
    """A `PhoneControl`."""

    settings: AsteriskPhone
    rest: Rest
    events: AriEvents = field(init=False)
    visits: dict[str, AriVisit] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.events = AriEvents(settings=self.settings, catch_up=self._catch_up, take_stray=self._take_stray)

    async def abilities(self, call: PhoneCall) -> PhoneAbilities:
        """Asks for both channels."""
        if self.events.obstacle:
            return all_alike(self.events.obstacle)
        lines = call.lines
        (agent, no_agent), (customer, no_customer) = await asyncio.gather(
            self._looked_up(lines.agent, "no_agent_line"), self._looked_up(lines.customer, "no_customer_line")
        )
        return PhoneAbilities(
            whisper=no_agent,
            barge=no_agent,
            transfer=no_customer or self._no_transfer(customer),
            hang_up="" if agent or customer else no_agent,
        )

    async def ring(self, call: PhoneCall, visit: str, phone: str) -> None:  # noqa: ARG002 - the call is not touched
        """Originates the supervisor's telephone. Raises PhoneError, "no_answer" where nobody picks up."""
        if self.events.obstacle:
            raise PhoneError(self.events.obstacle, "Asterisk's events are not connected")
        channel = self.events.watch(self._id(visit, "phone"))
        self.visits[visit] = AriVisit(phone=channel)
        query = {
            "endpoint": self.settings.endpoint.replace(PHONE, phone),
            "app": self.settings.app,
            "appArgs": visit,
            "callerId": self.settings.caller_id,
            "timeout": str(RING_S),
        }
        await self.rest.post(f"channels/{quote(channel.id)}", query)
        channel.is_made = True
        await self._arrival(channel, RING_S + ANSWER_WITHIN_S, "no_answer")

    async def whisper(self, call: PhoneCall, visit: str) -> None:
        """The supervisor is mixed into what the agent hears. Raises PhoneError."""
        await self._speak(call, visit, "whisper")

    async def barge(self, call: PhoneCall, visit: str) -> None:
        """The supervisor is mixed into what either side hears. Raises PhoneError."""
        await self._speak(call, visit, "barge")

    async def until_gone(self, call: PhoneCall, visit: str) -> None:  # noqa: ARG002 - its channels are known
        """Waits for the end of the telephone's channel, or of the snoop, which ends with the agent's channel."""
        known = self.visits[visit]
        channels = [known.phone, *known.ears[-1:]]
        await asyncio.wait([channel.gone for channel in channels], return_when=asyncio.FIRST_COMPLETED)

    async def leave(self, call: PhoneCall, visit: str) -> None:  # noqa: ARG002 - its channels are known
        """Removes both channels and the bridge. Raises PhoneError."""
        known = self.visits.pop(visit, None)
        if known is None:
            return
        channels = [known.phone, *known.ears]
        try:
            for channel in channels:
                await self.rest.delete(f"channels/{quote(channel.id)}")
            if known.has_room:
                await self.rest.delete(f"bridges/{quote(self._id(visit, 'room'))}")
        except PhoneError:
            self.visits[visit] = known
            raise
        for channel in channels:
            self.events.forget(channel.id)

    async def transfer(self, call: PhoneCall, to: str) -> None:
        """The customer goes on in the dialplan, at the extension `to`. Raises PhoneError."""
        query = {"context": self.settings.transfer_context, "extension": to, "priority": "1"}
        try:
            await self.rest.post(f"channels/{quote(call.lines.customer)}/continue", query)
        except PhoneError as error:
            raise PhoneError("not_in_stasis", str(error)) if error.code == "phone_conflict" else error from None

    async def hang_up(self, call: PhoneCall) -> None:
        """Both channels. Raises PhoneError, "line_gone" where neither is there."""
        lines = [line for line in (call.lines.customer, call.lines.agent) if line]
        ended = [await self.rest.delete(f"channels/{quote(line)}") for line in lines]
        if not any(ended):
            raise PhoneError("line_gone", f"call {call.call_id}: Asterisk knows neither of its channels")

    def forget(self, visit: str) -> None:
        """Gives up on what could not be removed: whatever is left goes when we connect again."""
        if known := self.visits.pop(visit, None):
            for channel in (known.phone, *known.ears):
                self.events.forget(channel.id)

    def _id(self, visit: str, part: str) -> str:
        return f"{self.settings.app}.{visit}.{part}"

    async def _speak(self, call: PhoneCall, visit: str, voice: Voice) -> None:
        known = self.visits[visit]
        ear = self.events.watch(self._id(visit, f"ear{next(self.numbers)}"))
        known.ears.append(ear)
        query = {"spy": "both", "whisper": WHISPER[voice], "app": self.settings.app, "appArgs": visit}
        await self.rest.post(f"channels/{quote(call.lines.agent)}/snoop/{quote(ear.id)}", query)
        ear.is_made = True
        await self._arrival(ear, ANSWER_WITHIN_S, "line_gone")
        await self._bring_together(known, visit, ear)
        while len(known.ears) > 1:
            before = known.ears[0]
            await self.rest.delete(f"channels/{quote(before.id)}")
            known.ears.remove(before)
            self.events.forget(before.id)

    async def _bring_together(self, known: AriVisit, visit: str, ear: AriChannel) -> None:
        room = quote(self._id(visit, "room"))
        new = [ear.id]
        if not known.has_room:
            known.has_room = True  # also if the answer gets lost
            await self.rest.post(f"bridges/{room}", {"type": "mixing"})
            new.append(known.phone.id)
        for pause_s in READY_AFTER_S:
            try:
                await self.rest.post(f"bridges/{room}/addChannel", {"channel": ",".join(new)})
            except PhoneError as error:
                if error.code != "phone_not_ready":
                    raise
                await asyncio.sleep(pause_s)
            else:
                return
        raise PhoneError("phone_failed", f"{ear.id}: Asterisk does not take it into a bridge")

    async def _arrival(self, channel: AriChannel, within_s: float, otherwise: str) -> None:
        try:
            async with asyncio.timeout(within_s):
                if await asyncio.shield(channel.started):
                    return
        except TimeoutError:
            raise PhoneError(otherwise, f"{channel.id} did not come within {within_s:g} s") from None
        raise PhoneError(otherwise, f"{channel.id} is gone: {channel.cause or 'not said why'}")

    async def _looked_up(self, line: str, unnamed: Obstacle) -> tuple[dict[str, Any] | None, Obstacle]:
        """A channel as Asterisk has it, or why there is none."""
        if not line:
            return None, unnamed
        try:
            found = await self.rest.get(f"channels/{quote(line)}")
        except PhoneError as error:
            return None, obstacle_of(error)
        return (found, "") if isinstance(found, dict) else (None, "phone_failed")

    def _no_transfer(self, customer: dict[str, Any] | None) -> Obstacle:
        if not self.settings.transfer_context:
            return "no_transfer_context"
        return "" if _is_in_stasis(customer) else "not_in_stasis"

    async def _catch_up(self) -> None:
        """After a connection: which of our channels came or went meanwhile, and what nobody needs."""
        with _logged("asterisk could not be asked for what was missed"):
            found = {str(one.get("id")): one for one in await self._list("channels")}
            for channel in tuple(self.events.watched.values()):
                if channel.is_made and channel.id not in found:
                    channel.go("while the connection was down")
                elif _is_in_stasis(found.get(channel.id)):
                    channel.start()
            bridges = {str(one.get("id")): one for one in await self._list("bridges")}
            for place, ids in (("channels", found), ("bridges", bridges)):
                for left in filter(self._is_left_over, ids):
                    await self.rest.delete(f"{place}/{quote(left)}")
                    log.info("removed what an earlier visit left", id=left)

    async def _list(self, what: str) -> list[dict[str, Any]]:
        found = await self.rest.get(what)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _is_left_over(self, id_: str) -> bool:
        app, _, rest = id_.partition(".")
        return app == self.settings.app and rest.rpartition(".")[0] not in self.visits and "." in rest

    async def _take_stray(self, channel_id: str) -> None:
        """A telephone that was picked up after the visit was given up."""
        if self._is_left_over(channel_id):
            with _logged("a telephone that nobody waits for could not be hung up"):
                await self.rest.delete(f"channels/{quote(channel_id)}")


def _is_in_stasis(channel: dict[str, Any] | None) -> bool:
    """Whether a channel runs the dialplan's Stasis(), and so may be moved by ARI."""
    dialplan = (channel or {}).get("dialplan")
    return isinstance(dialplan, dict) and dialplan.get("app_name") == "Stasis"


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """What fails is logged: nobody waits for it."""
    try:
        yield
    except PhoneError as error:
        log.warning(what, error=str(error))


@asynccontextmanager
async def controlling_asterisk(settings: AsteriskPhone) -> AsyncIterator[AsteriskControl]:
    """Connected as long as the block runs; the connection comes and goes beside it."""
    assert settings.url is not None, "there is an Asterisk to ask"
    async with asking("Asterisk", settings.url, settings.user, settings.password) as rest:
        control = AsteriskControl(settings=settings, rest=rest)
        listening = asyncio.create_task(control.events.run(), name="asterisk events")
        try:
            yield control
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
