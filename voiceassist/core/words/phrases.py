"""The phrase language of playbooks, compiled to one regular expression each.

    we can't do that        these words, in this order; spelling as in `text.py` ("cannot" is the same)
    (refund|pay back)       one of these
    [really] sorry          "really" or nothing
    can't ... refund        up to three words between; `...6` up to six (at most twelve)
    cancel*  ·  *able       any word that starts so, that ends so
    <we> can't              one of the list `we` of the playbook's `words:`
    ^ no   ·   thanks $     at the start, at the end of the utterance

The playbook's language (`languages/`) says which letters count as the same, and which words as two.
A token `x` is rendered as `<x>` in the text and in the expression, so a phrase can only match whole tokens.
RE2 matches in linear time whatever the phrase, and sizes are limited: a user's phrase cannot blow up.
Never raises anything but PhraseError. Next: `core/cues/patterns.py` joins the phrases of a rule.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import re2

from voiceassist.core.words.cache import ContentCache
from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import Token, canonical, stem

GAP_DEFAULT = 3  # words; longer gaps join clauses that have nothing to do with each other
GAP_MAX = 12
PHRASE_MAX_CHARS = 600  # keeps the compiled program small; the longest built-in list is half of it
DEPTH_MAX = 20  # brackets within brackets; nobody reads more, and Python's stack is finite
EXPRESSION_MAX_CHARS = 20_000  # lists may hold lists; this bounds what they multiply to
ANY_TOKEN = "<[^>]*>"  # noqa: S105 - a pattern, not a secret
# RE2 compiles an expression with its usual 8 MB while it has less than some 350,000 instructions: one a character
# at most, but for a token of any letters, which is repeated in a gap.
GAP_INSTRUCTIONS = 40 * GAP_MAX
SURELY_COMPILES = 100_000
EXPRESSIONS_KEPT = 16_000_000  # characters; English and one playbook have 1.2 million, another one 0.1
WORDS_KEPT = 8192  # spelt out; the phrases of a language have some 3,000

_PIECE = re.compile(r"\.\.\.(\d*)|<(\w+)>|([()\[\]|^$])|([^\s()\[\]|^$<>]+)|(\S)")
_NAMED = re.compile(r"<(\w+)>")
_EXPRESSIONS = ContentCache[str](EXPRESSIONS_KEPT, len)


PhraseCode = Literal[
    "phrase_too_long",
    "phrase_too_large",
    "phrase_all_optional",
    "phrase_out_of_place",
    "phrase_empty_choice",
    "phrase_stray_sign",
    "phrase_too_deep",
    "phrase_unknown_list",
    "phrase_unknown_list_near",
    "phrase_gap",
    "phrase_no_word",
    "phrase_no_part",
]


class PhraseError(Exception):
    """A phrase that cannot be compiled: what and where, in English, and as a code with its particulars."""

    def __init__(self, message: str, code: PhraseCode, **given: str | int) -> None:
        super().__init__(message)
        self.code = code
        self.given = given


def rendered(tokens: Iterable[Token]) -> str:
    """Tokens as the text that compiled phrases search."""
    return "".join(f"<{token.text}>" for token in tokens)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What compiling a phrase needs besides the phrase: the language, and the named lists."""

    language: Language
    lists: Mapping[str, str] = field(default_factory=dict)  # named lists, compiled


def compile_phrase(phrase: str, lexicon: Lexicon) -> str:
    """The phrase as an RE2 expression. Raises PhraseError."""
    if len(phrase) > PHRASE_MAX_CHARS:
        raise PhraseError(f"longer than {PHRASE_MAX_CHARS} characters", "phrase_too_long", most=PHRASE_MAX_CHARS)
    named = tuple((name, lexicon.lists[name]) for name in _NAMED.findall(phrase) if name in lexicon.lists)
    return _EXPRESSIONS.get((phrase, lexicon.language, named), lambda: _compiled(phrase, lexicon))


def _compiled(phrase: str, lexicon: Lexicon) -> str:
    part = _Compiler(phrase, lexicon).alternatives(until="")
    if len(part.expression) > EXPRESSION_MAX_CHARS:
        raise PhraseError("grows too large; use smaller lists", "phrase_too_large")
    if part.is_optional:
        raise PhraseError("needs at least one word that is not optional", "phrase_all_optional")
    _check_size(part.expression)
    return part.expression


def is_plain(phrase: str) -> bool:
    """Whether the phrase is only words: no gaps, choices, lists or wildcards."""
    return not re.search(r"\.\.\.|[()\[\]|^$<*]", phrase)


