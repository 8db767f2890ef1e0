"""The document that describes sockets and topics says what the code does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

import voiceassist.server
from voiceassist.bus.topics import (
    PRESENCE_QOS,
    RECORD_QOS,
    is_droppable,
    notice_topic,
    presence,
    presence_topic,
    topic_for,
)
from voiceassist.events import CallEnded, CueConfirmed, Record, is_durable
from voiceassist.ingest.stream.dialect import CLOSE_CODES
from voiceassist.ingest.stream.start import parse_start, start_schema
from voiceassist.wire import EVENT_TYPES, json_schema

from .test_bus_topics import RECORDS

(FOLDER,) = voiceassist.server.__path__
DOCUMENT: Any = yaml.safe_load((Path(FOLDER) / "asyncapi.yaml").read_text(encoding="utf-8"))
CHANNELS = DOCUMENT["channels"]
ASSURED = CHANNELS["assuredEvent"]["parameters"]["assured_event"]["enum"]
OTHER = CHANNELS["otherEvent"]["parameters"]["other_event"]["enum"]


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def resolved(document: Any, pointer: str) -> Any:
    for part in pointer.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_every_reference_leads_somewhere() -> None:
    schema = json_schema()
    for reference in references(DOCUMENT):
        where, _, pointer = reference.partition("#")
        assert where in ("", "/api/schema.json"), reference
        assert resolved(schema if where else DOCUMENT, f"#{pointer}"), reference


def test_every_published_event_type_is_listed_with_its_quality_of_service() -> None:
    by_name = {name: event for name in EVENT_TYPES for event in [sample(name)] if is_durable(event)}
    assert set(ASSURED) == {name for name, event in by_name.items() if not is_droppable(event)}
    assert set(OTHER) == {name for name, event in by_name.items() if is_droppable(event)}


def sample(name: str) -> Any:
    return next(record.event for record in RECORDS if type(record.event) is EVENT_TYPES[name])


def test_topics_and_bindings_are_the_documented_ones() -> None:
    ended = Record(call_id="c", seq=1, event=CallEnded(at_ms=1, reason="hangup"))
    cue = Record(call_id="c", seq=1, event=CueConfirmed(at_ms=1, cue_id="c1"))
    fill = {"site": "s", "call_id": "c", "node_id": "n"}
    assert address("assuredEvent").format(**fill, assured_event="call_ended") == topic_for("s", ended)
    assert address("otherEvent").format(**fill, other_event="cue_confirmed") == topic_for("s", cue)
    assert address("presence").format(**fill) == presence_topic("s", "n")
    assert address("notice").format(site="s", channel="desk") == notice_topic("s", "desk")
    assert binding("publishNotice") == {"qos": RECORD_QOS, "retain": False}
    assert binding("publishAssuredEvent") == {"qos": RECORD_QOS, "retain": False}
    assert binding("publishOtherEvent") == {"qos": RECORD_QOS, "retain": False}
    assert binding("publishPresence") == {"qos": PRESENCE_QOS, "retain": True}


def address(channel: str) -> str:
    text: str = CHANNELS[channel]["address"]
    return text


def binding(operation: str) -> Any:
    return DOCUMENT["operations"][operation]["bindings"]["mqtt"]


def test_presence_messages_fit_their_schema() -> None:
    schema = DOCUMENT["components"]["messages"]["presence"]["payload"]
    jsonschema.validate(presence("n", "offline", since=None), schema)
    jsonschema.validate(presence("n", "online", since="2026-11-21T09:30:00+00:00"), schema)


def test_the_start_message_has_the_fields_that_ingest_takes() -> None:
    documented = DOCUMENT["components"]["schemas"]["Start"]
    real = start_schema()
    assert set(documented["properties"]) == set(real["properties"])
    assert set(documented["required"]) == set(real["required"])


def test_the_example_start_message_is_accepted_by_ingest() -> None:
    (example,) = DOCUMENT["components"]["messages"]["start"]["examples"]
    jsonschema.validate(example["payload"], DOCUMENT["components"]["schemas"]["Start"])
    assert parse_start(example["payload"]).call_id == "c-17"


def test_every_ingest_error_code_is_listed() -> None:
    payload = DOCUMENT["components"]["messages"]["ingestError"]["payload"]
    assert set(payload["properties"]["code"]["enum"]) == set(CLOSE_CODES)
