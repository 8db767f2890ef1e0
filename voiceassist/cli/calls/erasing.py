"""What `calls delete` and `calls purge` share: the store without a server, the question before, the report after.

Never deletes what nobody confirmed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.config import os_user
from voiceassist.store.database import DATABASE
from voiceassist.store.erasure import Erasure, RemovedRecordings, remove_recordings
from voiceassist.store.holds import refused_held
from voiceassist.store.lock import sole_use_of
from voiceassist.store.recorders import RECORDINGS
from voiceassist.store.store import Store, opened_store

Yes = Annotated[bool, typer.Option("--yes", help="Delete without asking.")]
Choose = Callable[[Store], Awaitable[Sequence[str]]]


def erase_chosen(
    folder: Path, choose: Choose, *, yes: bool, dry_run: bool = False, leaves_held: bool = False
) -> None:
    """Deletes the calls that `choose` gives, after a question unless `yes`. No server may use the folder.

    Raises ConflictError, and deletes none, when one is on legal hold; `leaves_held`: deletes the others.
    """
    console = Console(highlight=False)
    with sole_use_of(folder):
        call_ids, held = asyncio.run(_chosen(folder, choose))
        if held and not leaves_held:
            raise refused_held(held[0])
        if held:
            console.print(f"{len(held)} calls are on legal hold and stay.", markup=False)
        if dry_run or not call_ids:
            console.print(f"{len(call_ids)} calls would be deleted.", *call_ids, sep="\n", markup=False)
            return
        if not yes:
            typer.confirm(f"Delete {len(call_ids)} calls for good?", abort=True)
        told(console, asyncio.run(_erased(folder, call_ids)))


async def _chosen(folder: Path, choose: Choose) -> tuple[Sequence[str], Sequence[str]]:
    """Those that may be deleted, and those on hold."""
    async with opened_store(folder / DATABASE) as store:
        chosen = await choose(store)
        held = await store.holds.among(chosen)
        return [call_id for call_id in chosen if call_id not in held], held


async def _erased(folder: Path, call_ids: Sequence[str]) -> Erasure:
    remove = partial(remove_from, folder / RECORDINGS)
    async with opened_store(folder / DATABASE) as store:
        erasure = await store.erase(call_ids, remove, by=os_user())
        await store.compact()  # also what versions before left in free space
        return erasure


async def remove_from(recordings: Path, call_ids: Sequence[str]) -> RemovedRecordings:
    """Removes recordings in a thread, as whoever deletes calls asks for it."""
    return await asyncio.to_thread(remove_recordings, recordings, call_ids)


def told(console: Console, erasure: Erasure) -> None:
    """Says what was deleted, and what a person still has to do."""
    size = f"{erasure.recording_bytes / 1_000_000:.1f} MB"
    console.print(
        f"Deleted {len(erasure.calls)} calls: {erasure.events} events, {erasure.lines} lines of what was said, "
        f"{erasure.recordings} recordings ({size}).",
        markup=False,
        soft_wrap=True,
    )
    for name in erasure.playbooks:
        console.print(f"Playbook {name} quotes what was said in them; change it yourself.", markup=False)
