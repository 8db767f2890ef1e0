"""The search graph: which sounds make which words (HCLr.fst) and which words follow which (Gr.fst).

The lexicon is built as in Kaldi (Povey et al. 2012, "Generating exact lattices in the WFST framework"), with
optional silence and disambiguation symbols; sounds become transition-ids, and the result is prepared so that
libvosk can join it with the language model while it listens. Needs OpenFst's programs and its plugins
`olabel_lookahead` and `ngram` (Debian: libfst-tools, libfst22-plugins-base). Next: `export.py` puts the files
beside the acoustic model.
"""

import math
import os
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import kaldifst

from training.lexicon import UNKNOWN, Pronunciation
from training.phones import LABELS, PHONE_ID, PHONES, SILENCE, enter_label, in_word, loop_label

PLUGINS = Path("/usr/lib/x86_64-linux-gnu/fst/22")
SILENCE_CHANCE = 0.2  # between two words
EPSILON = "<eps>"
Arc = tuple[int, int, int, float]  # to, input, output, cost


def write_graph(
    folder: Path,
    lexicon: Sequence[tuple[str, Pronunciation]],
    words: Sequence[str],
    grammar: str,
    stay: Mapping[int, float],
) -> None:
    """All files of `graph/`. `words` by id, `grammar` as text over these ids, `stay` per phone id."""
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    ids = {word: number for number, word in enumerate(words)}
    text, symbols = _lexicon_text(lexicon, ids)
    spoken = kaldifst.compile(text)
    kaldifst.determinize_star(spoken)
    kaldifst.minimize_encoded(spoken)
    with tempfile.TemporaryDirectory() as work:
        relabelled = _write_sounds(folder, Path(work), _with_loops(spoken, stay))
        _write_grammar(folder, Path(work), grammar)
    (folder / "words.txt").write_text(_words_text(ids, relabelled), encoding="utf-8")
    (folder / "disambig_tid.int").write_text("".join(f"{LABELS + number}\n" for number in range(1, symbols + 1)))
    (folder / "phones/word_boundary.int").write_text("".join(_boundaries()))


def _write_sounds(folder: Path, work: Path, text: str) -> dict[int, int]:
    """HCLr.fst; returns the new ids of words, which look-ahead needs in an order of its own."""
    (work / "sounds.txt").write_text(text)
    _sh(
        f"fstcompile {work}/sounds.txt | fstarcsort --sort_type=olabel > {work}/sounds.fst && "
        f"fstconvert --fst_type=olabel_lookahead --save_relabel_opairs={work}/relabel {work}/sounds.fst "
        f"> {folder}/HCLr.fst"
    )
    (folder / "relabel").write_text((work / "relabel").read_text())
    pairs = (line.split() for line in (work / "relabel").read_text().splitlines())
    return {int(old): int(new) for old, new in pairs}


def _write_grammar(folder: Path, work: Path, grammar: str) -> None:
    (work / "grammar.txt").write_text(grammar)
    relabel = folder / "relabel"
    _sh(
        f"fstcompile --acceptor {work}/grammar.txt | "
        f"fstrelabel --relabel_ipairs={relabel} --relabel_opairs={relabel} | fstarcsort --sort_type=ilabel | "
        f"fstconvert --fst_type=const | fstconvert --fst_type=ngram > {folder}/Gr.fst"
    )
    relabel.unlink()


def _sh(command: str) -> None:
    environment = {**os.environ, "LD_LIBRARY_PATH": str(PLUGINS)}
    subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True, env=environment)


def _words_text(ids: Mapping[str, int], relabelled: Mapping[int, int]) -> str:
    rows = sorted((relabelled.get(number, number), word) for word, number in ids.items())
    return "".join(f"{word} {number}\n" for number, word in rows)


def _boundaries() -> Iterator[str]:
    kinds = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}
    for phone, number in PHONE_ID.items():
        yield f"{number} {'nonword' if phone == SILENCE else kinds[phone[-1]]}\n"


# ---- the lexicon ----


