"""What people corrected, as material to measure with: recordings with their words, and labelled turns. Blocks.

Only calls with a corrected line. `manifest.json` has the words of each recording turn by turn, as
`voiceassist models bench --audio` reads them; `corrections.jsonl` has every corrected line with what was heard, as
`voiceassist cues eval` reads turns. Never overwrites a file. Next: `cli/calls/corrections.py`.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from voiceassist.core.screen.corrected_call import as_corrected
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.views import CallState
from voiceassist.store.database import reading, store_errors
from voiceassist.store.export import Exported, export_calls
from voiceassist.store.recording_keys import RecordingKey
from voiceassist.store.recordings import recording_path
from voiceassist.store.rows import record_of
from voiceassist.store.schema import events

MANIFEST, TURNS = "manifest.json", "corrections.jsonl"
ROLES = {"0": "agent", "1": "customer"}  # as recordings have them


def export_corrections(database: Path, recordings: Path, to: Path, keys: Sequence[RecordingKey] = ()) -> Exported:
    """What was written. Raises StoreError."""
    calls = list(_corrected(database))
    exported = export_calls(database, recordings, [call.call_id for call in calls], to, keys)
    there = {path.name for path in exported.files}
    names = [(call, recording_path(recordings, call.call_id).name) for call in calls]
    entries = [_entry(call, name) for call, name in names if name in there]
    lines = [json.dumps(row, ensure_ascii=False) for call in calls for row in _turns(call)]
    with store_errors(to, "written"):
        for name, text in (
            (MANIFEST, json.dumps(entries, ensure_ascii=False, indent=1)),
            (TURNS, "\n".join(lines)),
        ):
            with (to / name).open("x", encoding="utf-8") as file:
                file.write(f"{text}\n")
            exported.files.append(to / name)
    return exported


def _corrected(database: Path) -> Iterator[CallState]:
    with reading(database) as connection:
        wanted = select(events.c.call_id).where(events.c.type == "line_corrected").distinct()
        for call_id in connection.scalars(wanted.order_by(events.c.call_id)).all():
            bodies = select(events.c.body).where(events.c.call_id == call_id).order_by(events.c.seq)
            state = replay(map(record_of, connection.scalars(bodies)))
            if state.corrections:
                yield state


def _entry(call: CallState, file: str) -> dict[str, Any]:
    said = sorted(as_corrected(call).finals, key=lambda line: line.start_ms)
    turns = [{"role": line.speaker, "text": line.text} for line in said]
    return {"file": file, "reference_quality": "corrected", "channel_roles": ROLES, "turns": turns}


def _turns(call: CallState) -> Iterator[dict[str, Any]]:
    heard = {(line.speaker, line.utterance): line.text for line in call.finals}
    for one in call.corrections:
        yield {
            "id": f"{call.call_id}:{one.speaker}:{one.utterance}",
            "speaker": one.said_by,
            "text": one.text,
            "text_asr": heard.get((one.speaker, one.utterance), ""),
            "source": "corrections",
            "meta": {"call_id": call.call_id, "by": one.by},
        }
