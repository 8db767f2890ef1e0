"""The measurement as one JSON document: everything that was counted, and on what machine.

Its shape:
    version       1; a field that disappears or changes its meaning makes it 2
    voiceassist   the program's version
    language      BCP 47
    edge          whether clips passed the hearing edge first
    machine       {platform, python, cpus, load_average}
    engines       one per engine:
        name, language, fit_for, error (null: none), load_s, memory_bytes, growth_bytes, peak_bytes,
        call_bytes (of each further call while it is heard)
        results   per material, voice and channel; totals: per material and channel
                  {material, voice, channel, clips, utterances, audio_s, cpu_s, real_time_factor,
                   words, substitutions, insertions, deletions, word_error_rate, interval: [low, high] or null,
                   times_from, partial_delay_ms, final_delay_ms, start_error_ms, end_error_ms:
                   {n, mean, median, p95} or null,
                   calibration: {words, expected_error, bins: [{low, high, words, right, confidence}]} or null}
        clips     {material, voice, channel, name, audio_s, cpu_s, reference, heard, words, substitutions,
                   insertions, deletions}
Next: `cli/models/bench.py` writes it.
"""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from voiceassist import __version__
from voiceassist.bench.asr.edits import total
from voiceassist.bench.asr.report import EngineReport
from voiceassist.bench.asr.results import ClipSummary, by_channel, by_voice
from voiceassist.bench.asr.scores import ClipScore

VERSION = 1


def document(reports: Sequence[EngineReport], language: str, *, at_edge: bool) -> dict[str, Any]:
    """Ready for `json.dumps`."""
    return {
        "version": VERSION,
        "voiceassist": __version__,
        "language": language,
        "edge": at_edge,
        "machine": {
            "platform": platform.platform(),
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
            "load_average": os.getloadavg(),
        },
        "engines": [_engine(report) for report in reports],
    }


def _engine(report: EngineReport) -> dict[str, Any]:
    loaded, memory = report.loaded, report.memory
    return {
        "name": report.subject.name,
        "language": report.subject.language,
        "fit_for": report.subject.choice.fit_for,
        "error": report.error,
        "load_s": loaded and loaded.load_s,
        "memory_bytes": loaded and loaded.memory_bytes,
        "growth_bytes": memory and memory.growth_bytes,
        "peak_bytes": memory and memory.peak_bytes,
        "call_bytes": memory and memory.call_bytes,
        "results": [_result(result) for result in by_voice(report.scores)],
        "totals": [_result(result) for result in by_channel(report.scores)],
        "clips": [_clip(score) for score in report.scores],
    }


def _result(result: ClipSummary) -> dict[str, Any]:
    fields = asdict(result)
    counts = fields.pop("counts")
    rates = {"real_time_factor": result.real_time_factor, "word_error_rate": result.counts.rate}
    return {**fields, **counts, **rates}


def _clip(score: ClipScore) -> dict[str, Any]:
    kept = ("material", "voice", "channel", "name", "audio_s", "cpu_s", "reference", "heard")
    return {**{name: getattr(score, name) for name in kept}, **asdict(total(score.lines))}
