"""Masks what callers say about themselves, before anything else sees it.

Card numbers, security codes and expiry dates; bank, identity and phone numbers; dates of birth; e-mail and postal
addresses; passwords and PINs; and long numbers that nothing announces. A playbook says which kinds are masked,
dropped or kept. A final's number that may be the first group of a longer one is hidden at once and never shown
later: nothing has to wait, and no event has to be taken back. A partial hides the number at its end until more
words decide. The number of words stays where they are masked, so that their times remain true. The language
(`languages/`) says which words are digits and what announces something: without rules for it, only what is written
in digits or with an @ is masked. Never touches anything but transcripts.
Next: everything else sees only the masked words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from voiceassist.core.words.announced import Kind, Topic, Treatment, announcements
from voiceassist.core.words.languages import Language
from voiceassist.core.words.redact_announced import announced_words, shaped_addresses
from voiceassist.core.words.redact_asked import answer, asked_topic, keeps_waiting
from voiceassist.core.words.redact_numbers import (
    ASIDE_WORDS,
    NOTHING,
    Before,
    private_numbers,
    with_carried,
)
from voiceassist.core.words.spoken_addresses import addresses
from voiceassist.core.words.spoken_numbers import HeardLine, is_glue, is_letter, is_number, runs
from voiceassist.events import Final, Speaker, Transcript

Found = Mapping[int, Kind]  # index of a word → why it is private

MASK = "***"
CARRIED_MS = 15_000  # a pause of this length does not end a number that is read out in groups
TOPIC_MS = 45_000  # who is asked for a card's number looks for the card first
PRIVATE_KEPT = 8  # private numbers of a call that are recognised when they are said again
PRIVATE_DIGITS = 40  # kept of one: an IBAN has 34


@dataclass(slots=True)
class Redactor:
    """Masks the transcripts of one call; remembers the number that each side may still be reading out."""

    language: Language
    treatments: Mapping[Kind, Treatment] = field(default_factory=dict)  # of the kinds that are not just masked
    tails: dict[Speaker, tuple[int, int]] = field(default_factory=dict)  # speaker → digits so far, last heard ms
    topic: Topic | None = None  # what either side announced last
    topic_ms: int = 0
    card_ms: int | None = None  # when a card was last talked about
    private: tuple[str, ...] = ()  # digits of the newest private numbers
    asked: Topic | None = None  # what the agent asked for and the caller has not answered yet
    asked_ms: int = 0

    def redact(self, event: Transcript) -> Transcript:
        """The same transcript with what is private masked or dropped."""
        texts, heard = event.text.split(), [word.text for word in event.words]
        before = self._before(event)
        found = self._found(event, heard, before)
        found_text = found if texts == heard else self._found(event, texts, before)
        if isinstance(event, Final):
            self._remember(event, HeardLine(heard or texts, self.language), before)
        if not found and not found_text:
            return event
        words = tuple(
            replace(word, text=MASK) if index in found else word
            for index, word in enumerate(event.words)
            if not self._drops(found.get(index))
        )
        return replace(event, text=" ".join(self._shown(texts, found_text)), words=words)

    def _found(self, event: Transcript, words: Sequence[str], before: Before) -> Found:
        found = private_words(HeardLine(words, self.language, growing=not isinstance(event, Final)), before)
        return {index: kind for index, kind in found.items() if self.treatments.get(kind) != "keep"}

    def _drops(self, kind: Kind | None) -> bool:
        return kind is not None and self.treatments.get(kind) == "drop"

    def _shown(self, words: Sequence[str], found: Found) -> list[str]:
        shown = enumerate(words)
        return [MASK if i in found else word for i, word in shown if not self._drops(found.get(i))]

    def _before(self, event: Transcript) -> Before:
        digits, end_ms = self.tails.get(event.speaker, (0, 0))
        is_asked = event.speaker == "customer" and event.start_ms - self.asked_ms <= TOPIC_MS
        asked = self.asked if is_asked else None
        return Before(
            topic=asked or (self.topic if event.start_ms - self.topic_ms <= TOPIC_MS else None),
            digits=digits if event.start_ms - end_ms <= CARRIED_MS else 0,
            private=self.private,
            card=self.card_ms is not None and event.start_ms - self.card_ms <= TOPIC_MS,
            asked=asked,
        )

    def _remember(self, event: Final, line: HeardLine, before: Before) -> None:
        """Keeps what the next lines may go on with; the pause counts from whatever this side said last.

        Also from an "um", an "okay", and a line in which no word was found, which often was one of these: somebody
        is still reading out. A short number masked too many is the lesser harm.
        """
        announced = announcements(line)
        private = list(private_numbers(line, announced, before))
        _, last_ms = self.tails.get(event.speaker, (0, 0))
        self.tails[event.speaker] = (_tail_digits(line, before.digits), max(last_ms, event.end_ms))
        for run, _ in private:
            self._keep(run.digits, goes_on=before.digits > 0 and run.before <= ASIDE_WORDS)
        topics = [one.topic for one in announced if one.topic != "quantity"]
        if topics or (private and before.topic):
            self.topic, self.topic_ms = topics[-1] if topics else before.topic, event.end_ms
        self._remember_question(event, line)
        if {"card", "security_code"} & {*topics, *(kind for _, kind in private)}:
            self.card_ms = event.end_ms

    def _remember_question(self, event: Final, line: HeardLine) -> None:
        if event.speaker == "agent" and (topic := asked_topic(line)):
            self.asked, self.asked_ms = topic, event.end_ms
        elif event.speaker == "customer" and not keeps_waiting(line):
            self.asked = None

    def _keep(self, digits: str, *, goes_on: bool) -> None:
        if goes_on and self.private:
            digits, kept = (self.private[-1] + digits)[-PRIVATE_DIGITS:], self.private[:-1]
        else:
            kept = self.private
        self.private = (*kept, digits[-PRIVATE_DIGITS:])[-PRIVATE_KEPT:]


def masked_words(
    words: Sequence[str], language: Language, *, carried: int = 0, growing: bool = False
) -> list[str]:
    """The words of one line with what is private masked.

    `carried`: digits of a number that the utterance may continue. `growing`: more words may still follow.
    """
    found = private_words(HeardLine(words, language, growing=growing), replace(NOTHING, digits=carried))
    return [MASK if index in found else word for index, word in enumerate(words)]


def masked_text(text: str, language: Language, treatments: Mapping[Kind, Treatment]) -> str:
    """What somebody typed, with what is private masked; what would be dropped is masked, too."""
    words = text.split()
    found = private_words(HeardLine(words, language))
    return " ".join(
        MASK if index in found and treatments.get(found[index]) != "keep" else word
        for index, word in enumerate(words)
    )


def private_words(line: HeardLine, before: Before = NOTHING) -> Found:
    """Which words of a line are private, and why."""
    announced = announcements(line)
    found: dict[int, Kind] = {}
    for run, kind in private_numbers(line, announced, before):
        first, last = _with_letters(line, run.first, -1), _with_letters(line, run.last, 1)
        found |= {index: kind for index in range(first, last + 1) if _is_said_out(line, index)}
    if line.growing and line.plain:  # single letters at the end may begin "a b one two three"
        found |= dict.fromkeys(range(_with_letters(line, len(line.plain), -1), len(line.plain)), "number")
    found |= dict(announced_words(line, announced, before))
    found |= dict.fromkeys(shaped_addresses(line), "address")
    if before.asked == "password":
        found |= dict.fromkeys(answer(line), "password")
    return found | dict.fromkeys(addresses(line, announced, is_asked=before.topic == "email"), "email")


def _is_said_out(line: HeardLine, index: int) -> bool:
    """Whether a word inside a number belongs to it: the "and" and "okay" between its groups tell nothing."""
    return is_number(line, index) or is_letter(line.plain[index], line.language)


def _with_letters(line: HeardLine, index: int, step: int) -> int:
    """The outermost of the single letters beside a number: "a b one two three c"."""
    while 0 <= index + step < len(line.plain) and is_letter(line.plain[index + step], line.language):
        index += step
    return index


def _tail_digits(line: HeardLine, carried: int) -> int:
    """Digits of a number that the next line may continue."""
    found = runs(line)
    if not found:
        others = sum(not is_glue(text, line.language) for text in line.plain)
        return carried if others <= ASIDE_WORDS else 0
    return with_carried(found[-1], carried) if found[-1].after <= ASIDE_WORDS else 0
