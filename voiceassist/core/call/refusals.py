"""Refusals and what follows them: an alternative in time recovers one, else it is a dead end.

In time means within the policy's seconds or within the agent's next turns; while somebody is still speaking, the
agent's turn has not come, so the seconds alone do not end the episode. Never shows a card. Next: `call.py`.
"""

from dataclasses import dataclass, field

from voiceassist.core.playbook.model import SECOND_MS, Limits
from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import Turn, Turns
from voiceassist.events import Cue, RefusalClosed, RefusalOutcome

TURN_MIN_TOKENS = 3  # "I see" and "okay" are no turn in which an alternative could have been given
FLOOR_MS = 5000  # nobody spoke for this long: the agent had the floor and did not use it
LONGEST_WAIT = 3  # times the limit: a customer who talks on and on does not keep an episode open for ever


@dataclass(slots=True)
class Episode:
    """One open refusal."""

    cue: Cue
    turn: int  # number of the agent's turn that refused
    limit_ms: int  # milliseconds after its last word
    offer: Cue | None = None  # the alternative that followed


@dataclass(slots=True)
class Refusals:
    """The open refusals of a call. A recovery is told once both of its cues are certain."""

    limits: Limits
    language: Language
    episodes: list[Episode] = field(default_factory=list)
    certain: set[str] = field(default_factory=set)  # cue ids that their final confirmed
    offered: tuple[int, Cue] | None = None  # the last alternative with its turn's number

    def refuse(self, cue: Cue, turn: Turn, limit_s: int) -> None:
        """Opens an episode; what this turn has offered already counts."""
        episode = Episode(cue, turn.number, limit_s * SECOND_MS)
        if self.offered and self.offered[0] == turn.number:
            episode.offer = self.offered[1]
        self.episodes.append(episode)
        self._trust(cue)

    def offer(self, cue: Cue, turn: Turn) -> None:
        """An alternative answers every open refusal."""
        self.offered = (turn.number, cue)
        for episode in self.episodes:
            episode.offer = episode.offer or cue
        self._trust(cue)

    def confirm(self, cue_id: str) -> None:
        """A refusal or an alternative is certain."""
        self.certain.add(cue_id)

    def retract(self, cue_id: str) -> None:
        """A refusal or an alternative never happened."""
        self.episodes = [episode for episode in self.episodes if episode.cue.cue_id != cue_id]
        for episode in self.episodes:
            if episode.offer and episode.offer.cue_id == cue_id:
                episode.offer = None
        if self.offered and self.offered[1].cue_id == cue_id:
            self.offered = None

    def settle(self, at_ms: int) -> list[RefusalClosed]:
        """The refusals that are recovered for certain; they are told once."""
        done = [(e, e.offer) for e in self.episodes if e.offer and {e.cue.cue_id, e.offer.cue_id} <= self.certain]
        for episode, _ in done:
            self.episodes.remove(episode)
        return [_closed(at_ms, episode, "recovered", offer.words) for episode, offer in done]

    def answered(self) -> list[str]:
        """Ids of open refusals that an alternative followed."""
        return [episode.cue.cue_id for episode in self.episodes if episode.offer]

    def _trust(self, cue: Cue) -> None:
        if not cue.early:
            self.certain.add(cue.cue_id)

    def expire(self, at_ms: int, heard_ms: int, turns: Turns) -> list[tuple[Cue, RefusalClosed]]:
        """The refusals whose time is over in the audio heard so far, with their closing."""
        return self._dead(at_ms, [e for e in self.episodes if heard_ms >= self._deadline(e, turns)])

    def end(self, at_ms: int) -> list[tuple[Cue, RefusalClosed]]:
        """The call is over: what is open is a dead end."""
        return self._dead(at_ms, list(self.episodes))

    def is_waiting(self, cue_id: str) -> bool:
        """Whether that refusal is open and nothing has been offered yet."""
        return any(e.cue.cue_id == cue_id and e.offer is None for e in self.episodes)

    def _deadline(self, episode: Episode, turns: Turns) -> int:
        """When an episode is over, as far as the call so far tells."""
        refused_ms = episode.cue.end_ms
        soonest = refused_ms + episode.limit_ms
        if self._turns_since(episode, turns) >= self.limits.recovery_turns:
            return soonest
        floor_ms = turns.last_spoken_ms() + FLOOR_MS
        return min(max(soonest, floor_ms), refused_ms + LONGEST_WAIT * episode.limit_ms)

    def _turns_since(self, episode: Episode, turns: Turns) -> int:
        later = (turn for turn in turns.recent("agent", 8) if turn.number > episode.turn)
        return sum(len(tokenise(turn.words, self.language)) >= TURN_MIN_TOKENS for turn in later)

    def _dead(self, at_ms: int, dead: list[Episode]) -> list[tuple[Cue, RefusalClosed]]:
        self.episodes = [episode for episode in self.episodes if episode not in dead]
        return [(episode.cue, _closed(at_ms, episode, "dead_end", "")) for episode in dead]


def _closed(at_ms: int, episode: Episode, outcome: RefusalOutcome, words: str) -> RefusalClosed:
    return RefusalClosed(at_ms=at_ms, cue_id=episode.cue.cue_id, outcome=outcome, words=words)
