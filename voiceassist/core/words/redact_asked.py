"""What an agent asks a caller for, and the answer that is private because of it: "the memorable word please".

An answer to a question for a password has no shape of its own, so the whole of a short one is hidden, from the
first word that is no mere grammar on. Only agents ask callers. Next: `redact.py`.
"""

from collections.abc import Iterator

from voiceassist.core.words.announced import Announcement, Topic, announcements
from voiceassist.core.words.spoken_numbers import HeardLine, is_glue

BEHIND_WORDS = 4  # "your date of birth for me please": so many may follow what is asked for
ANSWER_WORDS = 6  # a longer answer is no password


def asked_topic(line: HeardLine) -> Topic | None:
    """What the line asks for; None where it asks for nothing private."""
    found = [one for one in announcements(line, asked=True) if one.topic not in ("quantity", "reference")]
    return next((one.topic for one in reversed(found) if _is_question(line, one)), None)


def answer(line: HeardLine) -> Iterator[int]:
    """The words of a short answer that may be the password itself."""
    private, found = line.language.private, list[int]()
    for index, text in enumerate(line.plain):
        if not found and (text in private.pauses or (text in private.denied and text not in line.language.light)):
            return
        if found and text in private.ends:
            break
        if found or not _means_little(line, text):
            found.append(index)
        if found and line.words[index][-1:] in ".?!":
            break
    if len(found) <= ANSWER_WORDS:
        yield from found


def keeps_waiting(line: HeardLine) -> bool:
    """Whether a caller only says that the answer will come: "let me think"."""
    pauses = line.language.private.pauses
    return all(_means_little(line, text) or text in pauses for text in line.plain)


def _is_question(line: HeardLine, one: Announcement) -> bool:
    """Whether somebody asks for it: with words for that, or by naming it and little else."""
    private = line.language.private
    ahead, behind = line.plain[: one.start], line.plain[one.end :]
    if len(behind) > BEHIND_WORDS:
        return False
    said = f" {' '.join(line.plain[: one.end])} "
    is_named = all(_means_little(line, text) or text in private.ends for text in (*ahead, *behind))
    return is_named or any(f" {ask} " in said for ask in private.asks)


def _means_little(line: HeardLine, text: str) -> bool:
    return is_glue(text, line.language) or text in line.language.light or text in line.language.private.copulas
