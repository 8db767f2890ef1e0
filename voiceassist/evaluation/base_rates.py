"""How often things are said in real calls: what turns false alarms into a precision and into alarms per hour.

The only place with these numbers. Next: `rates.py`.
"""

from collections.abc import Mapping

from voiceassist.evaluation.labelled import ABUSE

# Of the turns of the side that can say it, the share that has it. Kinds that are not here have no known rate.
BASE_RATES: Mapping[str, float] = {
    ABUSE: 1 / 10_000,  # the product's definitions: ordinary phone talk
    "refusal": 1 / 40,  # the product's definitions, from reading 636 real phone calls
    "frustration": 32 / 2_713,  # BT OASIS, customers' turns of 508 service calls, each read for it
    "churn": 11 / 2_713,  # the same turns
    "profanity": 9 / 2_713,  # the same turns
}

# Words that one side says in an hour of call. Switchboard: over 240 hours of telephone talk between two people,
# about 3 million words (isip.piconepress.com/projects/switchboard/html/overview.html).
WORDS_PER_HOUR = 3_000_000 / 240 / 2
