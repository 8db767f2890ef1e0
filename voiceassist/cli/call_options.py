"""The options of `call` and `send`, and what their texts mean. Raises CallerError for what means nothing.

Next: `call.py` and `send.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from voiceassist.callers.caller import CallerError, PlacedCall
from voiceassist.callers.plan import KeyPress, Manner, Stretch
from voiceassist.callers.protocols import PROTOCOLS
from voiceassist.events import SPEAKERS, Customer, Person, Speaker

BOTH_LEGS = ",".join(SPEAKERS)
HERE = "http://127.0.0.1:8710"
PRESSED = re.compile(r"(\d+(?:\.\d+)?):(agent|customer):([0-9*#a-d])")  # keys: ITU-T Q.23
PROTOCOL_HELP = "; ".join(f"{name}: {protocol.what}" for name, protocol in PROTOCOLS.items())

RecordingArgument = Annotated[
    str,
    typer.Argument(metavar="FILE", help="Two channels, agent left, customer right; or the name of a sample call."),
]
To = Annotated[
    str, typer.Option(help="The server, as pages name it (http://…), or its ingest socket (ws://…/ingest/…).")
]
CallIdOption = Annotated[str | None, typer.Option(help="Id of the call. Default: the file's name and a number.")]
AgentName = Annotated[str, typer.Option(help="The agent's name.")]
AgentTeam = Annotated[str, typer.Option(help="The agent's team: it decides which playbook the call gets.")]
CustomerName = Annotated[str, typer.Option(help="The customer's name.")]
CallLanguage = Annotated[str | None, typer.Option(help="Language of the call: en, es … Default: the server's.")]
Speed = Annotated[float, typer.Option(min=0.1, help="Times real time.")]
Protocol = Annotated[str, typer.Option("--protocol", help=f"{PROTOCOL_HELP}.")]
CustomerTier = Annotated[str, typer.Option("--tier", help="The customer's tier.")]
ProtocolOptions = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An option of the protocol.")
]
Legs = Annotated[str, typer.Option("--legs", help="Whose voice each channel is, in order.")]
SentRate = Annotated[
    int | None, typer.Option("--rate", help="Sample rate to send, in Hertz. Default: the file's.")
]
PerLeg = Annotated[bool, typer.Option("--per-leg", help="A connection for each leg.")]
Loss = Annotated[float, typer.Option("--loss", min=0, max=100, help="Percent of frames that never come.")]
Jitter = Annotated[int, typer.Option("--jitter", min=0, help="Milliseconds by which a frame may come late.")]
Reorder = Annotated[
    float, typer.Option("--reorder", min=0, max=100, help="Percent of frames that the next overtakes.")
]
Pauses = Annotated[
    list[str] | None, typer.Option("--pause", metavar="FROM:TO", help="On hold between these seconds.")
]
Drops = Annotated[
    list[str] | None,
    typer.Option("--drop", metavar="AT:FOR", help="The line dies at a second, and is back after some."),
]
Cut = Annotated[float | None, typer.Option("--cut", help="Everything dies at this second, without a farewell.")]
Dtmf = Annotated[
    list[str] | None, typer.Option("--dtmf", metavar="AT:LEG:KEY", help="Somebody presses a key: 5:agent:1.")
]
Seed = Annotated[int, typer.Option("--seed", help="Another number loses other frames.")]


def placed_call(
    call_id: str,
    people: tuple[Person, Customer],
    language: str | None,
    key: str | None,
    options: Sequence[str] = (),
) -> PlacedCall:
    """What is known of the call."""
    agent, customer = people
    return PlacedCall(
        call_id=call_id, agent=agent, customer=customer, language=language, key=key, options=_options(options)
    )


def people(agent: str, team: str, customer: str, tier: str = "standard") -> tuple[Person, Customer]:
    """Who speaks; their ids are their names in small letters."""
    return (
        Person(id=agent.lower(), name=agent, team=team),
        Customer(id=customer.lower(), name=customer, tier=tier),
    )


def line_manner(loss: float, jitter: int, reorder: float, cut: float | None, seed: int) -> Manner:
    """What the line does to audio."""
    cut_ms = None if cut is None else round(cut * 1000)
    return Manner(loss=loss / 100, jitter_ms=jitter, reorder=reorder / 100, cut_ms=cut_ms, seed=seed)


def with_doings(
    manner: Manner, pauses: Sequence[str] | None, drops: Sequence[str] | None, keys: Sequence[str] | None
) -> Manner:
    """And what happens meanwhile."""
    return replace(
        manner,
        pauses=tuple(_between("--pause", text) for text in pauses or ()),
        drops=tuple(_for_a_while("--drop", text) for text in drops or ()),
        keys=tuple(_pressed(text) for text in keys or ()),
    )


def legs_named(text: str) -> tuple[Speaker, ...]:
    """Whose voices the channels are, in their order."""
    names = tuple(name.strip() for name in text.split(","))
    legs = tuple(speaker for name in names for speaker in SPEAKERS if speaker == name)
    if len(legs) != len(names) or len(set(legs)) != len(legs):
        raise CallerError(f"--legs {text}: name each channel once, in order: agent,customer, or only one of them")
    return legs


def _options(given: Sequence[str]) -> dict[str, str]:
    options = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise CallerError(f"--set {text}: write NAME=VALUE, as in --set encoding=mulaw")
        options[name.strip()] = value
    return options


def _between(option: str, text: str) -> Stretch:
    """`10:15`: from the tenth second to the fifteenth."""
    start_ms, end_ms = _seconds(option, text, "FROM:TO, as in 10:15")
    return _stretch(option, text, start_ms, end_ms)


def _for_a_while(option: str, text: str) -> Stretch:
    """`20:3`: from the twentieth second on, for three."""
    start_ms, for_ms = _seconds(option, text, "AT:FOR, as in 20:3")
    return _stretch(option, text, start_ms, start_ms + for_ms)


def _stretch(option: str, text: str, from_ms: int, to_ms: int) -> Stretch:
    if not 0 <= from_ms < to_ms:
        raise CallerError(f"{option} {text}: it ends before it begins")
    return Stretch(from_ms=from_ms, to_ms=to_ms)


def _seconds(option: str, text: str, wanted: str) -> tuple[int, int]:
    first, _, second = text.partition(":")
    try:
        return round(float(first) * 1000), round(float(second) * 1000)
    except (ValueError, OverflowError):
        raise CallerError(f"{option} {text}: write seconds as {wanted}") from None


def _pressed(text: str) -> KeyPress:
    found = PRESSED.fullmatch(text.lower())
    if found is None:
        raise CallerError(f"--dtmf {text}: write AT:LEG:KEY with one of 0123456789*#ABCD, as in 5:agent:1")
    at, leg, key = found.groups()
    (speaker,) = legs_named(leg)
    return KeyPress(at_ms=round(float(at) * 1000), speaker=speaker, key=key.upper())
