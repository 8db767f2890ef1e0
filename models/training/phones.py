"""The sounds that the model knows, and the numbers that Kaldi knows them by.

39 phones of the CMU dictionary without stress, each in four positions of a word (begin, end, internal, singleton),
plus silence and one phone for noise that is no word. Every phone has one emitting state with two outputs of the
network (pdfs): its first frame and the rest. Positions share outputs. Never touches audio or files.
"""

SILENCE = "SIL"
NOISE = "SPN_S"
SOUNDS = [
    "aa", "ae", "ah", "ao", "aw", "ay", "b", "ch", "d", "dh", "eh", "er", "ey", "f", "g", "hh", "ih", "iy",
    "jh", "k", "l", "m", "n", "ng", "ow", "oy", "p", "r", "s", "sh", "t", "th", "uh", "uw", "v", "w", "y",
    "z", "zh",
]  # fmt: skip
POSITIONS = ("_B", "_E", "_I", "_S")
PHONES = [SILENCE, NOISE, *(sound + position for sound in SOUNDS for position in POSITIONS)]
PHONE_ID = {phone: number for number, phone in enumerate(PHONES, start=1)}  # 0 is epsilon

SILENCE_CLASS = 0
CLASS = {SILENCE: SILENCE_CLASS} | {sound: number for number, sound in enumerate(SOUNDS, start=1)}
NOISE_PDF = 2
FIRST_SOUND_PDF = 3
PDFS = FIRST_SOUND_PDF + 2 * len(SOUNDS)

# What synthesisers say instead of the 39.
SYNONYMS = {
    "pau": SILENCE, "h#": SILENCE, "#": SILENCE, "brth": SILENCE, "ssil": SILENCE, "x": SILENCE,
    "ax": "ah", "axr": "er", "ix": "ih", "em": "m", "en": "n", "el": "l", "hv": "hh", "dx": "d",
}  # fmt: skip


def pdfs_of(phone: str) -> tuple[int, int]:
    """Outputs of the network for a phone's first frame and for the others."""
    if phone == SILENCE:
        return 0, 1
    if phone == NOISE:
        return NOISE_PDF, NOISE_PDF
    first = FIRST_SOUND_PDF + 2 * SOUNDS.index(phone.split("_", maxsplit=1)[0])
    return first, first + 1


def sound_of(name: str) -> str:
    """A synthesiser's phone as one of ours."""
    return SYNONYMS.get(name, name)


def loop_label(phone_id: int) -> int:
    """Kaldi's transition-id for staying in a phone."""
    return 2 * phone_id - 1


def enter_label(phone_id: int) -> int:
    """Kaldi's transition-id for a phone's first frame."""
    return 2 * phone_id


LABELS = 2 * len(PHONES)  # disambiguation symbol k is label LABELS + k


def in_word(pronunciation: tuple[str, ...]) -> list[str]:
    """Sounds with their positions in the word."""
    if pronunciation == ("SPN",):
        return [NOISE]
    if len(pronunciation) == 1:
        return [pronunciation[0] + "_S"]
    first, *middle, last = pronunciation
    return [first + "_B", *(sound + "_I" for sound in middle), last + "_E"]
