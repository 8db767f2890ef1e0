"""What `voiceassist replay` prints, and the moments by which two runs of a call are compared."""

import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from tests.children import child
from tests.e2e.server import Json

MOMENTS = ("cue", "cue_confirmed", "cue_retracted", "refusal_closed", "prompt", "alert")


def printed(recording: Path, engine: str, runs: int = 1) -> list[str]:
    """What so many runs at once print with `--json`."""
    # As fast as it can be: `nice`, so that tests beside it still hear their calls in real time.
    command = ["nice", sys.executable, "-m", "voiceassist", "replay", str(recording), "--json", "--engine", engine]
    with ExitStack() as started_ones:
        started = [
            started_ones.enter_context(child(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
            for _ in range(runs)
        ]
        told = [run.communicate() for run in started]
    assert [run.returncode for run in started] == [0] * runs, told
    return [output for output, _ in told]


def replayed(recording: Path, engine: str) -> list[Json]:
    """The events of one run."""
    (output,) = printed(recording, engine)
    return events_in(output)


def events_in(output: str) -> list[Json]:
    """One from each line."""
    return [json.loads(line) for line in output.splitlines()]


def moments(events: Iterable[Json]) -> list[tuple[str, str, str]]:
    """What happened, in order: kind and words of every cue, card and alert."""
    return [
        (event["type"], str(event.get("kind", "")), str(event.get("words", event.get("quote", ""))))
        for event in events
        if event["type"] in MOMENTS
    ]
