"""What Spanish tests share: the playbook, a live call, and how recognizers and typists may spell."""

from dataclasses import replace
from functools import cache

from hypothesis import strategies as st

from tests.builders import started
from voiceassist.core.call.call import Call
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.playbook.model import SPEAKER_OF, Playbook
from voiceassist.core.words.languages import SPANISH
from voiceassist.playbooks import load_playbook

PLAIN = str.maketrans("áéíóúüñÁÉÍÓÚÜÑ", "aeiouunAEIOUUN")
MARKS = [",", ".", "...", "!", "?", ";", ":"]


@cache
def playbook() -> Playbook:
    """The built-in Spanish playbook."""
    return load_playbook(None, "es")


def live_call() -> Call:
    """A call from Mexico that has just started."""
    call = Call(playbook())
    call.handle(replace(started(), language="es-MX", playbook=playbook().label))
    return call


def kinds(kind: str, sentence: str, *, before: str = "") -> set[str]:
    """The kinds of cue in a sentence, said by the side that may say `kind`."""
    context = Context(before=tuple(before.split()))
    return {match.kind for match in find_cues(playbook(), SPEAKER_OF[kind], sentence.split(), context)}


def without_accents(sentence: str) -> str:
    """As somebody types it who has no Spanish keyboard."""
    return sentence.translate(PLAIN)


@st.composite
def respelt(draw: st.DrawFn, sentence: str) -> str:
    """The sentence as another recognizer may write it: other case, marks and accents, and hesitations."""
    words: list[str] = []
    for word in sentence.split():
        if draw(st.integers(0, 3)) == 0:
            words.append(draw(st.sampled_from(sorted(SPANISH.fillers))) + draw(st.sampled_from(["", ","])))
        bare = word.strip("¿¡,.;:!?")
        bare = draw(st.sampled_from([bare, bare.upper(), bare.lower(), bare.translate(PLAIN)]))
        words.append(draw(st.sampled_from(["", "¿", "¡"])) + bare + draw(st.sampled_from(["", *MARKS])))
    return " ".join(words)
