"""What an AudioHook client says, in its own words: messages by hand, numbered."""

import json
from typing import Any

Json = dict[str, Any]
SESSION = "30b0e395-84d3-4570-ac13-9a62d8f514c0"
CONVERSATION = "090eaa2f-72fa-480a-83e0-8667ff89c0ec"
ORGANIZATION = "d7934305-0972-4844-938e-9060eef73d05"
PARTICIPANT = "883efee8-3d6c-4537-b500-6d7ca4b92fa0"
NULL = "00000000-0000-0000-0000-000000000000"


def offer(*channels: str, media_format: str = "PCMU") -> Json:
    """One offer of media."""
    return {"type": "audio", "format": media_format, "channels": list(channels), "rate": 8000}


STEREO = offer("external", "internal")
OFFERS = [STEREO, offer("external"), offer("internal")]
OPEN: Json = {
    "organizationId": ORGANIZATION,
    "conversationId": CONVERSATION,
    "participant": {"id": PARTICIPANT, "ani": "+1-555-555-1234", "aniName": "John Doe", "dnis": "+1-800-555-6789"},
    "media": OFFERS,
}
PROBE: Json = OPEN | {
    "conversationId": NULL,
    "participant": {"id": NULL, "ani": "", "aniName": "", "dnis": ""},
}


class Words:
    """Numbers what a client says; every number can be said wrong."""

    def __init__(self) -> None:
        self.seq = self.serverseq = 0

    def message(self, message_type: str, parameters: object = None, **changes: object) -> str:
        """The next message."""
        self.seq += 1
        said = {
            "version": "2",
            "type": message_type,
            "id": SESSION,
            "seq": self.seq,
            "serverseq": self.serverseq,
            "position": "PT0S",
            "parameters": {} if parameters is None else parameters,
        }
        return json.dumps(said | changes)
