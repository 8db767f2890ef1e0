"""Writes the golden files: hand-made record streams with the screen's state after each record.

`python -m tests.contract.make_golden` writes `golden/*.json` and `wire.schema.json` from `core/screen/`
and `wire.py`. Never called by a test: the tests compare the committed files with what this computes.
Next: `test_golden.py` here and `web/test/golden.test.ts` read the files.
"""

import json
from pathlib import Path

from voiceassist.core.screen import state as screen_state
from voiceassist.core.screen import wall as screen_wall
from voiceassist.events import Record
from voiceassist.wire import Json, encode, json_schema, to_json

from .streams import STREAMS

HERE = Path(__file__).parent


def golden(name: str, records: list[Record]) -> Json:
    """One golden file: the records, and the call's state and wall row after each of them."""
    states, rows = [screen_state.open_call(records[0])], [screen_wall.open_row(records[0])]
    for record in records[1:]:
        states.append(screen_state.apply(states[-1], record))
        rows.append(screen_wall.apply_wall(rows[-1], record))
    return {
        "name": name,
        "records": [encode(record) for record in records],
        "states": [to_json(state) for state in states],
        "rows": [to_json(row) for row in rows],
    }


def files() -> dict[Path, str]:
    """Every contract file with the text that belongs into it."""
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    goldens = {HERE / "golden" / f"{name}.json": _text(golden(name, records)) for name, records in STREAMS.items()}
    return {HERE / "wire.schema.json": schema, **goldens}


def _text(value: Json) -> str:
    """JSON with one record, state or row per line: small, and a change reads well in a diff."""
    lists = (f"{json.dumps(key)}: {_lines(items)}" for key, items in value.items() if key != "name")
    return "{" + f'"name": {json.dumps(value["name"])},\n' + ",\n".join(lists) + "}\n"


def _lines(items: list[Json]) -> str:
    return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in items) + "\n]"


def main() -> None:
    """Write the files."""
    (HERE / "golden").mkdir(exist_ok=True)
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
