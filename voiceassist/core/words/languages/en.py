"""English: contractions, split words, fillers, promises, requests. Data only.

Numbers, addresses and what is private: `en_private.py`. Next: `text.py`.
"""

from voiceassist.core.words.languages.en_private import (
    ENGLISH_ADDRESSES,
    ENGLISH_NUMBERS,
    ENGLISH_PRIVATE,
    TEENS,
    TENS,
    UNITS,
)
from voiceassist.core.words.languages.language import Language, PromiseWords

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
    "dunno": "do not know",
    "kinda": "kind of",
    "sorta": "sort of",
    "outta": "out of",
    "hafta": "have to",
    "oughta": "ought to",
    "tryna": "trying to",
    "coulda": "could have",
    "shoulda": "should have",
    "woulda": "would have",
    "y'all": "you all",
    "yall": "you all",
    "cuz": "because",
    "coz": "because",
    "anymore": "any more",
    "nonrefundable": "non refundable",
    "nontransferable": "non transferable",
    "pls": "please",
    "plz": "please",
}
_LIGHT = (
    *("a", "an", "the", "i", "you", "he", "she", "it", "we", "they", "me", "him", "her", "us", "them", "one"),
    *("my", "your", "his", "its", "our", "their", "this", "that", "these", "those", "here", "there"),
    *("am", "is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "have", "has", "had"),
    *(
        "will",
        "would",
        "can",
        "could",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "let",
        "get",
        "got",
        "go",
        "going",
    ),
    *(
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "with",
        "by",
        "from",
        "as",
        "up",
        "out",
        "off",
        "about",
        "into",
        "over",
    ),
    *("and", "or", "but", "if", "so", "than", "then", "also", "just", "very", "really", "all", "any", "some"),
)
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
    # What small recognizers split: only pairs that mean nothing else side by side.
    "re": ("fund", "funds", "schedule", "place", "imburse", "issue", "store"),
    "un": ("able", "available", "fortunately", "lock", "successful"),
    "in": ("eligible",),
    "up": ("grade", "graded", "grades"),
    "down": ("grade", "graded"),
    "per": ("cent",),
    "with": ("in", "out"),
    "ex": ("change", "ception", "pired"),
    "dis": ("count", "counts"),
    "what": ("ever",),
}


def _below_hundred(number: int) -> str:
    """A whole number in words: recognizers write "thirty days", people type "30 days"."""
    if number < len(UNITS + TEENS):
        return (UNITS + TEENS)[number]
    tens, unit = divmod(number, 10)
    return " ".join([TENS[tens - 2], *([UNITS[unit]] if unit else [])])


