"""How sure a word is: from the probabilities of its tokens, and of its whole line's, to the share that is right.

A word with confidence .9 is right nine times in ten. A line that was guessed as a whole makes each of its words
less sure: in another language a model finds words, and few of them likely. Next: `reader.py` asks.

The three numbers are a logistic regression over 2,376 words that Moonshine tiny heard on 18 public recordings of
people with known texts (read sentences, an acted sale by phone; each as it is, at 8 kHz, in noise of 20 and 10 dB,
muffled, soft and faster), 295 of them wrong. Fitted on half of the recordings, the other half's words said .93 to
.97 were right in .93 to .99, those said .86 in .82 to .87, those said .75 in .70, those said .65 in .55. Russian
through the same model gets .13 on average, meetings .67, a clear call .93.
"""

from collections.abc import Sequence
from math import exp

SURE, PER_WORD_NAT, PER_LINE_NAT = 3.5, 2.5, 3.1
LEAST_WORD_NATS = -4.0  # below that, less likely makes no difference


def word_confidence(nats: Sequence[float], line_nats: Sequence[float]) -> float:
    """Of a word whose tokens have these log-probabilities, in a line whose tokens have those. 0..1."""
    word = max(sum(nats), LEAST_WORD_NATS)
    line = sum(line_nats) / len(line_nats)
    return 1.0 / (1.0 + exp(-(SURE + PER_WORD_NAT * word + PER_LINE_NAT * line)))
