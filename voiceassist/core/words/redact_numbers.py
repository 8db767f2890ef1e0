"""Decides which numbers of a line are private: card, account and phone numbers, codes, and what may become one.

A number is private when something announces it, when it has DIGITS_MASKED digits or more (with those of the lines
before), when it repeats a private one, or when it ends a line that says nothing else: the first group of a number
is a line of its own. Amounts, times, years and order numbers stay. Where more words may follow, a number at the
end is hidden until they decide. Next: `redact.py`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voiceassist.core.words.announced import NUMBER_KINDS, Announcement, Kind, Topic
from voiceassist.core.words.spoken_numbers import HeardLine, Run, is_glue, is_letter, is_number, runs

DIGITS_MASKED = 7  # the shortest local phone number; order numbers and amounts in words are shorter
ASIDE_WORDS = 2  # so few words about something else in a line do not end a number: "hold on", "un momento"
ANNOUNCED_WORDS = 14  # "my card number is, let me see, it is this one here, okay": then the number
CODE_DIGITS = 2  # of a PIN's or a security code's first group
GROUP_DIGITS = 3  # the smallest group in which long numbers are read out
REFERENCE_DIGITS = 12  # a longer number is no order number
TWO_AMOUNTS = 9  # digits: "one thousand two hundred and three thousand"
IDENTITY_DIGITS = 6  # of a UK NINO, which has letters around them
CARD_DIGITS = range(13, 20)  # ISO/IEC 7812
SHORT_CODES = range(3, 9)  # digits of PINs and security codes
BEHIND_WORDS = 7  # "421 is what it says on the back of the card": from the number to its name
NAMED_OVER = 1  # words that mean something between them: "says"
NAME_WORDS = 2  # of such words in a name that is not yet said whole: "digits on the back"
REPEATED_DIGITS = 3  # as few of a private number are recognised when somebody reads it back


@dataclass(frozen=True, slots=True)
class Before:
    """What the lines before tell of this one."""

    topic: Topic | None = None  # what was announced or asked for
    digits: int = 0  # of the number that this line may go on with
    private: tuple[str, ...] = ()  # digits of private numbers, the newest last
    card: bool = False  # a card is being talked about
    asked: Topic | None = None  # what the agent asked this caller for


NOTHING = Before()


def private_numbers(
    line: HeardLine, announced: Sequence[Announcement], before: Before
) -> Iterator[tuple[Run, Kind]]:
    """Every private number of the line, in order."""
    ends = [one.end for one in announced]
    found = runs(line)
    for run in found:
        if line.growing and run is found[-1] and _is_last(line, run):
            yield run, _number_kind(_topic_of(run, announced, ends))
            continue
        topic = _topic_of(run, announced, ends)
        if kind := _kind(line, run, topic, before) or _named_behind(line, run, topic, announced):
            yield run, kind


def with_carried(run: Run, carried: int) -> int:
    """The digits of a run and those it continues: none inside a sentence, as in "in thirty days we will"."""
    goes_on = run.before == 0 or max(run.before, run.after) <= ASIDE_WORDS
    return len(run.digits) + (carried if goes_on else 0)


def is_card_number(digits: str) -> bool:
    """Whether the digits have a card number's length and check digit (Luhn)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return len(digits) in CARD_DIGITS and sum(value - 9 * (value > 9) for value in doubled) % 10 == 0  # noqa: PLR2004


def _topic_of(run: Run, announced: Sequence[Announcement], ends: Sequence[int]) -> Topic | None:
    """What the nearest phrase before the number announces."""
    at = bisect_right(ends, run.first) - 1
    return announced[at].topic if at >= 0 and ends[at] >= run.first - ANNOUNCED_WORDS else None


def _number_kind(topic: Topic | None) -> Kind:
    return topic if topic in NUMBER_KINDS else "number"  # type: ignore[return-value]


def _kind(line: HeardLine, run: Run, topic: Topic | None, before: Before) -> Kind | None:
    """What kind of private number a run is; None: it may be shown."""
    named = _number_kind(topic)
    if is_card_number(run.digits):
        return "card"
    if run.spelt and _repeats(run, before.private):
        return "card" if before.card else named
    if topic == "reference" and len(run.digits) <= REFERENCE_DIGITS:
        return None
    if topic == "quantity" and (len(run.digits) < DIGITS_MASKED or run.scaled or _are_two_amounts(run)):
        return None
    if _is_quantity(line, run):
        return None
    if topic in NUMBER_KINDS and _is_enough(run, topic):
        return named
    return _unannounced(line, run, before)


