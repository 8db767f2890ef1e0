"""More and more calls at once, until cues come late: what that costs, and what it is limited by."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from tests.shell.serving import serving, settings_for
from voiceassist.bench.latency import Measured
from voiceassist.bench.load.calls import PlayedCalls, TargetServer, plan
from voiceassist.bench.load.chart import chart
from voiceassist.bench.load.figures import LoadFigures, load_figures
from voiceassist.bench.load.served import ServerError, served
from voiceassist.bench.load.steps import LoadStep, load_steps
from voiceassist.bench.load.usage import ServerUsage, UsageError, usage_of
from voiceassist.bench.wave_file import at_telephone_rate
from voiceassist.cli import app
from voiceassist.cli.bench.load import show
from voiceassist.errors import ConfigError
from voiceassist.samples import Sample, list_samples, load_sample
from voiceassist.samples.sample import to_json
from voiceassist.samples.script import ExpectedCue
from voiceassist.store.audiofile import read_audio

MB = 1_000_000
REFUSED = PlayedCalls(call_s=0.0, measured=(), refused=("busy",))


def measured(cue_ms: float | None) -> Measured:
    return Measured(
        sample="a", kind="refusal", words="no", spoken_ms=0,
        heard_ms=None, cue_ms=cue_ms, card_ms=None, alert_ms=None, transport_ms=None,
    )  # fmt: skip


def usage(cpu_s: float, decode_cpu_s: float, memory_mb: int, loop_lag_s: float = 0.0) -> ServerUsage:
    return ServerUsage(
        cpu_s=cpu_s,
        decode_cpu_s=decode_cpu_s,
        memory_bytes=memory_mb * MB,
        partials_left_out=0,
        calls_carried=5,
        loop_lag_s=loop_lag_s,
    )


def step(
    callers: int, *delays_ms: float | None, cores: float = 0.5, lag_s: float = 0.0, load: float = 1.0
) -> LoadStep:
    """A minute of so many calls, which kept `cores` busy, a tenth of that with something else than hearing."""
    played = PlayedCalls(call_s=60.0 * callers, measured=tuple(map(measured, delays_ms)), refused=())
    ends = (usage(0.0, 0.0, 200), usage(60 * cores, 54 * cores, 200 + 5 * callers, lag_s))
    return LoadStep(
        callers=callers, played=played, usage=ends, wall_s=60.0, client_cpu_s=3.0, machine_load=load
    )  # fmt: skip


def figures(*steps: LoadStep, cores: int = 2) -> LoadFigures:
    return load_figures(steps, cores, 1_200)


def test_every_sample_is_played_whatever_the_number_of_callers() -> None:
    samples = list_samples()
    for callers in range(1, 15):
        planned = plan(callers, samples)
        assert len(planned) == callers
        assert {sample.id for of_caller in planned for sample in of_caller} == {one.id for one in samples}
        assert len({len(of_caller) for of_caller in planned}) == 1


def test_the_most_calls_with_cues_in_time_are_carried() -> None:
    found = figures(step(2, 300, 400), step(4, 500, 700), step(6, 500, 1_300))
    assert (found.calls, found.calls_per_core) == (4, 2.0)
    assert [(one.p50_ms, one.p95_ms, one.is_carried) for one in found.steps] == [
        (300, 400, True),
        (500, 700, True),
        (500, 1_300, False),
    ]


def test_cues_that_never_come_are_not_carried_unless_few_calls_miss_them_too() -> None:
    found = figures(step(2, 300, 400, None), step(4, *[300] * 7, *[None] * 3), step(6, *[300] * 3, *[None] * 7))
    assert [one.is_carried for one in found.steps] == [True, True, False]
    assert found.limited_by == "cues that never came: 7 of 10"


def test_costs_are_per_call() -> None:
    (found,) = figures(step(4, 300, None, cores=0.8)).steps
    assert found.cores_per_call == pytest.approx(0.2)
    assert found.other_cores_per_call == pytest.approx(0.02)
    assert (found.memory_per_call_bytes, found.client_cores) == (5 * MB, 0.05)
    assert (found.cues, found.missed) == (2, 1)


def test_memory_of_a_further_call_is_the_slope_between_the_steps() -> None:
    assert figures(step(2, 300), step(6, 300)).further_call_bytes == 5 * MB
    assert figures(step(2, 300)).further_call_bytes is None


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (step(4, 300), "nothing yet"),
        (step(4, 2_000, cores=1.9), "processors: 1.9 of 2 cores used, 90% of that for recognition"),
        (step(4, 2_000, cores=1.9, lag_s=0.4), "the event loop: it woke up 400 ms late"),
        (step(4, 2_000), "neither processors"),
        (step(4, 2_000, load=9.0), "other programs on this machine: its load is 9.0"),
        (step(4, None), "no cue came"),
        (replace(step(4, 300), played=REFUSED), "refused 1 calls: busy"),
    ],
)
def test_what_limits_is_said(last: LoadStep, why: str) -> None:
    found = figures(last)
    assert why in found.limited_by
    assert found.calls == (4 if why == "nothing yet" else 0)


def test_the_chart_is_a_picture_of_the_delays() -> None:
    found = figures(step(2, 300, 400), step(4, None), step(6, 500, 1_300))
    picture = ET.fromstring(chart(found, "delays of <calls>"))
    texts = {element.text for element in picture.iter() if element.text and element.text.strip()}
    assert {"delays of <calls>", "limit: 1,200 ms", "p50", "p95", "2", "4", "6"} <= texts
    lines = [element for element in picture.iter() if element.tag.endswith("polyline")]
    assert [len(line.attrib["points"].split()) for line in lines] == [2, 2]


def test_the_table_shows_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    show(figures(step(2, 300, 400), step(4, 500, 1_300)))
    printed = capsys.readouterr().out
    assert "1,300" in printed
    assert "carried: 2 calls on 2 cores, 1.0 per core" in printed
    assert "5.0 MB for each further call" in printed


def test_metrics_that_lack_a_figure_are_refused() -> None:
    with pytest.raises(UsageError, match="lack voiceassist_decode_cpu_seconds"):
        usage_of("process_cpu_seconds_total 1.0\n")


def short_call(folder: Path) -> Sample:
    """Six seconds in which the customer asks for the manager; the recording is silent."""
    whole = load_sample("manager-please")
    line = whole.lines[2]
    words = tuple(
        replace(word, start_ms=word.start_ms - line.start_ms + 500, end_ms=word.end_ms - line.start_ms + 500)
        for word in line.words
    )
    moved = replace(line, words=words, start_ms=words[0].start_ms, end_ms=words[-1].end_ms)
    cue = ExpectedCue("escalation", "customer", "I want to talk to your manager")
    recording = folder / "call.wav"
    soundfile.write(recording, np.zeros((6 * 8_000, 2)), 8_000)
    expect = replace(whole.expect, cues=(cue,))
    return replace(whole, duration_ms=6_000, lines=(moved,), expect=expect, recording=recording)


@pytest.mark.realtime
async def test_calls_at_once_are_measured_on_a_real_server(tmp_path: Path) -> None:
    sample = short_call(tmp_path)
    script = tmp_path / "script.json"
    script.write_text(to_json(sample), encoding="utf-8")
    ended: list[int] = []

    def begins(callers: int, calls: int) -> Callable[[], None]:
        assert calls == callers
        return lambda: ended.append(callers)

    async with serving(settings_for(tmp_path / "data", engine=f"scripted:{script}")) as server:
        target = TargetServer(url=f"http://127.0.0.1:{server.port}")
        steps = [one async for one in load_steps(target, [2], [sample], 60_000, begins)]
    (found,) = load_figures(steps, 1, 60_000).steps
    assert (found.calls, found.is_carried, found.cues, found.missed, found.refused) == (2, True, 2, 0, 0)
    assert found.cores_per_call > found.other_cores_per_call > 0
    assert ended == [2, 2]


async def test_a_server_that_refuses_calls_carries_none(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data", ingest_token="secret")) as server:
        target = TargetServer(url=f"http://127.0.0.1:{server.port}", token="wrong")
        steps = [
            one async for one in load_steps(target, [1, 2], [short_call(tmp_path)], 1_200, lambda *_: lambda: None)
        ]
    assert [len(one.played.refused) for one in steps] == [1]
    assert "refused 1 calls" in load_figures(steps, 1, 1_200).limited_by


def test_a_server_of_our_own_is_started_and_ended(tmp_path: Path) -> None:
    script = load_sample("friendly").recording.with_suffix(".json")
    with served(f"scripted:{script}", tmp_path, 1) as server:
        assert server.cores == 1
        assert usage_of(httpx.get(f"{server.url}/metrics").text).cpu_s > 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/healthz")


def test_calls_come_at_the_rate_of_telephones(tmp_path: Path) -> None:
    sample = load_sample("friendly")
    narrow = at_telephone_rate(sample, tmp_path)
    audio = read_audio(narrow.recording)
    assert (audio.rate_hz, len(audio.channels), audio.duration_ms) == (8_000, 2, sample.duration_ms)
    assert all(np.abs(leg).max() > 1_000 for leg in audio.channels)
    assert narrow.lines == sample.lines


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="engine 'nonsense' is not known"), served("nonsense", tmp_path, None):
        pass


def test_a_server_elsewhere_needs_its_number_of_processors() -> None:
    result = CliRunner().invoke(app, ["bench", "load", "--url", "http://127.0.0.1:1"])
    assert isinstance(result.exception, ConfigError)
    assert "--cores" in str(result.exception)
