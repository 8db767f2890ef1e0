"""A call that has started: what each input changes, and the events that follow, in order.

An input's way: the call's clocks, then for a transcript the mask of its numbers (`core/words/redact.py`), its turn
(`core/words/turns.py`), its cues (`core/cues/tracker.py`), and what answers them (`reactions.py`). After every
transcript and tick, whatever has become due by then follows. Never judges whether an input may come now: `call.py`
does, except that an utterance is over with its final.
Next: `call.py` gives the events to the shell.
"""

from dataclasses import replace

from voiceassist.actions import PauseRecording
from voiceassist.core.call.absences import Absences
from voiceassist.core.call.actions import Actions
from voiceassist.core.call.alerts import Alerts, alert_rules, kinds_of_one_incident, unsaid_titles
from voiceassist.core.call.card_slot import CardSlot
from voiceassist.core.call.clocks import CallTime
from voiceassist.core.call.coaching import coaching_with
from voiceassist.core.call.consent import KnownConsent
from voiceassist.core.call.disclosures import Disclosures
from voiceassist.core.call.language_doubts import SURE_OF_GUESSES
from voiceassist.core.call.lateness import Lateness
from voiceassist.core.call.notes import Notes
from voiceassist.core.call.offers import asker_of, identified
from voiceassist.core.call.overlaps import Overlaps
from voiceassist.core.call.pause import Pause
from voiceassist.core.call.promises import Promises
from voiceassist.core.call.reactions import reactions_for
from voiceassist.core.call.silence import Silence
from voiceassist.core.call.tags import Tags
from voiceassist.core.call.told_cues import ToldCues
from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.cues.tracker import CueTracker
from voiceassist.core.playbook.model import SECOND_MS, Playbook
from voiceassist.core.words.languages import language_rules
from voiceassist.core.words.redact import Redactor
from voiceassist.core.words.turns import Turns
from voiceassist.errors import IllegalTransition
from voiceassist.events import (
    AudioDoubted,
    AudioGap,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    CrossTalkChanged,
    Event,
    Final,
    Input,
    LanguageDoubtChanged,
    LatenessChanged,
    LegMergeChanged,
    LineChanged,
    LineSoundChanged,
    ListeningChanged,
    Partial,
    PhoneActed,
    ReachLimit,
    Speaker,
    Tick,
    Transcript,
)


