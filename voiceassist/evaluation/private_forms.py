"""Says private things in many ways: `spoken_forms(templates, language, draw) -> forms`, for measuring redaction.

Every name and number is made up by `draw`, so that the same seed gives the same forms. Next: `redaction.py`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceassist.events import Speaker

Draw = Callable[[int], int]  # a number below the given one

_PLACE = re.compile(r"\{(\w+)\}")
_DIGITS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
}
_ZEROS = {"en": ("zero", "oh", "nought"), "es": ("cero",)}
_TENS = {
    "en": ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    "es": ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"),
}
_DOUBLE = {"en": "double", "es": "doble"}
_JOINTS = {
    "en": ("", "", " um", ",", " and", " okay and then", " and the next four are", " dash"),
    "es": ("", "", " eh", ",", " y luego", " guion"),
}
_WRITTEN_JOINTS = (" ", "-", "\u2013", ",", "")
_MONTHS = {
    "en": ("january", "march", "april", "june", "august", "october", "december"),
    "es": ("enero", "marzo", "abril", "junio", "agosto", "octubre", "diciembre"),
}
_DAYS = {
    "en": ("the third of", "the twelfth of", "the twenty first of"),
    "es": ("tres de", "doce de", "veinte de"),
}
_YEARS = {
    "en": ("nineteen eighty two", "nineteen sixty five", "two thousand and one", "1974"),
    "es": ("mil novecientos ochenta y dos", "mil novecientos setenta", "1974"),
}
_NAMES = {"en": ("jane", "tom", "carla", "mister smith"), "es": ("ana", "pedro", "lucia")}
_HOSTS = ("gmail", "outlook", "northwind", "example", "bluebird")
_ENDS = ("com", "net", "dev", "shop", "org")
_STREETS = {
    "en": ("mill lane", "park avenue", "old station road", "rose court"),
    "es": ("mayor", "de la paz", "san juan", "real"),
}
_TOWNS = {"en": ("springfield", "newport", "ashford"), "es": ("toledo", "sevilla", "vigo")}
_SECRETS = {
    "en": ("sunshine", "blue cottage", "tiger forty two", "rosebud"),
    "es": ("girasol", "casa azul", "tigre cuatro"),
}


@dataclass(frozen=True, slots=True)
class PrivateForm:
    """One way to say something private: the lines, and which of their words are private."""

    kind: str
    template: str
    lines: tuple[tuple[Speaker, str], ...]
    private: tuple[frozenset[int], ...]  # by line


def private_forms(
    templates: Mapping[str, Sequence[str]], language: str, draw: Draw, *, each: int
) -> Iterator[PrivateForm]:
    """Every template `each` times, with values of its own."""
    for kind, texts in templates.items():
        for text in texts:
            for _ in range(each):
                yield _form(kind, text, language, draw)


def _form(kind: str, template: str, language: str, draw: Draw) -> PrivateForm:
    values = _Values(language, draw)
    filled = _PLACE.sub(lambda place: values.say(place[1]), template)
    lines, private = list[tuple[Speaker, str]](), list[frozenset[int]]()
    for line in filled.split("|"):
        speaker: Speaker = "agent" if line.startswith("A:") else "customer"
        words, hidden, inside = list[str](), set[int](), False
        for word in line.removeprefix("A:").split():
            inside = inside or word.startswith("[")
            if inside:
                hidden.add(len(words))
            inside = inside and "]" not in word
            words.append(word.replace("[", "").replace("]", ""))
        lines.append((speaker, " ".join(words)))
        private.append(frozenset(hidden))
    return PrivateForm(kind, template, tuple(lines), tuple(private))


class _Values:
    """Private values in square brackets, said in one language."""

    def __init__(self, language: str, draw: Draw) -> None:
        self._language, self._draw, self._card = language, draw, ""

    def say(self, name: str) -> str:
        if name.startswith("card"):
            return self._say_card(name)
        lengths = {"code": 3, "sort": 6, "account": 8, "ssn": 9, "phone": 10, "pin": 4, "dni": 8}
        if name in lengths:
            return self._number(self._some_digits(lengths[name]), size=3 if name == "phone" else 4)
        return f"[{getattr(self, f'_{name}')()}]"

    def _pick(self, options: Sequence[str]) -> str:
        return options[self._draw(len(options))]

    def _some_digits(self, count: int) -> str:
        return "".join(str(self._draw(10)) for _ in range(count))

    def _say_card(self, name: str) -> str:
        self._card = self._card or _with_check_digit(self._pick(("4", "51", "37")) + self._some_digits(15))
        groups = [self._card[at : at + 4] for at in range(0, len(self._card), 4)]
        if name == "card_lines":
            return "|".join(self._group(group) for group in groups)
        if name == "card_back":
            return " ".join(self._group(group, spelt=True) for group in groups)
        return self._number(self._card, size=4)

    def _number(self, digits: str, *, size: int) -> str:
        groups = [digits[at : at + size] for at in range(0, len(digits), size)]
        if self._draw(4) == 0:
            return "[" + self._pick(_WRITTEN_JOINTS).join(groups) + "]"
        joint = self._pick(_JOINTS[self._language])
        return f"{joint} ".join(self._group(group) for group in groups)

    def _group(self, digits: str, *, spelt: bool = False) -> str:
        said = _DIGITS[self._language]
        pairs = _in_pairs(digits, self._language)
        if not spelt and pairs and self._draw(3) == 0:
            return f"[{pairs}]"
        words, at = list[str](), 0
        while at < len(digits):
            twice = digits[at] == digits[at + 1 : at + 2] and self._draw(2) == 0
            word = self._pick(_ZEROS[self._language]) if digits[at] == "0" else said[int(digits[at])]
            words += [_DOUBLE[self._language], word] if twice else [word]
            at += 2 if twice else 1
        return "[" + " ".join(words) + "]"

    def _expiry(self) -> str:
        return self._pick(("oh four twenty seven", "zero nine two eight", "04/27", "august twenty twenty eight"))

    def _iban(self) -> str:
        digits = self._some_digits(20)
        groups = " ".join(digits[at : at + 4] for at in range(0, 20, 4))
        spelt = " ".join(_DIGITS[self._language][int(digit)] for digit in digits)
        return self._pick((f"DE{digits}", f"DE{digits[:2]} {groups}", f"d e {spelt}"))

    def _nino(self) -> str:
        digits = self._some_digits(6)
        spelt = " ".join(_DIGITS["en"][int(digit)] for digit in digits)
        return self._pick((f"QQ{digits}C", f"q q {spelt} c"))

    def _passport(self) -> str:
        digits = self._some_digits(7)
        return self._pick((f"X{digits}", "x " + " ".join(_DIGITS["en"][int(digit)] for digit in digits)))

    def _birth(self) -> str:
        tongue = self._language
        written = f"{1 + self._draw(28)}/{1 + self._draw(12)}/19{70 + self._draw(29)}"
        of = " de " if tongue == "es" else " "
        said = f"{self._pick(_DAYS[tongue])} {self._pick(_MONTHS[tongue])}{of}{self._pick(_YEARS[tongue])}"
        return self._pick((written, said, said))

    def _email(self) -> str:
        at, dot = ("arroba", "punto") if self._language == "es" else ("at", "dot")
        name, host, end = self._pick(_NAMES[self._language]).split()[-1], self._pick(_HOSTS), self._pick(_ENDS)
        return self._pick((f"{name} {at} {host} {dot} {end}", f"{name} {dot} {name} {at} {host} {dot} {end}",
                           f"{name}@{host}.{end}", f"{' '.join(name)} {at} {host} {dot} {end}"))  # fmt: skip

    def _address(self) -> str:
        number = self._pick(("12", "forty two", "seven") if self._language == "en" else ("12", "cuarenta y dos"))
        street, town = self._pick(_STREETS[self._language]), self._pick(_TOWNS[self._language])
        return f"calle {street} {number} {town}" if self._language == "es" else f"{number} {street} {town}"

    def _password(self) -> str:
        return self._pick(_SECRETS[self._language])


def _in_pairs(digits: str, language: str) -> str:
    """Says 4152 as "forty one fifty two"; empty where it cannot be said so."""
    if len(digits) % 2 or any(not _TENS[language][int(digit)] for digit in digits[::2]):
        return ""
    joint = " y " if language == "es" else " "
    pairs = [(_TENS[language][int(a)], int(b)) for a, b in zip(digits[::2], digits[1::2], strict=True)]
    return " ".join(tens + (joint + _DIGITS[language][unit] if unit else "") for tens, unit in pairs)


def _with_check_digit(digits: str) -> str:
    body = digits[:15]
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(value - 9 * (value > 9) for value in doubled) % 10)  # noqa: PLR2004 - Luhn
