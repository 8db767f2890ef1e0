"""Languages of models: which one a name tells, and whether a model serves a call.

Knows names only, no folders. Next: `installed.py` chooses by it, `add.py` guesses by it.
"""

import re

from voiceassist.core.words.languages import primary_subtag

UNKNOWN = "und"  # BCP 47's own word for a language that nobody named

OFFICIAL_NAME = re.compile(r"vosk-model-(?:small-)?(?:streaming-)?(?P<code>[a-z]{2}(?:-(?:us|in|gb|tn|ph))?)-.+")
"""How alphacephei.com names its models: vosk-model-small-en-us-0.15."""

VENDOR_CODES = {"cn": "zh", "ua": "uk", "kz": "kk", "vn": "vi", "tl-ph": "tl"}
"""The vendor's codes that are a country's where BCP 47 wants the language's."""


def language_of_name(name: str) -> str | None:
    """What an official name says, as BCP 47: "vosk-model-small-cn-0.22" is "zh"."""
    match = OFFICIAL_NAME.fullmatch(name)
    return VENDOR_CODES.get(match["code"], match["code"]) if match else None


def serves(model_language: str, call_language: str) -> bool:
    """Whether calls in the one can be heard by a model of the other: regions do not matter, languages do."""
    return primary_subtag(model_language) == primary_subtag(call_language) != UNKNOWN


def same_region(model_language: str, call_language: str) -> bool:
    """Whether the regions agree, as far as both name one."""
    model, call = (tag.lower().replace("_", "-") for tag in (model_language, call_language))
    return model == call or "-" not in model or "-" not in call
