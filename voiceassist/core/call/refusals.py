"""Follows each refusal to its end: an alternative in time recovers it, else it is a dead end.

In time means within the policy's seconds or within the agent's next turns. While somebody is still speaking, the
agent's turn has not come, so the seconds alone do not end the episode. Never shows a card.
Next: `reactions.py` closes the cards of recovered refusals and alerts about dead ends.
"""

from dataclasses import dataclass, field

from voiceassist.core.call.clocks import CallTime
from voiceassist.core.playbook.model import SECOND_MS, Limits
from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import Turn, Turns
from voiceassist.events import Cue, RefusalClosed, RefusalOutcome

TURN_MIN_TOKENS = 3  # "I see" and "okay" are no turn in which an alternative could have been given
FLOOR_MS = 5000  # nobody spoke for this long: the agent had the floor and did not use it
LONGEST_WAIT = 3  # times the limit: a customer who talks on and on does not keep an episode open for ever
TURNS_COUNTED = 8  # of the agent's newest; a playbook that allows more turns than these is held to its seconds


@dataclass(slots=True)
class Episode:
    """One open refusal."""

    refusal: Cue
    turn: int  # number of the agent's turn that refused
    limit_ms: int  # milliseconds after the refusal's last word
    alternative: Cue | None = None  # the first that followed
    put_off_ms: int = 0  # of its time nothing was heard for so long


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A refusal that no alternative followed, and the event that says so."""

    refusal: Cue
    closed: RefusalClosed


@dataclass(slots=True)
class Refusals:
    """The open refusals of a call. A recovery is told once both of its cues are certain."""

    limits: Limits
    language: Language
    episodes: list[Episode] = field(default_factory=list)
    certain: set[str] = field(default_factory=set)  # ids of cues that came with a final or that one confirmed
    last_alternative: tuple[int, Cue] | None = None  # with the number of its turn

    def open(self, refusal: Cue, turn: Turn, limit_s: int) -> None:
        """Opens an episode; an alternative that this turn has offered already counts."""
        episode = Episode(refusal, turn.number, limit_s * SECOND_MS)
        if self.last_alternative and self.last_alternative[0] == turn.number:
            episode.alternative = self.last_alternative[1]
        self.episodes.append(episode)
        self._confirm_unless_early(refusal)

    def add_alternative(self, alternative: Cue, turn: Turn) -> None:
        """Answers every open refusal with an alternative."""
        self.last_alternative = (turn.number, alternative)
        for episode in self.episodes:
            episode.alternative = episode.alternative or alternative
        self._confirm_unless_early(alternative)

    def confirm(self, cue_id: str) -> None:
        """A final has confirmed a refusal or an alternative."""
        self.certain.add(cue_id)

    def retract(self, cue_id: str) -> None:
        """Forgets a refusal or an alternative that never happened."""
        self.episodes = [episode for episode in self.episodes if episode.refusal.cue_id != cue_id]
        for episode in self.episodes:
            if episode.alternative and episode.alternative.cue_id == cue_id:
                episode.alternative = None
        if self.last_alternative and self.last_alternative[1].cue_id == cue_id:
            self.last_alternative = None

    def close_recovered(self, at_ms: int) -> list[RefusalClosed]:
        """Closes the episodes whose refusal and alternative are both certain."""
        recovered = [
            (episode, offered)
            for episode in self.episodes
            if (offered := episode.alternative) and {episode.refusal.cue_id, offered.cue_id} <= self.certain
        ]
        for episode, _ in recovered:
            self.episodes.remove(episode)
        return [_closed(at_ms, episode, "recovered", offered.words) for episode, offered in recovered]

    def close_overdue(self, time: CallTime, turns: Turns) -> list[DeadEnd]:
        """Closes the episodes whose time is over in the audio heard so far."""
        overdue = [episode for episode in self.episodes if time.heard_ms >= self._deadline_ms(episode, turns)]
        return self._close_as_dead_ends(time.now_ms, overdue)

    def put_off(self, by_ms: int) -> None:
        """Gives open episodes so much longer: what was offered meanwhile was not heard."""
        for episode in self.episodes:
            episode.put_off_ms += by_ms

    def close_all(self, at_ms: int) -> list[DeadEnd]:
        """Closes every episode: the call is over."""
        return self._close_as_dead_ends(at_ms, list(self.episodes))

    def is_unanswered(self, cue_id: str) -> bool:
        """Whether that refusal is open and no alternative has followed it."""
        return any(e.refusal.cue_id == cue_id and e.alternative is None for e in self.episodes)

    def turn_of(self, cue_id: str) -> int:
        """The number of the turn of an open refusal; 0: it is not open."""
        return next((episode.turn for episode in self.episodes if episode.refusal.cue_id == cue_id), 0)

    def has_alternative_in(self, turn: Turn) -> bool:
        """Whether the last alternative was offered in this turn."""
        return self.last_alternative is not None and self.last_alternative[0] == turn.number

    def _confirm_unless_early(self, cue: Cue) -> None:
        if not cue.early:
            self.confirm(cue.cue_id)

    def _deadline_ms(self, episode: Episode, turns: Turns) -> int:
        """When an episode is over, as far as the call so far tells."""
        refused_ms = episode.refusal.end_ms + episode.put_off_ms
        soonest_ms = refused_ms + episode.limit_ms
        if self._turns_since(episode, turns) >= self.limits.recovery_turns:
            return soonest_ms
        floor_ms = turns.last_spoken_ms() + FLOOR_MS
        return min(max(soonest_ms, floor_ms), refused_ms + LONGEST_WAIT * episode.limit_ms)

    def _turns_since(self, episode: Episode, turns: Turns) -> int:
        """How many turns the agent has had since in which an alternative could have been given."""
        later = (turn for turn in turns.recent("agent", TURNS_COUNTED) if turn.number > episode.turn)
        return sum(len(tokenise(turn.words, self.language)) >= TURN_MIN_TOKENS for turn in later)

    def _close_as_dead_ends(self, at_ms: int, episodes: list[Episode]) -> list[DeadEnd]:
        self.episodes = [episode for episode in self.episodes if episode not in episodes]
        return [DeadEnd(episode.refusal, _closed(at_ms, episode, "dead_end", "")) for episode in episodes]


def _closed(at_ms: int, episode: Episode, outcome: RefusalOutcome, words: str) -> RefusalClosed:
    return RefusalClosed(at_ms=at_ms, cue_id=episode.refusal.cue_id, outcome=outcome, words=words)
