"""Writes the golden files: hand-made record streams with the screen's state after each record.

`python -m tests.contract.make_golden` writes `golden/*.json`, `wall_filters.json` and `*.schema.json` from `core`,
`wire.py` and `server/`. Never called by a test: the tests compare the committed files with what this computes.
Next: `test_golden.py` here and `web/test/golden.test.ts` read the files.
"""

import json
import re
from pathlib import Path

from voiceassist.core.screen import state as screen_state
from voiceassist.core.screen import wall as screen_wall
from voiceassist.core.screen.wallfilter import WallFilter, matches
from voiceassist.events import Record
from voiceassist.server.http import build_api
from voiceassist.wire import Json, encode, json_schema, to_json

from .streams import STREAMS

HERE = Path(__file__).parent
REFERENCE = re.compile(r"#/components/schemas/(\w+)")


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


FILTERS = (
    WallFilter(),
    WallFilter(teams=("returns", "billing")),
    WallFilter(teams=("",)),
    WallFilter(agents=("agent-anna",)),
    WallFilter(levels=("warning",)),
    WallFilter(levels=("critical",), kinds=("threat", "help")),
    WallFilter(kinds=("dead_end",)),
    WallFilter(languages=("es",)),
    WallFilter(lost_line=True),
    WallFilter(alerts=True),
    WallFilter(alerts=True, languages=("en",), levels=("info", "critical")),
)


def wall_filters() -> Json:
    """Which filter lets which rows of the golden files through, as "1" and "0" for each row."""
    shown: Json = {}
    for name, records in STREAMS.items():
        rows = [screen_wall.open_row(records[0])]
        for record in records[1:]:
            rows.append(screen_wall.apply_wall(rows[-1], record))
        shown[name] = ["".join(str(int(matches(wanted, row))) for row in rows) for wanted in FILTERS]
    return {"filters": [to_json(wanted) for wanted in FILTERS], "shown": shown}


def files() -> dict[Path, str]:
    """Every contract file with the text that belongs into it."""
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    rest = json.dumps(rest_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    goldens = {HERE / "golden" / f"{name}.json": _text(golden(name, records)) for name, records in STREAMS.items()}
    filters = json.dumps(wall_filters(), indent=1, ensure_ascii=False) + "\n"
    schemas = {HERE / "wire.schema.json": schema, HERE / "rest.schema.json": rest}
    return {**schemas, HERE / "wall_filters.json": filters, **goldens}


def rest_schema() -> Json:
    """What the REST routes take and answer, as their OpenAPI description has it.

    An answer always carries every field; a request may leave out those that have a default.
    """
    described = build_api(demo=True).openapi()
    schemas: Json = described["components"]["schemas"]
    asked = _named_in(list(described["paths"].values()), schemas)
    return {name: schema if name in asked else _complete(schema) for name, schema in schemas.items()}


def _named_in(paths: list[Json], schemas: Json) -> set[str]:
    """The schemas that request bodies are made of."""
    bodies = [operation.get("requestBody") for path in paths for operation in path.values()]
    found: set[str] = set()
    waiting = set(REFERENCE.findall(json.dumps(bodies)))
    while waiting:
        found |= waiting
        waiting = {other for name in waiting for other in REFERENCE.findall(json.dumps(schemas[name]))} - found
    return found


def _complete(schema: Json) -> Json:
    return schema | {"required": sorted(schema["properties"])} if "properties" in schema else schema


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
