"""The tables of `voiceassist models bench`, each narrow enough for a plain terminal.

Never measures: everything comes from `bench/asr/`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voiceassist.bench.asr.calibration import BINS, Reliability
from voiceassist.bench.asr.degraded import CONDITIONS
from voiceassist.bench.asr.edits import WordErrors, total
from voiceassist.bench.asr.report import EngineReport
from voiceassist.bench.asr.results import ClipSummary, Spread, by_channel, by_voice
from voiceassist.bench.asr.voices import VOICES

NONE = "-"
MB = 1_000_000
TRAINED = frozenset(voice.name for voice in VOICES if voice.seen)
LEGEND = (
    "WER: word error rate, and its 95 % interval (utterances drawn 1,000 times; needs 5). "
    "S/I/D: words replaced, inserted, deleted. RTF: processor seconds per second of audio, one core. "
    "partial, final: delays in milliseconds of audio, median / 95th percentile, from the end of a word to the "
    "first partial with it, and from the end of an utterance to its final. "
    "call MB: what each further call of two sides takes while it is heard. "
    "word times: mean distance of the starts / of the ends from the synthesiser's, in milliseconds. "
    ".7: of the words with a confidence from .7 to .8, the share that is right; "
    "error: mean distance of confidence and that share."
)
UNTRAINED = "* a voice that vosk-tiny-en did not hear in training; trained: all others together."


def show(reports: Sequence[EngineReport], console: Console) -> None:
    """All tables that have rows, and what went wrong."""
    of_all = [make(reports) for make in (_costs, _errors, _times, _sure, _worse, _files)]
    for table in (*of_all, *(table for report in reports for table in _voices(report))):
        if table.row_count:
            console.print(table)
    console.print(LEGEND, style="dim", highlight=False)
    if any(score.voice for report in reports for score in report.scores):
        console.print(UNTRAINED, style="dim", highlight=False)
    for report in reports:
        if report.error:
            console.print(f"[bold red]failed:[/] {escape(report.error)}", highlight=False, soft_wrap=True)


def _table(title: str, first: str, figures: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(first, overflow="fold")
    for column in figures:
        table.add_column(column, justify="right")
    return table


# ---- engine beside engine ----


def _costs(reports: Sequence[EngineReport]) -> Table:
    table = _table("engines", "engine", ("load s", "model MB", "call MB", "growth MB", "peak MB", "fit for"))
    for report in reports:
        table.add_row(escape(report.subject.name), *_cost(report), report.subject.choice.fit_for)
    return table


def _cost(report: EngineReport) -> Iterator[str]:
    loaded, memory = report.loaded, report.memory
    yield f"{loaded.load_s:.2f}" if loaded else NONE
    yield f"{loaded.memory_bytes / MB:.0f}" if loaded else NONE
    yield f"{memory.call_bytes / MB:.0f}" if memory else NONE
    yield f"{memory.growth_bytes / MB:.0f}" if memory else NONE
    yield f"{memory.peak_bytes / MB:.0f}" if memory else NONE


def _errors(reports: Sequence[EngineReport]) -> Table:
    table = _table("what they hear", "", ("words", "WER %", "95 %", "S/I/D"))
    for place, results in _by_place(reports):
        if any(result.counts.words for _, result in results):
            table.add_row(f"[bold]{escape(place)}")
            for name, result in results:
                table.add_row(f"  {escape(name)}", *_error(result))
    return table


def _error(result: ClipSummary) -> Iterator[str]:
    counts = result.counts
    yield str(counts.words)
    yield _rate(counts)
    yield " to ".join(f"{100 * bound:.1f}" for bound in result.interval) if result.interval else NONE
    yield f"{counts.substitutions}/{counts.insertions}/{counts.deletions}"


def _times(reports: Sequence[EngineReport]) -> Table:
    table = _table("how soon", "", ("RTF", "partial", "final", "word times"))
    for place, results in _by_place(reports):
        table.add_row(f"[bold]{escape(place)}, {results[0][1].audio_s:,.0f} s")
        for name, result in results:
            table.add_row(f"  {escape(name)}", *_time(result))
    return table


def _time(result: ClipSummary) -> Iterator[str]:
    starts, ends = result.start_error_ms, result.end_error_ms
    yield f"{result.real_time_factor:.3f}"
    yield _delay(result.partial_delay_ms)
    yield _delay(result.final_delay_ms)
    yield f"{starts.mean:.0f} / {ends.mean:.0f}" if starts and ends else NONE


def _by_place(reports: Sequence[EngineReport]) -> Iterator[tuple[str, list[tuple[str, ClipSummary]]]]:
    """Each material, with what every engine made of it; of synthesised speech the first channel only."""
    rows = [(report.subject.name, result) for report in reports for result in _first_channels(report)]
    for place in dict.fromkeys(_place(result) for _, result in rows):
        yield place, [(name, result) for name, result in rows if _place(result) == place]


def _first_channels(report: EngineReport) -> Iterator[ClipSummary]:
    found = set[str]()
    for result in by_channel(report.scores):
        if result.material not in found:
            yield result
        found.add(result.material)


def _place(result: ClipSummary) -> str:
    return f"{result.material}, {result.channel}" if result.channel else result.material


def _sure(reports: Sequence[EngineReport]) -> Table:
    """Reliability: of the words that an engine is so sure of, how many are right."""
    table = _table("how sure they are, and how often right: %", "", ("words", "error", *_bin_names()))
    for place, results in _by_place(reports):
        for name, result in results:
            if result.calibration:
                table.add_row(f"{escape(name)}, {escape(place)}", *_reliability(result.calibration))
    return table


def _bin_names() -> list[str]:
    return [f".{number}" for number in range(BINS)]


def _reliability(found: Reliability) -> Iterator[str]:
    yield f"{found.words:,}"
    yield f"{100 * found.expected_error:.1f}"
    right = {round(one.low * BINS): one.accuracy for one in found.bins}
    yield from (f"{100 * right[number]:.0f}" if number in right else NONE for number in range(BINS))


def _worse(reports: Sequence[EngineReport]) -> Table:
    """Word error rates on worse lines (`bench/asr/degraded.py`), beside those of the recordings as they are."""
    table = _table("on worse lines: WER %", "", ("as is", *(name.replace(" dB", "") for name in CONDITIONS)))
    for report in reports:
        rates = {(result.material, result.channel): _rate(result.counts) for result in by_channel(report.scores)}
        for material in dict.fromkeys(material for material, channel in rates if channel in CONDITIONS):
            figures = [rates.get((material, channel), NONE) for channel in ("", *CONDITIONS)]
            table.add_row(f"{escape(report.subject.name)}, {escape(material)}", *figures)
    return table


def _files(reports: Sequence[EngineReport]) -> Table:
    """Of every recording as it is."""
    engines = [f"{escape(report.subject.name)} %" for report in reports]
    table = _table("word error rate, file by file", "file", ("words", *engines))
    counts = [
        {score.name: total(score.lines) for score in report.scores if not score.voice and not score.channel}
        for report in reports
    ]
    names = dict.fromkeys(name for of_engine in counts for name, one in of_engine.items() if one.words)
    for name in names:
        by_engine = [of_engine.get(name, WordErrors()) for of_engine in counts]
        words = max(one.words for one in by_engine)
        table.add_row(escape(name), str(words), *map(_rate, by_engine))
    return table


# ---- voice by voice ----


def _voices(report: EngineReport) -> Iterator[Table]:
    """A table per set of sentences: voices down, channels across."""
    results = [result for result in by_voice(report.scores) if result.voice]
    channels = list(dict.fromkeys(result.channel for result in results))
    for material in dict.fromkeys(result.material for result in results):
        of_set = [result for result in results if result.material == material]
        title = f"{report.subject.name}, {material}: WER %"
        table = _table(title, "voice", [channel.replace("-", " ") for channel in channels])
        for voice in dict.fromkeys(result.voice for result in of_set):
            table.add_row(voice if voice in TRAINED else f"{voice} *", *_rates(of_set, {voice}, channels))
        table.add_row("trained", *_rates(of_set, TRAINED, channels), style="bold")
        yield table


def _rates(results: Sequence[ClipSummary], voices: Collection[str], channels: Sequence[str]) -> list[str]:
    """Of these voices together, per channel."""
    return [
        _rate(total([result.counts for result in results if result.voice in voices and result.channel == channel]))
        for channel in channels
    ]


# ---- figures ----


def _rate(counts: WordErrors) -> str:
    return NONE if counts.rate is None else f"{100 * counts.rate:.1f}"


def _delay(spread: Spread | None) -> str:
    return f"{spread.median:.0f} / {spread.p95:.0f}" if spread else NONE