# A promise with a day or a time: "I will call you back by Friday".
_PROMISES = PromiseWords(
    words={
        "weekday": ("monday|tuesday|wednesday|thursday|friday|saturday|sunday",),
        "month": ("january|february|march|april|may|june|july|august|september|october|november|december",),
        "ordinal": (
            "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth",
            "fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth",
            "twenty (first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirty first",
            "1*|2*|3*|4th|5th|6th|7th|8th|9th",
        ),
        "count": (f"a|an|half an|few|couple of|several|{'|'.join((*UNITS, *TEENS, *TENS))}",),
        "stretch": ("[business|working] (day|days)|hour|hours|week|weeks|month|months",),
        "hour": ("one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve",),
        "past_hour": ("fifteen|thirty|forty five|oclock|o clock",),
        "half_day": ("am|pm|a m|p m|in the (morning|afternoon|evening)",),
        "daytime": ("morning|afternoon|evening|night",),
        "by": ("by|before|on|until|no later than",),
    },
    commits=(
        "(i|we) (will|promise|guarantee)|(i am|we are) going to",
        "(someone|somebody|[one of] (my|our|the) (colleague|colleagues|manager|supervisor|team|technician)) will",
        "(a|an|the|my|our) [team|shift|line] (leader|lead|manager|supervisor) will",
        "(a|an|the) (colleague|technician|engineer|specialist|driver|courier) will",
        "you (will|are going to) (have|get|receive|hear|see)",
        "(your|the) [new|full] (money|refund|credit|order|parcel|package|replacement|card|payment|delivery) will",
    ),
    when=(
        "[<by>] (today|tonight|tomorrow [<daytime>]|the day after tomorrow|first thing (tomorrow|in the morning))",
        "[<by>] [this|next|coming] <weekday> [<daytime>]|[<by>] this (<daytime>|week|weekend|month)",
        "[<by>] (next (week|weekend|month)|[the] end of [the|this|next] (day|week|month|business))",
        "[<by>] close of business",
        "(in|within) [the next|about|around] [a] <count> [to|or] [<count>] <stretch>|within the (hour|day|week)",
        "(in|within) [about] (five|ten|fifteen|twenty|thirty|forty five) minutes",
        "(by|before) (noon|midday|midnight|<hour>) [<past_hour>] [<half_day>]",
        "(at|around) <hour> [<past_hour>] (oclock|o clock|<half_day>|today|tomorrow)",
        "[<by>] ([the] <ordinal> [of] <month>|<month> [the] <ordinal>)|<by> the <ordinal>",
    ),
    none=frozenset(
        ["not", "never", "no", "nothing", "unable", "closed", "open", "hold", "help", "helping", "assist"]
    ),
)

# With what callers say what they want. "Could you repeat that" is no reason to call.
_REQUESTS = (
    "(i|we) (want|need|would like|have|am trying|was hoping|would love) to",
    "(i|we) (want|need|would like|would love) (a|an|my|our|some|the|you|your|another|that|this|it)",
    "(i am|we are|i was) (calling|phoning|ringing|writing) (about|because|to|for|regarding|in)",
    "(i have|we have|there is) [got] (a|an|some) (problem|problems|question|issue|complaint|request)",
    "(can|could|may|might) (i|we) (get|have|return|cancel|change|move|speak|talk|send|pay|book|order|swap|use)",
    "(can|could|would|will) you (refund|cancel|change|send|credit|remove|waive|move|exchange|replace|fix)",
    "(can|could|would|will) you (help|give) me",
    "is (it|that) possible to|is there (any way|a way|any chance)|would it be possible",
)

ENGLISH = Language(
    tag="en",
    whole=_CONTRACTIONS
    | {f"{verb}{ending}": f"{verb} not" for verb in _NEGATED for ending in ("nt", "not")}
    | {f"{word}'s": f"{word} is" for word in _BEFORE_IS},
    folds={ord("%"): " percent ", ord("&"): " and "},
    digits={str(number): _below_hundred(number) for number in range(100)},
    endings=(
        ("n't", " not"),
        ("'re", " are"),
        ("'ve", " have"),
        ("'ll", " will"),
        ("'d", " would"),
        ("'m", " am"),
    ),
    split={(first, second): first + second for first, seconds in _SPLIT.items() for second in seconds},
    fillers=frozenset(
        [
            *("um", "umm", "uh", "uhh", "uhm", "er", "err", "erm", "hm", "hmm", "mm", "mmm", "mhm", "ah", "eh"),
            "ehm",
        ]
    ),
    asides=frozenset(["ok", "yes", "yeah", "yep", "right", "so", "then", "next", "wait", "sorry"]),
    light=frozenset(_LIGHT),
    hedges=frozenset(
        [
            *("actually", "also", "basically", "ever", "honestly", "just", "maybe", "please", "probably", "quite"),
            *("really", "simply", "sir", "madam", "so", "still", "truly", "very", "well", "totally"),
        ]
    ),
    contrasts=frozenset(["but", "however", "though", "although"]),
    pivots=("but", "however", "instead", "though", "although", "what"),
    numbers=ENGLISH_NUMBERS,
    addresses=ENGLISH_ADDRESSES,
    private=ENGLISH_PRIVATE,
    promises=_PROMISES,
    requests=_REQUESTS,
)
