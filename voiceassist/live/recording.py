"""Records a call beside everything else: one taker of its audio tap.

Neither a slow disk nor one that hangs delays the call; at its end they get some seconds, no more.
Next: `store/recorder.py` writes the file.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from voiceassist.live.audio_tap import Taker
from voiceassist.live.live_call import LiveCall
from voiceassist.store.recorder import Recorder
from voiceassist.store.recorders import Recorders

log = structlog.get_logger()

FINISH_WITHIN_S = 5.0  # for what waits when the call is over: half a minute of audio takes half a second to encode
CLOSE_WITHIN_S = 1.0  # for a recording that was given up


@asynccontextmanager
async def recorded(live: LiveCall, recorders: Recorders) -> AsyncIterator[None]:
    """What the call's tap gives while the block runs is recorded, but for what its silences say."""
    info = live.info
    with live.tap.taking(recorders.missed) as taker:
        recorder = Recorder(recorders.path_of(info.call_id), info.legs, recorders, live.silences)
        task = asyncio.create_task(recorder.record(taker.frames()), name=f"recording {info.call_id}")
        recorders.tasks.add(task)
        task.add_done_callback(recorders.tasks.discard)
        task.add_done_callback(lambda _: taker.close())  # when the recording stops, nothing need wait for it
        try:
            yield
        finally:
            taker.close()
            await _finish(task, taker, recorders)


async def _finish(task: asyncio.Task[None], taker: Taker, recorders: Recorders) -> None:
    await asyncio.wait([task], timeout=FINISH_WITHIN_S)
    if not task.done():
        task.cancel()
        recorders.missed(taker.drop())
        log.error("recording given up at the end of the call: the disk did not take the rest of it")
        await asyncio.wait([task], timeout=CLOSE_WITHIN_S)
