"""Hides what follows an announcement and is no plain number: a birth date, a password, a postal address, a code.

Goes from left to right and never looks ahead, so that a partial hides what its final hides. Next: `redact.py`.
"""

from collections.abc import Iterator, Sequence

from voiceassist.core.words.announced import Announcement, Kind, Topic
from voiceassist.core.words.redact_numbers import Before
from voiceassist.core.words.spoken_numbers import HeardLine, is_code, is_glue, is_letter, is_number

START_WORDS = 8  # between the announcement and what it announces: "my date of birth, let me think, is"
PASSWORD_WORDS = 8
STREET_WORDS = 3  # of a street's name before its type: "old station road"
ADDRESS_WORDS = 14  # "twelve and a half long lane, flat three, little town, AB1 2CD"
SCANNED: frozenset[Topic] = frozenset(["birth", "expiry", "password", "address", "identity", "bank"])


def announced_words(
    line: HeardLine, announced: Sequence[Announcement], before: Before
) -> Iterator[tuple[int, Kind]]:
    """Index and kind of every word that an announcement makes private."""
    begun = [*announced]
    if before.topic in SCANNED and before.topic != "password":
        begun.insert(0, Announcement(before.topic, 0))
    has_card = (
        before.card or before.asked == "expiry" or any(one.topic in ("card", "security_code") for one in announced)
    )
    ends = [*(one.end for one in begun), len(line.words)][1:]
    for one, end in zip(begun, ends, strict=True):
        if one.topic in ("birth", "expiry") and (one.topic == "birth" or has_card):
            yield from _said(_date(line, one.end, end), one.topic)
        elif one.topic == "password":
            yield from _said(_password(line, one.end, end), "password")
        elif one.topic == "address":
            yield from _said(_address(line, one.end, end), "address")
        elif one.topic in ("identity", "bank"):
            yield from _said(_code(line, one.end, end), one.topic)


def _said(indexes: Iterator[int], kind: Kind) -> Iterator[tuple[int, Kind]]:
    return ((index, kind) for index in indexes)


def _date(line: HeardLine, start: int, end: int) -> Iterator[int]:
    begun, gap = False, 0
    for index in range(start, end):
        text, private = line.plain[index], line.language.private
        is_figure = is_number(line, index) or any(char.isdigit() for char in line.words[index])
        if is_figure or (text in private.dates and (begun or text not in line.language.light)):
            begun, gap = True, 0
            yield index
        elif not is_glue(text, line.language) or gap:
            gap += 1
            if gap > (1 if begun else START_WORDS):
                return


def _password(line: HeardLine, start: int, end: int) -> Iterator[int]:
    private, has_copula, hidden = line.language.private, line.words[start - 1].endswith(":"), 0
    for index in range(start, end):
        text = line.plain[index]
        if not hidden and (text in private.denied or index - start >= START_WORDS):
            return
        if not hidden and (text in private.copulas or is_glue(text, line.language) or text in line.language.light):
            has_copula = has_copula or text in private.copulas
        elif not has_copula or (hidden and text in private.ends) or hidden >= PASSWORD_WORDS:
            return
        else:
            hidden += 1
            yield index
        if hidden and line.words[index][-1:] in ".?!":
            return


def shaped_addresses(line: HeardLine) -> Iterator[int]:
    """Addresses that nothing announces: "12 mill lane", with what follows."""
    for index, text in enumerate(line.plain):
        if text in line.language.private.street_types and (start := _house_number(line, index)) is not None:
            yield from _address(line, start, len(line.words))


def _house_number(line: HeardLine, street: int) -> int | None:
    """Where the number before a street's name begins; not in "a five minute walk down the road"."""
    name = street
    while street - name < STREET_WORDS and name > 0 and not is_number(line, name - 1):
        name -= 1
        if line.plain[name] in line.language.light or line.plain[name] in line.language.numbers.measures:
            return None
    start = name
    while start > 0 and is_number(line, start - 1):
        start -= 1
    is_pronoun = line.plain[start:name] == [line.language.numbers.pronoun]
    return start if start < name < street and not is_pronoun else None


def _address(line: HeardLine, start: int, end: int) -> Iterator[int]:
    private, has_copula, hidden = line.language.private, False, 0
    for index in range(start, end):
        text = line.plain[index]
        has_copula = has_copula or (index == start and text in private.copulas)
        if not hidden and (text in private.denied or index - start >= START_WORDS):
            return
        is_house = is_number(line, index) and line.language.numbers.units.get(text) != "0"  # "oh" is no house
        begins = is_house or text in private.streets or is_code(line.words[index])
        if hidden or begins or (has_copula and not _means_little(line, text)):
            if hidden >= ADDRESS_WORDS or (hidden and text in private.ends):
                return
            hidden += 1
            yield index
        if hidden and line.words[index][-1:] in ".?!" and len(text) > 2:  # noqa: PLR2004 - "St." ends nothing
            return


def _means_little(line: HeardLine, text: str) -> bool:
    return is_glue(text, line.language) or text in line.language.light or text in line.language.private.copulas


def _code(line: HeardLine, start: int, end: int) -> Iterator[int]:
    """Letters and digits of a passport, an IBAN, a NINO: from its first letter or mixed word on."""
    begun, private = False, line.language.private
    for index in range(start, end):
        text = line.plain[index]
        is_part = _is_spelt(line, index) or (text in private.vowels and _is_spelt_or_open(line, index + 1))
        if is_part or (begun and (is_number(line, index) or text in private.vowels)):
            begun = True
            yield index
        elif (begun and not is_glue(text, line.language)) or (not begun and index - start >= START_WORDS):
            return


def _is_spelt(line: HeardLine, index: int) -> bool:
    word, text = line.words[index], line.plain[index]
    is_bank = word.isupper() and word.isalpha() and 2 <= len(word) <= 4  # noqa: PLR2004 - "NWBK" in an IBAN
    return is_letter(text, line.language) or text in line.language.private.spelling or is_bank or is_code(word)


def _is_spelt_or_open(line: HeardLine, index: int) -> bool:
    return _is_spelt(line, index) or is_number(line, index) if index < len(line.plain) else line.growing
