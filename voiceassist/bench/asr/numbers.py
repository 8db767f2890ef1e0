"""How a number in digits is said in English.

Next: `words.py` takes the reading that agrees with the other text.
"""

from collections.abc import Iterator

SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
LARGEST_DIGITS = 6  # longer ones are account numbers: nobody says "one hundred twenty-three million" to an agent


def readings(digits: str) -> tuple[str, ...]:
    """What "7395" or "9th" may sound like, the likeliest first."""
    if not digits.isdigit():
        return (_ordinal(cardinal(int(digits[:-2]))),)
    return tuple(_readings(digits))


def cardinal(number: int) -> str:
    """One of 0..999,999 in words, without "and"."""
    if number < len(SMALL):
        return SMALL[number]
    for size, name in ((1_000, "thousand"), (100, "hundred")):
        if number >= size:
            return _with(f"{cardinal(number // size)} {name}", number % size)
    return _with(TENS[number // 10], number % 10)


def _with(head: str, rest: int) -> str:
    return f"{head} {cardinal(rest)}" if rest else head


def _readings(digits: str) -> Iterator[str]:
    if len(digits) <= LARGEST_DIGITS and (digits[0] != "0" or digits == "0"):
        yield cardinal(int(digits))
        if int(digits) >= 100 and int(digits) % 100:  # noqa: PLR2004 - "one hundred and five"
            yield _british(int(digits))
    yield " ".join(SMALL[int(digit)] for digit in digits)
    yield " ".join("oh" if digit == "0" else SMALL[int(digit)] for digit in digits)
    if len(digits) == 4:  # noqa: PLR2004 - a year
        yield f"{cardinal(int(digits[:2]))} {cardinal(int(digits[2:]))}"


def _british(number: int) -> str:
    return f"{cardinal(number - number % 100)} and {cardinal(number % 100)}"


def _ordinal(words: str) -> str:
    *head, last = words.split()
    ordinal = f"{last[:-1]}ieth" if last.endswith("y") else ORDINALS.get(last, f"{last}th")
    return " ".join([*head, ordinal])