class StartedCall:
    """The state of a call from its CallStarted on."""

    def __init__(self, playbook: Playbook, started: CallStarted, *, is_masked: bool) -> None:
        """Builds every part once, from the playbook and the call's first event; see `Call` for `is_masked`."""
        limits, cues = playbook.limits, CueMaker(playbook.label)
        self._time, self._lateness = CallTime(), Lateness()
        self._finished = {"agent": 0, "customer": 0}  # newest utterance that has its final
        self._redactor = None if is_masked else Redactor(language_rules(started.language), playbook.redact)
        self._turns = Turns(limits.breath_ms)
        self._tracker = CueTracker(playbook, cues)
        self._absences = Absences(playbook, cues)
        self._disclosures = Disclosures(self._absences)
        self._promises = Promises(playbook.spoken)
        self._pause = Pause()
        self._silence = Silence(limits.silence_s * SECOND_MS, cues)
        self._overlaps = Overlaps(limits.overlap_ms, cues)
        self._slot = CardSlot(limits, self._lateness, protecting=frozenset(playbook.ladder.rungs))
        alerts = Alerts(
            alert_rules(playbook), self._lateness, unsaid_titles(playbook), kinds_of_one_incident(playbook)
        )
        self._reactions = reactions_for(playbook, asker_of(started), self._turns, self._slot, alerts)
        self._has_one_voice = False  # both legs carry the same audio: whose words they are is not known
        self._knows_guesses = not started.engine.startswith(SURE_OF_GUESSES)
        self._told = ToldCues(turns=Turns(limits.breath_ms))
        self._consent = KnownConsent(started.consent)
        self._actions = Actions(
            playbook=playbook,
            agent=started.agent,
            slot=self._slot,
            alerts=alerts,
            told=self._told,
            pause=self._pause,
            consent=self._consent,
            ladder=self._reactions.ladder,
            coaching=coaching_with(playbook),
            notes=Notes(),
            tags=Tags(),
        )

    def take(self, event: Input) -> list[Event]:
        """What follows from an input. Raises as `Call.handle` does."""
        self._time = self._time.after(event)
        self._lateness.hear(event)
        if not isinstance(event, AudioGap):  # a gap is told when it is over, and says where it began
            event = replace(event, at_ms=self._time.now_ms)
        out = self._with_consent(self._follow(event))
        self._told.see(out)
        self._reactions.quotes.see(out)
        return out

    def _with_consent(self, events: list[Event]) -> list[Event]:
        """With what became known of the consent; the end of a call stays last."""
        known = self._consent.hear(events)
        at = -1 if events and isinstance(events[-1], CallEnded | CallFailed) else len(events)
        return [*events[:at], *known, *events[at:]]

    @property
    def legs_with_open_cue(self) -> frozenset[Speaker]:
        """Whose next words decide about a cue."""
        return self._tracker.legs_with_open_cue

    @property
    def is_pressing(self) -> bool:
        """Whether an alert is open that nobody has taken on, or a refusal."""
        return self._reactions.is_pressing

    def card_name(self, prompt_id: str) -> str:
        """Which of the playbook's cards a prompt of this call is."""
        return self._slot.names[prompt_id]

    def _follow(self, event: Input) -> list[Event]:
        match event:
            case CallStarted():
                return [event, *self._disclosures.tell(event.at_ms)]
            case (
                AudioGap() | AudioDoubted() | CrossTalkChanged() | LatenessChanged()
                | ListeningChanged() | PhoneActed()
            ):  # fmt: skip
                return [event]
            case LegMergeChanged() | CallIdentified():
                return self._learn_voices(event)
            case LineSoundChanged() | LineChanged():
                self._silence.hear(event)
                return [event]
            case Partial() | Final():
                return self._hear(event)
            case Tick():
                return self._pass_time()
            case CallEnded():
                return self._end(event)
            case PauseRecording():
                return self._pause_or_go_on(event)
            case CallFailed():
                offered = self._reactions.offer_recovery(event.at_ms)
                return [*self._slot.clear(event.at_ms, "call_ended"), *offered, event]
        return self._actions.carry_out(event)

    def _learn_voices(self, event: LegMergeChanged | CallIdentified) -> list[Event]:
        """Whose voices they are. From now on cards offer what this customer may have."""
        if isinstance(event, LegMergeChanged):
            self._has_one_voice = event.merged
            return [event]
        self._reactions.cards.asker = identified(self._reactions.cards.asker, event)
        self._actions = replace(self._actions, agent=event.agent)
        return [event]

    def _hear(self, heard: Transcript) -> list[Event]:
        self._finish(heard)
        event = self._redactor.redact(heard) if self._redactor else heard
        expired = self._slot.expire(event.at_ms)
        turn, before = self._turns.hear(event), self._turns.before(event.speaker)
        doubt = self._doubt(event)
        speaker_doubt = self._speaker_doubt(event.speaker)
        changes = self._tracker.hear(event, turn, before, speaker_doubt)
        reactions = self._reactions.react_to_words(changes, event, turn)
        self._absences.hear(event, turn, changes)
        overlaps = self._reactions.react_without_words(self._overlaps.hear(event))
        promises = [] if speaker_doubt else self._promises.hear(event)
        return [event, *expired, *doubt, *reactions, *overlaps, *promises, *self._pass_time()]

    def _doubt(self, event: Transcript) -> list[LanguageDoubtChanged]:
        """What a line tells of its side's language; what is heard in hold music or a tone tells nothing."""
        if not self._knows_guesses or event.speaker in self._silence.waiting:
            return []
        return self._reactions.doubts.hear(event)

    def _speaker_doubt(self, speaker: Speaker) -> ReachLimit:
        """Why cues of a side reach nobody now."""
        if self._has_one_voice:
            return "one_voice"
        return "language" if speaker in self._reactions.doubts.doubted else ""

    def _finish(self, event: Transcript) -> None:
        """Remembers that an utterance has its final; nothing may be heard of it after that."""
        if event.utterance <= self._finished[event.speaker]:
            raise IllegalTransition(
                f"{type(event).__name__} of {event.speaker} utterance {event.utterance} after its final"
            )
        if isinstance(event, Final):
            self._finished[event.speaker] = event.utterance

    def _pass_time(self) -> list[Event]:
        """What is due by now: a card goes, something stays unsaid, silence is long, a refusal is a dead end."""
        expired = self._slot.expire(self._time.now_ms)
        if self._pause.is_on:
            return [*expired]
        late = [*self._absences.pass_time(self._time), *self._silence.pass_time(self._time, self._turns)]
        reactions, dead_ends = self._reactions.react_without_words(late), self._reactions.pass_time(self._time)
        return [*expired, *reactions, *dead_ends, *self._disclosures.tell(self._time.now_ms)]

    def _pause_or_go_on(self, action: PauseRecording) -> list[Event]:
        """Nothing becomes due in a pause; afterwards what is due has as much longer."""
        events = self._actions.carry_out(action)
        if events and not self._pause.is_on:
            self._silence.wait_until(action.at_ms)
            self._absences.put_off(self._pause.lasted_ms)
            self._reactions.refusals.put_off(self._pause.lasted_ms)
        return events

    def _end(self, event: CallEnded) -> list[Event]:
        due, unsaid = self._pass_time(), self._absences.end(self._time)
        missed = self._disclosures.tell(event.at_ms)
        return [*due, *self._reactions.end(event.at_ms, unsaid), *missed, event]
