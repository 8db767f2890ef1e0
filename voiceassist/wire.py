"""Events ⇄ JSON: the one versioned contract with browsers, bus, files and `replay --json`.

A record is one flat object: `type`, `call_id`, `seq`, `at_ms`, then the event's own fields. The JSON Schema
made here is the source of the TypeScript types; golden files are read by both test suites.
Never reads or writes a socket or a file.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, TypeVar

from annotated_types import MaxLen
from pydantic import TypeAdapter, ValidationError

from voiceassist.actions import ACTION_CLASSES, Action, Id
from voiceassist.core.screen.views import CallState
from voiceassist.core.screen.wall import WallRow
from voiceassist.core.screen.wallfilter import EVERY_ROW, WallFilter
from voiceassist.errors import ActionError, PeerError
from voiceassist.events import EVENT_CLASSES, Event, Record, Speaker

WIRE_VERSION = 2
WORDS_OF = 200  # rows that a wall of screens draws at most, and those just beyond its edges

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """First message of a call socket: the whole call. Replaces whatever the client had."""

    type: Literal["snapshot"] = "snapshot"
    version: int = WIRE_VERSION
    boot: str  # this server process; a client resumes by number only within one boot
    state: CallState


@dataclass(frozen=True, slots=True, kw_only=True)
class WallSnapshot:
    """First message of a wall socket: live calls, and the newest finished ones with unresolved alerts.

    Replaces whatever the client had.
    """

    type: Literal["wall_snapshot"] = "wall_snapshot"
    version: int = WIRE_VERSION
    boot: str
    rows: tuple[WallRow, ...]
    more: bool = (
        False  # the rest of the rows follows in `WallRows`, until one of these says that there are no more
    )
    older: int = 0  # finished calls with unresolved alerts that are not on the wall, of all whom one may see
    follow_up_days: int = 0  # older calls are not followed up on the wall any more; 0: all are
    sent_at: str = ""  # the server's wall clock, ISO 8601 with zone; only to screens that want rows


@dataclass(frozen=True, slots=True, kw_only=True)
class WallRowAdded:
    """A finished call is on the wall again. Replaces the client's row of that call, if it has one."""

    type: Literal["wall_row_added"] = "wall_row_added"
    row: WallRow


