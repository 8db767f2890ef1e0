"""A second listen with Vosk: how much better some words of a line explain its sound than any others there.

libvosk cannot score given words, but gives its likeliest hearings of a line with their likelihoods: those with the
words are compared with those without. It keeps no hearing that is much less likely than its best (`lattice-beam`
in a model's settings, 2 to 6 nats). So words without a rival gain at least NO_RIVAL_NATS, nobody can tell how much
more.

Never changes what was said. Next: `leg.py` answers with it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voiceassist.asr.second_listen import SecondListen
from voiceassist.asr.vosk.words import UNKNOWN

HEARINGS = 20
NO_RIVAL_NATS = 2.0  # the narrowest lattice of the vendor's models
SLACK_S = 0.3  # the times of a Partial's words are estimates

Item = Mapping[str, Any]  # "word", and "start" and "end" in seconds of the line


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardSpan:
    """Words of a line, and where they are said to be."""

    words: tuple[str, ...]
    start_s: float  # in the line
    end_s: float

    def found_in(self, items: Sequence[Item]) -> tuple[float, float] | None:
        """When a hearing has these words, if it has them there."""
        for first in range(len(items) - len(self.words) + 1):
            some = items[first : first + len(self.words)]
            start_s, end_s = some[0]["start"], some[-1]["end"]
            is_there = start_s < self.end_s + SLACK_S and self.start_s - SLACK_S < end_s
            if is_there and tuple(item["word"] for item in some) == self.words:
                return start_s, end_s
        return None


def compare(answer: str, span: HeardSpan) -> SecondListen:
    """What libvosk's answer with alternatives says of the span."""
    hearings: list[Mapping[str, Any]] = json.loads(answer).get("alternatives", [])
    found = [(one, span.found_in(one.get("result", []))) for one in hearings]
    having, rivals = [one for one, place in found if place], [one for one, place in found if not place]
    best, rival = _likeliest(having), _likeliest(rivals)
    spread = max(map(_nats, hearings), default=0.0) - min(map(_nats, hearings), default=0.0)
    if rival is None:
        return SecondListen(gain_nats=max(NO_RIVAL_NATS, spread), instead="")
    place = next((place for one, place in found if one is best and place), (span.start_s, span.end_s))
    gain = _nats(best) - _nats(rival) if best else -max(NO_RIVAL_NATS, spread)
    return SecondListen(gain_nats=gain, instead=" ".join(_within(rival.get("result", []), *place)))


def _likeliest(hearings: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return max(hearings, key=_nats, default=None)


def _nats(hearing: Mapping[str, Any]) -> float:
    return float(hearing["confidence"])


def _within(items: Sequence[Item], start_s: float, end_s: float) -> Iterator[str]:
    """The words whose middle is between two times."""
    for item in items:
        if start_s <= (item["start"] + item["end"]) / 2 <= end_s and item["word"] != UNKNOWN:
            yield item["word"]
