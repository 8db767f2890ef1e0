"""One small bench, run by whichever version of voiceassist is installed: `python regress_parts.py PART`.

Prints one number: processor seconds of what the part is about. Uses only what voiceassist has had for long, and
nothing of `tests/`, so that the same file measures an old version and the new one. Next: `regress.py` runs it.
"""
# ruff: noqa: PLC0415 - a part imports what it needs: an old version may lack what another part needs

import asyncio
import gc
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from time import process_time
from typing import Any

TEXT = "what i can do is offer you store credit for the full amount"
STARTED_AT = "2026-11-21T10:00:00+00:00"


def main() -> None:
    """The part that is asked for."""
    gc.freeze()
    print(PARTS[sys.argv[1]]())


def decode() -> float:
    """A sample call by the embedded engine, as `voiceassist replay` does it."""
    recording = Path(str(files("voiceassist.samples"))) / "late-return.ogg"
    command = [sys.executable, "-m", "voiceassist", "replay", "--engine", "moonshine", str(recording)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cues() -> float:
    """Five hundred turns through a call."""
    from voiceassist.core.call.call import Call
    from voiceassist.playbooks import load_playbook

    call = Call(load_playbook(None, "en"))
    call.handle(_started())
    began_s = process_time()
    for number in range(500):
        call.handle(_final(number + 1))
    return process_time() - began_s


def fanout() -> float:
    """Two thousand lines to fifty walls and a page of the call."""
    from voiceassist.events import Record
    from voiceassist.hub import Hub

    hub = Hub()
    hub.publish(Record(call_id="c", seq=1, event=_started()))
    walls = [hub.watching_wall() for _ in range(50)]
    for wall in walls:
        wall.__enter__()
    began_s = process_time()
    for number in range(2_000):
        hub.publish(Record(call_id="c", seq=number + 2, event=_final(number + 1)))
    took_s = process_time() - began_s
    for wall in walls:
        wall.__exit__(None, None, None)
    return took_s


def appends() -> float:
    """Two thousand appends of one line each, from twenty calls."""
    return asyncio.run(_stored(searches=0))


def search() -> float:
    """Twenty searches over twenty calls of a hundred lines."""
    return asyncio.run(_stored(searches=20))


async def _stored(searches: int) -> float:
    from voiceassist.events import Record
    from voiceassist.store.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "calls.db")
        began_s = process_time()
        for call in range(20):
            await store.append([Record(call_id=f"c{call}", seq=1, event=_started())])
        for seq in range(2, 102):
            lines = [store.append([Record(call_id=f"c{call}", seq=seq, event=_final(seq))]) for call in range(20)]
            await asyncio.gather(*lines)
        if searches:
            began_s = process_time()
        for _ in range(searches):
            await store.calls("credit")
        took_s = process_time() - began_s
        await store.close()
        return took_s


def _started() -> Any:
    from voiceassist.events import CallStarted, Customer, Person

    return CallStarted(
        at_ms=0,
        started_at=STARTED_AT,
        agent=Person(id="ada", name="Ada"),
        customer=Customer(id="carl", name="Carl", tier="gold"),
        source="stream",
        engine="scripted",
        language="en",
        playbook="retail@1",
    )


def _final(number: int) -> Any:
    from voiceassist.events import Final, Word

    at_ms = number * 4_000
    words = tuple(
        Word(text=text, start_ms=at_ms + 200 * place, end_ms=at_ms + 200 * place + 180, confidence=0.9)
        for place, text in enumerate(TEXT.split())
    )
    return Final(
        at_ms=words[-1].end_ms,
        speaker="agent" if number % 2 else "customer",
        utterance=number,
        text=TEXT,
        words=words,
        start_ms=at_ms,
        end_ms=words[-1].end_ms,
        confidence=0.9,
    )


PARTS: dict[str, Callable[[], float]] = {
    "decode": decode,
    "cues": cues,
    "appends": appends,
    "fanout": fanout,
    "search": search,
}

if __name__ == "__main__":
    main()
