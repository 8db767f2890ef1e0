"""Makes a phrase of a sentence that somebody typed: `phrase_of(sentence, language)`.

What makes no difference is left out (case, punctuation, fillers, stutters); words that people say or leave out,
such as "really", become optional. Never guesses other words: five sentences are five phrases.
Next: `trials/phrase_tries.py` looks where the phrases are found.
"""

from collections.abc import Iterable, Sequence

from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import canonical, tokenise, written_words


def phrase_of(sentence: str, language: Language) -> str:
    """The sentence as a phrase; empty where it holds no word that means anything."""
    words = [word for typed in sentence.split() for word in _words_of(typed, language)]
    heard = {token.word for token in tokenise(words, language)}  # none of what a stutter repeats
    words = [word for place, word in enumerate(words) if place in heard]
    if not words or all(_is_hedge(word, language) for word in words):
        return " ".join(words)
    return " ".join(f"[{word}]" if _is_hedge(word, language) else word for word in words)


def phrases_of(sentences: Iterable[str], language: Language) -> tuple[str, ...]:
    """One phrase for each sentence that has words, each once, in the order of the sentences."""
    made = (phrase_of(sentence, language) for sentence in sentences)
    return tuple(dict.fromkeys(phrase for phrase in made if phrase))


def _words_of(typed: str, language: Language) -> Sequence[str]:
    """As people write them; as they are spoken where a sign is a word, such as "&"."""
    written, heard = written_words(typed), canonical(typed, language)
    return written if [token for word in written for token in canonical(word, language)] == [*heard] else heard


def _spoken(word: str, language: Language) -> Sequence[str]:
    """The tokens of a word, without fillers."""
    return [token for token in canonical(word, language) if token not in language.fillers]


def _is_hedge(word: str, language: Language) -> bool:
    tokens = _spoken(word, language)
    return bool(tokens) and all(token in language.hedges for token in tokens)
