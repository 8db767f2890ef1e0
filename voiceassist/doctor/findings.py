"""What the numbers of a call mean for who connects a phone system: what is well, what is not, and what to do.

Pure. Next: `cli/doctor/ingest.py` prints them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from voiceassist.doctor.heard_call import HeardCall
from voiceassist.doctor.leg_meter import LegMeter
from voiceassist.events import Speaker

TOO_QUIET_DBFS = -40.0  # talk on a telephone line is at -30 to -15
CLIPPED_SHARE = 0.001
LOST_SHARE = 0.01
ENOUGH_MS = 5_000  # of a call, to judge it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about a call."""

    is_well: bool
    text: str


def findings(call: HeardCall) -> list[Finding]:
    """All there is to say of a call; what is not well says what to do."""
    if not call.meters:
        told = "no audio came: does the phone system start its stream, and in this protocol's messages?"
        return [Finding(is_well=False, text=told)]
    return [*_legs(call), *_greeting(call), *_said(call), *_proof(call)]


def _legs(call: HeardCall) -> Iterator[Finding]:
    for leg in call.info.legs:
        meter = call.meters.get(leg)
        level = meter.level_dbfs if meter else None
        if meter is None or level is None or leg not in call.announced_legs:
            yield Finding(is_well=False, text=_silent(call, leg))
        else:
            yield from _sounding(leg, meter, level, call.duration_ms)


def _silent(call: HeardCall, leg: Speaker) -> str:
    if leg not in call.announced_legs:
        return f"{leg}: nobody brings this leg: connect a second time with the same call id, or send both tracks"
    return f"{leg}: nothing was heard on this leg: is only one track sent, or is this side muted?"


def _sounding(leg: Speaker, meter: LegMeter, level: float, duration_ms: int) -> Iterator[Finding]:
    at = "" if meter.first_ms is None else f", first at {meter.first_ms / 1000:.1f} s"
    sounds = f"{leg}: {level:.0f} dBFS while it sounds, {meter.sounding_share:.0%} of the time{at}"
    if level < TOO_QUIET_DBFS:
        yield Finding(is_well=False, text=f"{sounds}: too quiet to be understood well; raise the gain of this leg")
    elif meter.clipped_share > CLIPPED_SHARE:
        share = f"{meter.clipped_share:.1%} of the samples are cut off"
        yield Finding(is_well=False, text=f"{sounds}: {share}: lower the gain, or check the encoding")
    else:
        yield Finding(is_well=True, text=sounds)
    if meter.lost_ms > LOST_SHARE * duration_ms:
        yield Finding(
            is_well=False, text=f"{leg}: {meter.lost_ms / 1000:.1f} s were lost on the way: check the network"
        )


def _greeting(call: HeardCall) -> Iterator[Finding]:
    first = call.first_to_speak
    if first == "agent":
        yield Finding(is_well=True, text="the agent was heard first, and said the greeting: the legs look right")
    elif first == "customer":
        told = "the customer was heard first: unless the agent made the call, the legs are swapped"
        yield Finding(is_well=False, text=told)
    if call.duration_ms < ENOUGH_MS:
        told = f"only {call.duration_ms / 1000:.1f} s were heard: talk on both sides for some seconds"
        yield Finding(is_well=False, text=told)


def _said(call: HeardCall) -> Iterator[Finding]:
    for code, message in call.warnings.items():
        yield Finding(is_well=False, text=f"{code}: {message}")


def _proof(call: HeardCall) -> Iterator[Finding]:
    if not call.is_proven:
        told = "it came without a key or a signature: a server where people sign in refuses it"
        yield Finding(is_well=False, text=told)