def _check_size(expression: str) -> None:
    """Raises PhraseError for what RE2 refuses to compile alone. Tries only what may be large: that takes time."""
    if len(expression) + GAP_INSTRUCTIONS * expression.count(ANY_TOKEN) < SURELY_COMPILES:
        return
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(expression, options)
    except re2.error as error:
        raise PhraseError("grows too large; use smaller lists or gaps", "phrase_too_large") from error


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a phrase, compiled."""

    expression: str
    is_optional: bool  # it matches where no word is


class _Compiler:
    """Recursive descent over the pieces of one phrase."""

    def __init__(self, phrase: str, lexicon: Lexicon) -> None:
        self._pieces = list(_PIECE.finditer(phrase))
        self._lexicon = lexicon
        self._next = 0
        self._depth = 0

    def alternatives(self, until: str) -> _Part:
        """Sequences separated by `|`, up to the closing bracket `until` (or the end)."""
        branches = [self._sequence()]
        while self._peek() == "|":
            self._next += 1
            branches.append(self._sequence())
        if self._peek() != until:
            found, wanted = self._peek(), until
            message = f"`{found or 'end of phrase'}` where `{wanted or 'a word'}` was expected"
            raise PhraseError(message, "phrase_out_of_place", found=found, wanted=wanted)
        self._next += 1
        if len(branches) == 1:
            return branches[0]
        expressions = [branch.expression for branch in branches]
        if "" in expressions:
            raise PhraseError("an empty choice; write `[x]` for something optional", "phrase_empty_choice")
        return _Part(f"(?:{'|'.join(expressions)})", any(branch.is_optional for branch in branches))

    def _sequence(self) -> _Part:
        parts = []
        while self._peek() not in ("|", ")", "]", ""):
            parts.append(self._item())
        return _Part("".join(part.expression for part in parts), all(part.is_optional for part in parts))

    def _item(self) -> _Part:
        piece = self._pieces[self._next]
        self._next += 1
        gap, name, mark, word, stray = piece.groups()
        if gap is not None:
            return _Part(_gap(gap), is_optional=True)
        if name:
            return _Part(self._list(name), is_optional=False)  # each of its phrases has a word
        if mark:
            return self._marked(mark)
        if stray:
            raise PhraseError(f"`{stray}` has no meaning here", "phrase_stray_sign", sign=stray)
        return _Part(_word(word, self._lexicon.language), is_optional=False)

    def _marked(self, mark: str) -> _Part:
        if mark == "(":
            return self._bracketed(until=")")
        if mark == "[":
            return _Part(f"(?:{self._bracketed(until=']').expression})?", is_optional=True)
        return _Part(mark, is_optional=True)

    def _bracketed(self, until: str) -> _Part:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            message = f"brackets within brackets, more than {DEPTH_MAX} deep"
            raise PhraseError(message, "phrase_too_deep", most=DEPTH_MAX)
        inside = self.alternatives(until)
        self._depth -= 1
        return inside

    def _list(self, name: str) -> str:
        lists = self._lexicon.lists
        if name not in lists:
            raise _unknown_list(name, lists)
        return lists[name]

    def _peek(self) -> str:
        return self._pieces[self._next].group() if self._next < len(self._pieces) else ""


def _unknown_list(name: str, lists: Iterable[str]) -> PhraseError:
    close = difflib.get_close_matches(name, list(lists), 1, 0)
    if not close:
        return PhraseError(f"unknown list <{name}>", "phrase_unknown_list", name=name)
    message = f"unknown list <{name}>; nearest is <{close[0]}>"
    return PhraseError(message, "phrase_unknown_list_near", name=name, near=close[0])


def _gap(size: str) -> str:
    words = int(size) if size else GAP_DEFAULT
    if not 1 <= words <= GAP_MAX:
        raise PhraseError(
            f"a gap of {words} words; it may be 1 to {GAP_MAX}", "phrase_gap", words=words, most=GAP_MAX
        )
    return f"(?:{ANY_TOKEN}){{0,{words}}}?"


@lru_cache(maxsize=WORDS_KEPT)
def _word(word: str, language: Language) -> str:
    if "*" in word:
        return _part_of_a_word(word, language)
    tokens = [token for token in canonical(word, language) if token not in language.fillers]
    if not tokens:
        raise PhraseError(f"`{word}` is not a word", "phrase_no_word", word=word)
    return "".join(f"<{_spelt(token, language)}>" for token in tokens)


def _part_of_a_word(word: str, language: Language) -> str:
    part = _spelt(stem(word.strip("*"), language), language)
    if not part or "*" in word.strip("*"):
        message = f"`{word}` is not a word; `*` stands before or after a part of one"
        raise PhraseError(message, "phrase_no_part", word=word)
    before, after = ("[^>]*" if edge == "*" else "" for edge in (word[0], word[-1]))
    return f"<{before}{part}{after}>"


def _spelt(token: str, language: Language) -> str:
    """The token's letters, each with those that may stand in for it in what was heard."""
    heard = language.stand_ins
    return "".join(f"[{letter}{heard[letter]}]" if letter in heard else re.escape(letter) for letter in token)
