"""The languages that the text layer knows, one module of data each: `language_rules(tag) -> Language`.

A new language is a new module and its line in `KNOWN`; nothing else in the core names a language.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from voiceassist.core.words.languages.en import ENGLISH
from voiceassist.core.words.languages.es import SPANISH
from voiceassist.core.words.languages.language import Language

__all__ = ["ENGLISH", "NEUTRAL", "SPANISH", "Language", "is_language", "language_rules", "primary_subtag"]

NEUTRAL = Language(tag="und")  # BCP 47: undetermined
TAGS_CACHED = 64  # asked for with every partial
KNOWN: Mapping[str, Language] = {language.tag: language for language in (ENGLISH, SPANISH)}

TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)  # BCP 47, as far as anybody needs it


def is_language(tag: str) -> bool:
    """Whether this can be a language's tag: "es", "es-MX"."""
    return TAG.fullmatch(tag) is not None


def primary_subtag(tag: str) -> str:
    """The language of a BCP 47 tag, without country and script: `"es-MX"` → `"es"`."""
    return tag.replace("_", "-").partition("-")[0].lower()


@lru_cache(maxsize=TAGS_CACHED)
def language_rules(tag: str) -> Language:
    """The rules for a BCP 47 tag; NEUTRAL for a language without any."""
    return KNOWN.get(primary_subtag(tag), NEUTRAL)
