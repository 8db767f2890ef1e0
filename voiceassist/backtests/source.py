"""Where stored calls come from: a data folder, a file of records, or a folder of such files.

Reads only, one call at a time; a file is read whole, but decoded call by call. Only the events that a rerun needs
are decoded. Next: `run.py`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voiceassist import wire
from voiceassist.errors import ConfigError, PeerError
from voiceassist.events import CallStarted, Event
from voiceassist.speech_models.language import serves
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.database import DATABASE
from voiceassist.store.past_calls import bodies_of, newest_calls
from voiceassist.trials.rerun import NEEDED, StoredCall, stored_call

TYPES = tuple(wire.type_name(cls) for cls in NEEDED)

_CALL_ID = re.compile(r'"call_id"\s*:\s*"((?:[^"\\]|\\.)*)"')
_TYPE = re.compile(r'"type"\s*:\s*"(\w+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCalls:
    """Calls, and how many there will be."""

    total: int
    calls: Iterator[StoredCall]


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A record, with its place to blame."""

    place: str  # file:line
    text: str


def stored_calls(path: Path, language: str, last: int | None = None, scope: CallScope = EVERY_CALL) -> StoredCalls:
    """The newest `last` finished calls (None: all) in a language; of a data folder those in scope.

    Raises ConfigError where there are none to look for. Reading them raises StoreError, or PeerError that names
    file and line.
    """
    if path.is_dir() and (path / DATABASE).is_file():
        return _from_database(path / DATABASE, language, last, scope)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.is_file() else []
    if not files:
        raise ConfigError(
            f"{path}: no calls here; name a data folder (with {DATABASE}), a file of records (.jsonl), "
            "or a folder of such files"
        )
    found = [call for file in files for call in _grouped(file).values()]
    spoken = [lines for lines in found if _is_in(lines, language)]
    chosen = spoken[-last:] if last else spoken
    return StoredCalls(total=len(chosen), calls=map(_decoded, chosen))


def _from_database(path: Path, language: str, last: int | None, scope: CallScope) -> StoredCalls:
    call_ids = newest_calls(path, language, last, scope)
    calls = (
        stored_call(call_id, [wire.decode(json.loads(body)).event for body in bodies])
        for call_id, bodies in bodies_of(path, call_ids, TYPES)
    )
    return StoredCalls(total=len(call_ids), calls=calls)


def _grouped(file: Path) -> dict[str, list[StoredLine]]:
    """The lines of every call that a rerun needs, in the order of the file."""
    calls: dict[str, list[StoredLine]] = {}
    try:
        with file.open(encoding="utf-8") as lines:
            for number, text in enumerate(lines, start=1):
                if text.strip():
                    _sort_in(calls, StoredLine(f"{file}:{number}", text))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from error
    return calls


def _sort_in(calls: dict[str, list[StoredLine]], line: StoredLine) -> None:
    call_id, kind = _CALL_ID.search(line.text), _TYPE.search(line.text)
    if call_id is None or kind is None:
        raise PeerError("bad_record", f"{line.place}: not a record: it has no `call_id` and `type`")
    if kind[1] in TYPES:
        calls.setdefault(call_id[1], []).append(line)


def _is_in(lines: list[StoredLine], language: str) -> bool:
    """Whether the lines are a call in that language, or one whose start is lacking: the run tells of those."""
    first = _event(lines[0])
    return not isinstance(first, CallStarted) or serves(first.language, language)


def _decoded(lines: list[StoredLine]) -> StoredCall:
    call_id = _CALL_ID.search(lines[0].text)
    assert call_id is not None
    return stored_call(json.loads(f'"{call_id[1]}"'), [_event(line) for line in lines])


def _event(line: StoredLine) -> Event:
    try:
        return wire.decode(json.loads(line.text)).event
    except ValueError as error:
        raise PeerError("bad_record", f"{line.place}: not JSON: {error}") from None
    except PeerError as error:
        raise PeerError("bad_record", f"{line.place}: {error}") from None
