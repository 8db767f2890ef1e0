"""How easily a sentence reads, 0 to 100 and beyond: `reading_ease(text, language) -> float | None`. Pure.

English: R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948): 206.835 - 1.015 words
per sentence - 84.6 syllables per word. Spanish: F. Szigriszt Pazos, "Sistemas predictivos de legibilidad del
mensaje escrito" (1993): 206.835 - 62.3 syllables per word - words per sentence, read on the INFLESZ scale (I.
Barrio-Cantalejo and others, Anales del Sistema Sanitario de Navarra 31, 2008). Syllables are counted by spelling:
exactly in Spanish, by rule of thumb in English. A formula sees length, not sense. Other languages have no figure.
Next: `policy_page.py`.
"""

import re
from typing import Literal

Grade = Literal["very_easy", "easy", "plain", "hard", "very_hard"]

FORMULAS = {"en": "Flesch", "es": "Szigriszt-Pazos, INFLESZ"}
LEAST_WORDS = 3  # a formula says nothing of less
GRADES: dict[str, tuple[tuple[float, Grade], ...]] = {  # from which figure on
    "en": ((80, "very_easy"), (70, "easy"), (60, "plain"), (50, "hard")),
    "es": ((80, "very_easy"), (65, "easy"), (55, "plain"), (40, "hard")),
}

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*|\d+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_ENGLISH_VOWELS = re.compile(r"[aeiouy]+")
_ENGLISH_SILENT = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$|[^aeiouydt]ed$|[^aeiouycgsxz]es$")
_SPANISH_VOWELS = re.compile(r"[aeiouáéíóúüy]+")
_STRONG = re.compile(r"[aeoáéíóú]")


def sentences_of(text: str) -> list[str]:
    """A text in its sentences."""
    return [one for one in _SENTENCE_END.split(text.strip()) if one]


def reading_ease(sentence: str, language: str) -> float | None:
    """The figure of one sentence; None where it is too short, or the language has no formula."""
    words = _WORD.findall(sentence.lower())
    tag = language.partition("-")[0]
    if tag not in FORMULAS or len(words) < LEAST_WORDS:
        return None
    syllables = sum(syllables_in(word, tag) for word in words) / len(words)
    if tag == "en":
        return round(206.835 - 1.015 * len(words) - 84.6 * syllables, 1)
    return round(206.835 - 62.3 * syllables - len(words), 1)


def grade_of(ease: float, language: str) -> Grade:
    """What the figure means."""
    steps = GRADES[language.partition("-")[0]]
    return next((grade for least, grade in steps if ease >= least), "very_hard")


def syllables_in(word: str, tag: str) -> int:
    """How many syllables a lower-case word has; a number in digits counts one each."""
    if word.isdecimal():
        return len(word)
    return _english(word) if tag == "en" else _spanish(word)


def _english(word: str) -> int:
    """A group of vowels each, but for an e that is not said; "be-ing" has two."""
    letters = re.sub(r"[^a-z]", "", word)
    count = len(_ENGLISH_VOWELS.findall(letters)) + len(re.findall(r"[aeiouy]ing$", letters))
    return max(1, count - len(_ENGLISH_SILENT.findall(letters)))


def _spanish(word: str) -> int:
    """A strong or an accented vowel each; weak ones beside them are of the same syllable."""
    groups = _SPANISH_VOWELS.findall(re.sub(r"y(?=[aeiouáéíóú])", "", word))
    return max(1, sum(max(1, len(_STRONG.findall(group))) for group in groups))
