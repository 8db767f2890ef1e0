"""Where on the bus each event goes, and which a full outbox may lose. Pure.

    voiceassist/<site>/call/<call_id>/<event type>   every durable event, in the wire format of `wire.py`
    voiceassist/<site>/node/<node_id>/presence       retained: whether that node is there
    voiceassist/<site>/notice/<channel>              alerts by a channel's rules: `notices/broker.py`

Site, call and node are percent-encoded where a topic could not carry them. Never opens a connection.
Next: `outbox.py` queues by `is_droppable`, `mqtt.py` publishes to `topic_for` with `RECORD_QOS`.
`server/asyncapi.yaml` documents the same topics for readers.
"""

from typing import Literal
from urllib.parse import quote

from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertRepeated,
    CallEnded,
    CallFailed,
    CallStarted,
    Event,
    Record,
)
from voiceassist.wire import Json, type_name

NodeState = Literal["online", "offline"]

PRESENCE_QOS = 1
RECORD_QOS = 1  # MQTT's "at least once": all of it is promised
_ASSURED = (Alert, AlertRepeated, AlertChanged, CallStarted, CallEnded, CallFailed)


def topic_for(site: str, record: Record) -> str:
    """The topic of one record."""
    return f"voiceassist/{level(site)}/call/{level(record.call_id)}/{kind_of(record.event)}"


def presence_topic(site: str, node_id: str) -> str:
    """The topic that says whether a node is there."""
    return f"voiceassist/{level(site)}/node/{level(node_id)}/presence"


def notice_topic(site: str, channel: str) -> str:
    """The topic of what a channel of the kind `mqtt` lets out."""
    return f"voiceassist/{level(site)}/notice/{level(channel)}"


def presence(node_id: str, state: NodeState, *, since: str | None) -> Json:
    """The presence message; `since` is ISO 8601, or None in a last will, whose moment nobody knows."""
    return {"node": node_id, "state": state, "since": since}


def level(text: str) -> str:
    """Any text as one level of a topic; `urllib.parse.unquote(..., errors="surrogatepass")` reverses it."""
    return quote(text, safe="", errors="surrogatepass")


def kind_of(event: Event) -> str:
    """The event's type as topics and counters name it: `cue_confirmed`."""
    return type_name(type(event))


def is_droppable(event: Event) -> bool:
    """Whether a full outbox may lose it: nobody waits for it, and the store has it anyway."""
    return not isinstance(event, _ASSURED)