@dataclass(frozen=True, slots=True, kw_only=True)
class WallOlder:
    """The number of finished calls with unresolved alerts that are not on the wall has changed."""

    type: Literal["wall_older"] = "wall_older"
    older: int  # of all whom one may see
    left: tuple[str, ...] = ()  # calls whose rows leave the wall, because newer ones have come


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowWall:
    """What a wall screen that wants rows says first, and whenever it shows something else."""

    type: Literal["show_wall"] = "show_wall"
    filter: WallFilter = EVERY_ROW
    # Calls in view: of the others, words are told only together with something else. None: words of every call.
    words_of: Annotated[tuple[Id, ...], MaxLen(WORDS_OF)] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WallRows:
    """Rows as they are now, new ones and those that have changed. Only to screens that want rows."""

    type: Literal["wall_rows"] = "wall_rows"
    rows: tuple[WallRow, ...]
    left: tuple[str, ...] = ()  # calls that are not on this wall any more
    aged: tuple[str, ...] = ()  # of those, calls that newer ones have pushed out: they are counted as older now
    more: bool = False  # of the rows that a snapshot began with


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWords:
    """What was said last in a call, and how much; the rest of its row is as it was."""

    call_id: str
    seq: int
    at_ms: int
    last_words: str
    last_speaker: Speaker | None
    agent_ms: int
    customer_ms: int
    heard_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WallWords:
    """Words of calls in view. Only to screens that want rows."""

    type: Literal["wall_words"] = "wall_words"
    calls: tuple[RowWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WallTotals:
    """All that one may see, whatever the filter: for a filtered screen, so that nothing is overlooked.

    Comes within two seconds of a change.
    """

    type: Literal["wall_totals"] = "wall_totals"
    live: int  # calls
    help: int  # of those, whose agent asks for help
    critical: int  # of the others, by the worst of their unresolved alerts
    warning: int
    teams: tuple[str, ...]  # what may be chosen: of all rows, in order
    languages: tuple[str, ...]
    kinds: tuple[str, ...]  # of unresolved alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """First message of a call socket that named the last number it saw: exactly the rest follows."""

    type: Literal["resumed"] = "resumed"
    version: int = WIRE_VERSION
    boot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorMessage:
    """Something the peer did wrong, or a call we failed; `message` is fit for a person."""

    type: Literal["error"] = "error"
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Sent when nothing else is: a client that hears nothing for 25 s has lost its connection."""

    type: Literal["ping"] = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """First message of a call socket that waits, for there is no such call yet: its snapshot follows its start."""

    type: Literal["awaited"] = "awaited"
    version: int = WIRE_VERSION
    boot: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """The call of this socket broke off and goes on as another one, which is live and has a socket of its own."""

    type: Literal["continued"] = "continued"
    call_id: str  # of the call that goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsOpened:
    """First message of the socket with a live call's levels."""

    type: Literal["levels_opened"] = "levels_opened"
    version: int = WIRE_VERSION
    boot: str
    tells_agent: bool = True  # who listens in (the setting `tell_listening`)
    delay_ms: int = 0  # by which who listens in hears the call later (`listen_delay_s`)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLevels:
    """How loud one leg was, in steps of 100 ms that follow each other."""

    speaker: Speaker
    from_ms: int  # of the call: where the first step begins
    levels: tuple[int, ...]  # decibels above -60 dBFS: 0 is silence, 60 full scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """How loud a live call was since the message before. What a slow client missed is not sent again."""

    type: Literal["levels"] = "levels"
    legs: tuple[LegLevels, ...]
    behind_ms: int = 0  # how late who listens in is sent what is said; 0: nobody listens


ServerMessage = (
    Snapshot
    | WallSnapshot
    | WallRowAdded
    | WallRows
    | WallWords
    | WallTotals
    | WallOlder
    | Resumed
    | Awaited
    | Continued
    | ErrorMessage
    | Ping
    | LevelsOpened
    | Levels
)


def type_name(cls: type) -> str:
    """`CueConfirmed` → `cue_confirmed`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


EVENT_TYPES: Mapping[str, type[Event]] = {type_name(cls): cls for cls in EVENT_CLASSES}
ACTION_TYPES: Mapping[str, type[Action]] = {type_name(cls): cls for cls in ACTION_CLASSES}


_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(cls: type[T]) -> TypeAdapter[T]:
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls]


def to_json(value: Any) -> Any:  # noqa: ANN401 - whatever JSON the value has
    """Any dataclass of the contract as plain JSON values."""
    return _adapter(type(value)).dump_python(value, mode="json")


def encode(record: Record) -> Json:
    """A record as one flat JSON object."""
    head = {"type": type_name(type(record.event)), "call_id": record.call_id, "seq": record.seq}
    body: Json = to_json(record.event)
    return head | body


def encode_line(record: Record) -> str:
    """A record as one line of JSON, without the newline.

    Encoded once: the store, the broker and every screen get the same text.
    """
    if record.line is None:
        object.__setattr__(record, "line", dumps(encode(record)))  # what is kept is no part of the frozen value
    assert record.line is not None
    return record.line


def encode_in_pieces(value: Any) -> str:  # noqa: ANN401 - whatever `to_json` takes
    """The text of `dumps(to_json(value))`, made item by item.

    No step holds the interpreter for long: a thread can encode a long call while the event loop goes on.
    """
    if is_dataclass(value):
        pieces = (f'"{part.name}":{encode_in_pieces(getattr(value, part.name))}' for part in fields(value))
        return f"{{{','.join(pieces)}}}"
    if isinstance(value, tuple):
        return f"[{','.join(dumps(to_json(item)) for item in value)}]"
    return dumps(to_json(value))


def dumps(value: Json) -> str:
    """Compact JSON, readable in any alphabet."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def list_text(head: Json, name: str, items: Iterable[str]) -> str:
    """`head` with one more field: a list of what is JSON already, encoded once for everybody who gets it."""
    return f'{dumps(head)[:-1]},"{name}":[{",".join(items)}]}}'


def decode_show(text: str) -> ShowWall:
    """What a wall screen shows. Raises PeerError."""
    try:
        return _validated(ShowWall, json.loads(text))
    except (ValueError, RecursionError):
        raise PeerError("bad_json", "a wall screen says what it shows, as one JSON object") from None


def decode(data: Json) -> Record:
    """The record that `encode` made; PeerError names the field that is wrong."""
    body = dict(data)
    cls = _class_of(body.pop("type", None), EVENT_TYPES, "event")
    call_id, seq = body.pop("call_id", None), body.pop("seq", None)
    if not isinstance(call_id, str) or not isinstance(seq, int):
        raise PeerError("bad_record", "a record needs `call_id` (text) and `seq` (whole number)")
    return Record(call_id=call_id, seq=seq, event=_validated(cls, body))


# What the server says of every action, whatever the client may claim: when it happened, and who did it.
SERVER_SAYS = ("at_ms", "by", "done_at", "login")


def decode_action(data: Json, *, at_ms: int, by: str, done_at: str = "", login: str = "") -> Action:
    """The action that a screen sent. Raises ActionError."""
    body = {key: value for key, value in data.items() if key not in ("type", *SERVER_SAYS)}
    try:
        cls = _class_of(data.get("type"), ACTION_TYPES, "action")
        said = {"at_ms": at_ms, "by": by, "done_at": done_at, "login": login}
        return _validated(
            cls, body | {field.name: said[field.name] for field in fields(cls) if field.name in said}
        )
    except PeerError as error:
        raise ActionError(error.code, str(error)) from None


def _class_of(name: object, classes: Mapping[str, type[T]], what: str) -> type[T]:
    if not isinstance(name, str) or name not in classes:
        raise PeerError(f"unknown_{what}", f"`type` is {name!r}; known types are {', '.join(sorted(classes))}")
    return classes[name]


def _validated(cls: type[T], body: Json) -> T:
    try:
        return _adapter(cls).validate_python(body, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "(the whole object)"
        raise PeerError("bad_field", f"{type_name(cls)}: `{field}`: {first['msg']}") from None


# ---- the schema ------------------------------------------------------------------------------------------


def json_schema() -> Json:
    """One JSON Schema document with a definition per event, record, action, state and server message."""
    bodies = (*EVENT_CLASSES, CallState, WallRow, ShowWall, *ServerMessage.__args__)
    inputs = [(cls, "serialization", _adapter(cls)) for cls in bodies]
    _, document = TypeAdapter.json_schemas(inputs, ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    defs: Json = document["$defs"]
    defs |= {f"{cls.__name__}Record": _record_schema(cls) for cls in EVENT_CLASSES}
    defs |= {cls.__name__: _action_schema(cls) for cls in ACTION_CLASSES}
    defs["Record"] = _one_of(f"{cls.__name__}Record" for cls in EVENT_CLASSES)
    defs["Action"] = _one_of(cls.__name__ for cls in ACTION_CLASSES)
    defs["ServerMessage"] = _one_of([cls.__name__ for cls in ServerMessage.__args__] + ["Record"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "VoiceassistWire",
        "description": f"voiceassist wire contract, version {WIRE_VERSION}",
        "$defs": {name: defs[name] for name in sorted(defs)},
    }


def _record_schema(cls: type[Event]) -> Json:
    head = {
        "type": "object",
        "properties": {
            "type": {"const": type_name(cls), "type": "string"},
            "call_id": {"type": "string"},
            "seq": {"type": "integer"},
        },
        "required": ["type", "call_id", "seq"],
    }
    return {"allOf": [head, {"$ref": f"#/$defs/{cls.__name__}"}]}


def _action_schema(cls: type[Action]) -> Json:
    schema = TypeAdapter(cls).json_schema(mode="validation")
    for name in SERVER_SAYS:
        schema["properties"].pop(name, None)
    schema["properties"]["type"] = {"const": type_name(cls), "type": "string"}
    schema["required"] = ["type", *(name for name in schema["required"] if name not in SERVER_SAYS)]
    return schema


def _one_of(names: Iterable[str]) -> Json:
    return {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in names]}
