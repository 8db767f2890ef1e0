"""Topics, quality of service and what may be lost: pure."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.bus import topics
from voiceassist.events import CueConfirmed, Record
from voiceassist.wire import decode

CONFIRMED = Record(call_id="call-7", seq=3, event=CueConfirmed(at_ms=1200, cue_id="c1"))
ASSURED = {"alert", "alert_repeated", "alert_changed", "call_started", "call_ended", "call_failed"}
GOLDEN = Path(__file__).parents[1].glob("contract/golden/*.json")
ALL = [decode(record) for path in GOLDEN for record in json.loads(path.read_text("utf-8"))["records"]]
RECORDS = list({type(record.event): record for record in ALL}.values())  # one of every event class
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_a_topic_names_site_call_and_event_type() -> None:
    assert topics.topic_for("north", CONFIRMED) == "voiceassist/north/call/call-7/cue_confirmed"


def test_presence_has_a_topic_per_node() -> None:
    assert topics.presence_topic("north", "node-1") == "voiceassist/north/node/node-1/presence"


@given(ANY_TEXT)
def test_any_call_id_fits_one_topic_level_and_can_be_read_back(call_id: str) -> None:
    topic = topics.topic_for("north", replace(CONFIRMED, call_id=call_id))
    assert topic.isascii()
    assert not set("+#\0") & set(topic)
    _, _, _, encoded, _ = topic.split("/")
    assert unquote(encoded, errors="surrogatepass") == call_id


@given(ANY_TEXT, ANY_TEXT)
def test_two_call_ids_never_share_a_topic(one: str, other: str) -> None:
    assert (topics.level(one) == topics.level(other)) == (one == other)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: topics.kind_of(record.event))
def test_only_alerts_and_call_lifecycle_are_kept_by_a_full_outbox(record: Record) -> None:
    assert topics.is_droppable(record.event) == (topics.kind_of(record.event) not in ASSURED)
