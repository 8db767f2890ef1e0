"""The committed contract files say what the program does; the web tests read the same files."""

import json
from pathlib import Path

import pytest

from voiceassist.core.screen import state as screen_state
from voiceassist.core.screen import wall as screen_wall
from voiceassist.events import EVENT_CLASSES
from voiceassist.wire import decode, to_json

from .make_golden import HERE, files
from .streams import STREAMS

GOLDEN = sorted((HERE / "golden").glob("*.json"))


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_committed_contract_file_is_what_the_program_computes(path: Path) -> None:
    hint = "run `python -m tests.contract.make_golden`, then `npm run generate` in web/"
    assert path.read_text(encoding="utf-8") == files()[path], hint


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_records_from_json_give_the_golden_states(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    records = [decode(record) for record in data["records"]]
    for count, (state, row) in enumerate(zip(data["states"], data["rows"], strict=True), start=1):
        assert to_json(screen_state.replay(records[:count])) == state
        assert to_json(screen_wall.row_of(records[:count])) == row


def test_golden_streams_hold_every_event_class() -> None:
    seen = {type(record.event) for records in STREAMS.values() for record in records}
    assert seen == set(EVENT_CLASSES)
