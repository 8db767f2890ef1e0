"""English: contractions, fillers, spoken numbers and addresses. Data only. Next: `text.py`, `redact.py`."""

import re

from voiceassist.core.languages.language import Addresses, Language, Numbers

# Written as one word, said as two. Forms without an apostrophe that are words of their own ("well", "were",
# "ill", "id", "wed", "shed", "hell") are left alone: a phrase that wants them lists them.
_CONTRACTIONS = {
    "cannot": "can not",
    "can't": "can not",
    "cant": "can not",
    "won't": "will not",
    "wont": "will not",
    "shan't": "shall not",
    "shant": "shall not",
    "ain't": "is not",
    "aint": "is not",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "youve": "you have",
    "youll": "you will",
    "youd": "you would",
    "theyre": "they are",
    "theyve": "they have",
    "theyll": "they will",
    "weve": "we have",
    "its": "it is",
    "itll": "it will",
    "thats": "that is",
    "thatll": "that will",
    "theres": "there is",
    "whats": "what is",
    "wheres": "where is",
    "whos": "who is",
    "heres": "here is",
    "let's": "let us",
    "lets": "let us",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "gimme": "give me",
    "lemme": "let me",
    "okay": "ok",
    "alright": "all right",
}
_NEGATED = (
    *("do", "does", "did", "is", "are", "was", "were", "has", "have", "had"),
    *("could", "would", "should", "must", "need", "might"),
)
# After these, 's means "is"; after any other word it is a possessive and only the apostrophe goes.
_BEFORE_IS = (
    *("it", "that", "there", "what", "where", "who", "here", "he", "she", "how", "when"),
    *("everything", "nothing", "this"),
)
# Old spellings, which recognizers trained on books give: "Some one will call you to-morrow."
_SPLIT = {
    "some": ("one", "body", "thing"),
    "any": ("one", "body", "thing"),
    "every": ("one", "body", "thing"),
    "no": ("body", "thing"),
    "to": ("day", "night", "morrow"),
    "good": ("bye",),
}

ENGLISH = Language(
    tag="en",
    whole=_CONTRACTIONS
    | {f"{verb}nt": f"{verb} not" for verb in _NEGATED}
    | {f"{word}'s": f"{word} is" for word in _BEFORE_IS},
    endings=(
        ("n't", " not"),
        ("'re", " are"),
        ("'ve", " have"),
        ("'ll", " will"),
        ("'d", " would"),
        ("'m", " am"),
    ),
    split={(first, second): first + second for first, seconds in _SPLIT.items() for second in seconds},
    fillers=frozenset(["um", "umm", "uh", "uhh", "uhm", "er", "erm", "hm", "hmm", "mm", "mmm", "ah", "eh"]),
    asides=frozenset(["ok", "yes", "yeah", "yep", "right", "so", "then", "next", "wait", "sorry"]),
    pivots=("but", "however", "instead", "though", "although", "what"),
    numbers=Numbers(
        units=frozenset(
            ["zero", "oh", "o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        ),
        teens=frozenset(
            [
                *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
                *("sixteen", "seventeen", "eighteen", "nineteen"),
            ]
        ),
        tens=frozenset(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]),
        repeats={"double": 1, "triple": 2},
        glue=frozenset(["dash", "hyphen", "space"]),
        amount=re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+\.\d{1,2}"),
    ),
    addresses=Addresses(
        at=frozenset(["at"]),
        dot=frozenset(["dot"]),
        joints=frozenset(["dot", "underscore", "dash", "hyphen"]),
        endings=frozenset(
            [
                *("com", "net", "org", "edu", "gov", "info", "io"),
                *("uk", "de", "fr", "es", "it", "eu", "us", "ca", "au"),
            ]
        ),
    ),
)