def _named_behind(
    line: HeardLine, run: Run, topic: Topic | None, announced: Sequence[Announcement]
) -> Kind | None:
    """What a code is called after it was said: "I use 1234 as my pin"; of a partial, what it may be called yet."""
    if len(run.digits) not in SHORT_CODES or run.scaled or topic in ("reference", "quantity"):
        return None
    if _is_quantity(line, run):
        return None
    for one in announced:
        if one.start > run.last and one.topic in ("password", "security_code"):
            return _number_kind(one.topic) if _may_be_named(line, run.last + 1, one.start, NAMED_OVER) else None
    may_be_named = line.growing and _may_be_named(line, run.last + 1, len(line.plain), NAMED_OVER + NAME_WORDS)
    return "number" if may_be_named else None


def _may_be_named(line: HeardLine, start: int, end: int, most: int) -> bool:
    """Whether a number's name may stand behind so little: "is what it says on"."""
    between = line.plain[start:end]
    return len(between) <= BEHIND_WORDS and sum(not _means_little(line, text) for text in between) <= most


def _means_little(line: HeardLine, text: str) -> bool:
    return is_glue(text, line.language) or text in line.language.light or text in line.language.private.copulas


def _unannounced(line: HeardLine, run: Run, before: Before) -> Kind | None:
    if _is_no_number(line, run, before):
        return None
    if before.topic == "reference" and before.digits == 0 and len(run.digits) <= REFERENCE_DIGITS:
        return None
    asked = _number_kind(before.topic)
    is_long = with_carried(run, before.digits) >= DIGITS_MASKED and not _are_two_amounts(run)
    if is_long or _is_identity(run) or _repeats(run, before.private):
        return asked
    if before.topic in NUMBER_KINDS and _is_enough(run, before.topic):
        return asked
    return asked if _may_begin_a_number(line, run) else None


def _is_no_number(line: HeardLine, run: Run, before: Before) -> bool:
    """Counting, a price, a decimal, a round thousand: what nobody reads a number out like."""
    if before.digits or before.topic in NUMBER_KINDS:
        return False
    behind_point = run.first > 1 and line.plain[run.first - 1] in line.language.addresses.dot
    is_decimal = behind_point and run.first > 1 and is_number(line, run.first - 2)
    is_round = run.scaled and run.digits.endswith("000") and len(run.digits) <= TWO_AMOUNTS
    return is_decimal or is_round or run.counts or run.is_price


def _is_enough(run: Run, topic: Topic | None) -> bool:
    """Whether it has digits enough for what was announced, and is no time to call back at."""
    least = CODE_DIGITS if topic in ("security_code", "password") else GROUP_DIGITS
    return len(run.digits) >= least and not (topic == "phone" and (run.is_clock or run.is_year))


def _is_last(line: HeardLine, run: Run) -> bool:
    """Whether only glue follows: what more words bring may belong to it."""
    rest = line.plain[run.last + 1 :]
    return all(is_glue(text, line.language) or is_letter(text, line.language) for text in rest)


def _is_quantity(line: HeardLine, run: Run) -> bool:
    behind = line.plain[run.last + 1] if run.last + 1 < len(line.plain) else ""
    return behind in line.language.numbers.measures and (len(run.digits) < DIGITS_MASKED or run.scaled)


def _are_two_amounts(run: Run) -> bool:
    """Two prices, times or years beside each other."""
    return not run.spelt and 1 < run.groups <= 2 and len(run.digits) <= TWO_AMOUNTS  # noqa: PLR2004


def _is_identity(run: Run) -> bool:
    return run.letters > 0 and len(run.digits) >= IDENTITY_DIGITS


def _repeats(run: Run, private: Sequence[str]) -> bool:
    return len(run.digits) >= REPEATED_DIGITS and not run.is_clock and any(run.digits in one for one in private)


def _may_begin_a_number(line: HeardLine, run: Run) -> bool:
    """Whether a number at the end of a line that says little else may be the first group of a longer one."""
    if (
        run.after > ASIDE_WORDS
        or _are_two_amounts(run)
        or run.is_year
        or run.is_clock
        or run.scaled
        or len(run.digits) < GROUP_DIGITS
    ):
        return False
    if set(run.digits) == {"0"}:  # "oh, oh": no number begins with so many zeros
        return False
    light = line.language.light
    ahead = [text for text in line.plain[: run.first] if not is_glue(text, line.language) and text not in light]
    return len(ahead) <= (1 if run.spelt else 0)
