"""What was recognised, as AudioHook's `event` entities: the shape of the reference's `entities-transcript.ts`.

Their offsets are positions in the client's stream, ours are call time. What stands in the call without having been
sent (silence in a pause) is taken off, what the client says that it left out is added.
Never sends anything and never waits. Next: `dialect.py` puts an entity into a message.
"""

from bisect import bisect_right
from fractions import Fraction
from uuid import NAMESPACE_URL, UUID, uuid5

from voiceassist.events import AudioGap, Final, Partial, Speaker, Word
from voiceassist.ingest.audiohook.duration import duration_of, milliseconds_of
from voiceassist.ingest.audiohook.open import CHANNELS
from voiceassist.ingest.dialect import Legs
from voiceassist.wire import Json

TOKENS = 120  # in one entity: at most 380 characters each, and a message may have 65,535
TEXT_CHARS = 3000  # of the transcript; JSON may make six times as many of them
WORD_CHARS = 40  # of a token, likewise
MARKS = 500  # gaps and positions that are remembered; older ones become less exact
NOT_SENT = ("silent", "lost", "line_lost", "held")  # gaps of what did not come; what overflowed had come


class StreamPositions:
    """Where in the client's stream something is that is heard in the call."""

    def __init__(self, opened_at: Fraction) -> None:
        self._sent = Fraction(0)  # seconds of audio
        self._marks: list[tuple[Fraction, Fraction]] = [(Fraction(0), opened_at)]  # (sent, position), ascending
        self._gaps: dict[Speaker, list[tuple[int, int]]] = {}  # of the call: (start, duration) in ms, ascending

    def sent(self, seconds: Fraction) -> None:
        """The client sent so much."""
        self._sent += seconds

    def left_out(self, position: Fraction) -> None:
        """The client left something out; its stream goes on from there."""
        self._marks.append((self._sent, position))
        if len(self._marks) > MARKS:
            del self._marks[0]

    def missed(self, gap: AudioGap) -> None:
        """Silence stands in the call for something."""
        if gap.cause not in NOT_SENT or not gap.duration_ms:
            return
        gaps = self._gaps.setdefault(gap.speaker, [])
        gaps.append((gap.at_ms, gap.duration_ms))
        if len(gaps) > MARKS:
            (start, first), (_, second) = gaps[:2]
            gaps[:2] = [(start, first + second)]

    def at(self, speaker: Speaker, at_ms: int) -> int:
        """The position of a moment of the call, in milliseconds."""
        missing = sum(
            min(duration, at_ms - start) for start, duration in self._gaps.get(speaker, ()) if start < at_ms
        )
        sent = Fraction(at_ms - missing, 1000)
        mark = max(0, bisect_right(self._marks, sent, key=lambda mark: mark[0]) - 1)
        sent_then, position = self._marks[mark]
        return max(0, milliseconds_of(position + sent - sent_then))


def entity_of(said: Partial | Final, session_id: str, legs: Legs, positions: StreamPositions) -> Json:
    """One utterance as an entity; `channelId` is for clients of the time before `channel`."""
    leg, words = said.speaker, said.words[:TOKENS]
    start, end = positions.at(leg, said.start_ms), positions.at(leg, said.end_ms)
    tokens = [_token(word, leg, positions) for word in words]
    interpretation = {"type": "display", "transcript": said.text[:TEXT_CHARS], "tokens": tokens}
    return {
        "type": "transcript",
        "data": {
            "id": _id_of(said, session_id),
            "channel": CHANNELS[leg],
            "channelId": legs.index(leg),
            "isFinal": isinstance(said, Final),
            "offset": duration_of(start),
            "duration": duration_of(max(0, end - start)),
            "alternatives": [{"confidence": _confidence(said), "interpretations": [interpretation]}],
        },
    }


def _token(word: Word, leg: Speaker, positions: StreamPositions) -> Json:
    start, end = positions.at(leg, word.start_ms), positions.at(leg, word.end_ms)
    return {
        "type": "word",
        "value": word.text[:WORD_CHARS],
        "confidence": round(word.confidence, 3),
        "offset": duration_of(start),
        "duration": duration_of(max(0, end - start)),
    }


def _id_of(said: Partial | Final, session_id: str) -> str:
    """The same for an utterance's partials and its final."""
    namespace = UUID(session_id) if session_id else NAMESPACE_URL
    return str(uuid5(namespace, f"{said.speaker}/{said.utterance}"))


def _confidence(said: Partial | Final) -> float:
    if isinstance(said, Final):
        return round(said.confidence, 3)
    return round(sum(word.confidence for word in said.words) / max(1, len(said.words)), 3)