def _lexicon_text(lexicon: Sequence[tuple[str, Pronunciation]], ids: Mapping[str, int]) -> tuple[str, int]:
    """The transducer from phones to words as text, and how many disambiguation symbols it uses."""
    entries, most = _disambiguated([(word, in_word(sounds)) for word, sounds in lexicon])
    start, loop, silence, silence_end, free = 0, 1, 2, 3, 4
    to_silence, to_word = -math.log(SILENCE_CHANCE), -math.log(1 - SILENCE_CHANCE)
    symbol = most + 1  # of silence
    lines = [
        _arc(start, loop, 0, 0, to_word), _arc(start, silence, 0, 0, to_silence),
        _arc(silence, silence_end, PHONE_ID[SILENCE], 0, 0), _arc(silence_end, loop, len(PHONES) + symbol, 0, 0),
    ]  # fmt: skip
    for word, phones, number in entries:
        path = [PHONE_ID[phone] for phone in phones] + ([len(PHONES) + number] if number else [])
        at, said = loop, ids[word]
        for phone in path[:-1]:
            lines.append(_arc(at, free, phone, said, 0))
            at, said, free = free, 0, free + 1
        lines.append(_arc(at, loop, path[-1], said, to_word))
        lines.append(_arc(at, silence, path[-1], said, to_silence))
    return "".join(lines) + f"{loop} 0.0\n", symbol


def _arc(source: int, target: int, heard: int, said: int, cost: float) -> str:
    return f"{source} {target} {heard} {said} {cost:.6f}\n"


def _disambiguated(entries: list[tuple[str, list[str]]]) -> tuple[list[tuple[str, list[str], int]], int]:
    """A symbol's number for every word that sounds like another or like its beginning (add_lex_disambig.pl)."""
    same = Counter(tuple(phones) for _, phones in entries)
    prefixes = {tuple(phones[:length]) for _, phones in entries for length in range(1, len(phones))}
    used: Counter[tuple[str, ...]] = Counter()
    marked = []
    for word, phones in entries:
        key = tuple(phones)
        if same[key] > 1 or key in prefixes:
            used[key] += 1
        marked.append((word, phones, used[key]))
    return marked, max(used.values(), default=0)


# ---- from phones to frames ----


def _with_loops(spoken: kaldifst.StdVectorFst, stay: Mapping[int, float]) -> str:
    """Every phone enters once and may stay (Kaldi's reorder=true): the state it leads to gets the loop."""
    arcs, final, start = _parsed(spoken)
    numbers: dict[tuple[int, int], int] = {}
    waiting: list[tuple[int, int]] = []

    def number(state: int, phone: int) -> int:
        if (state, phone) not in numbers:
            numbers[state, phone] = len(numbers)
            waiting.append((state, phone))
        return numbers[state, phone]

    number(start, 0)
    lines: dict[int, list[str]] = {}
    while waiting:
        state, phone = waiting.pop()
        own = numbers[state, phone]
        leave = -math.log(1 - stay[phone]) if phone else 0.0
        mine = lines[own] = []
        if phone:
            mine.append(_arc(own, own, loop_label(phone), 0, -math.log(stay[phone])))
        if phone and len(arcs[state]) > 2:
            mine.append(_arc(own, number(state, 0), 0, 0, leave))
            continue
        mine += [_step(own, arc, leave, number) for arc in arcs[state]]
        if state in final:
            mine.append(f"{own} {final[state] + leave:.6f}\n")
    return "".join(line for own in sorted(lines) for line in lines[own])


def _step(own: int, arc: Arc, leave: float, number: Callable[[int, int], int]) -> str:
    target, heard, said, cost = arc
    if 1 <= heard <= len(PHONES):
        return _arc(own, number(target, heard), enter_label(heard), said, cost + leave)
    label = LABELS + heard - len(PHONES) if heard else 0
    return _arc(own, number(target, 0), label, said, cost + leave)


def _parsed(spoken: kaldifst.StdVectorFst) -> tuple[dict[int, list[Arc]], dict[int, float], int]:
    arcs: dict[int, list[Arc]] = defaultdict(list)
    final: dict[int, float] = {}
    rows = [line.split() for line in spoken.to_str(show_weight_one=True).splitlines() if line.strip()]
    for row in rows:
        if len(row) >= 4:
            cost = float(row[4]) if len(row) > 4 else 0.0
            arcs[int(row[0])].append((int(row[1]), int(row[2]), int(row[3]), cost))
        else:
            final[int(row[0])] = float(row[1]) if len(row) > 1 else 0.0
    return arcs, final, int(rows[0][0])


def word_ids(vocabulary: Sequence[str]) -> list[str]:
    """Words by id before look-ahead relabels them."""
    return [EPSILON, *vocabulary, UNKNOWN]
