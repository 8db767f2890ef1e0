"""`voiceassist retention run`: deletes what is due now, without a server; or only says what that would be."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from voiceassist import retention
from voiceassist.cli.calls.erasing import Yes, remove_from
from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.events import Record
from voiceassist.retention import Keeping
from voiceassist.store.audit import SERVER
from voiceassist.store.database import DATABASE
from voiceassist.store.lock import sole_use_of
from voiceassist.store.recorders import RECORDINGS
from voiceassist.store.recordings import recording_path
from voiceassist.store.retention_queries import RetentionPlan, RetentionRun
from voiceassist.store.store import Store, opened_store

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")]


def run(dry_run: DryRun = False, yes: Yes = False, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Delete what the rules say now, as the server does every night. The server must not be running then.

    Examples:

      voiceassist retention run --dry-run

      voiceassist retention run --yes
    """
    folder = load_settings(config, data_dir=data_dir).data_dir
    with sole_use_of(folder):
        planned = asyncio.run(_planned(folder))
        _tell(planned)
        if dry_run or not (planned.audio or planned.transcript or planned.events):
            return
        if not yes:
            typer.confirm("Delete this for good?", abort=True)
        done = asyncio.run(_done(folder)).deleted
    typer.echo(f"Deleted: {done.audio} recordings, {done.transcript} transcripts, {done.events} whole calls.")


def _tell(planned: RetentionPlan) -> None:
    since = f", the oldest of {planned.oldest}" if planned.oldest else ""
    typer.echo(
        f"Due: {planned.audio} recordings, {planned.transcript} transcripts, {planned.events} whole calls "
        f"({planned.bytes / 1_000_000:.1f} MB of recordings{since}); {planned.held} on legal hold stay."
    )


async def _planned(folder: Path) -> RetentionPlan:
    async with opened_store(folder / DATABASE) as store:
        return await retention.plan(_keeping(store, folder))


async def _done(folder: Path) -> RetentionRun:
    async with opened_store(folder / DATABASE) as store:
        done = await retention.run(_keeping(store, folder))
        await store.compact()  # also what versions before left in free space
        return done


def _keeping(store: Store, folder: Path) -> Keeping:
    """Nobody else uses the folder: nobody need be kept off a call, nor told of it."""
    remove = partial(remove_from, folder / RECORDINGS)

    async def erase(call_id: str) -> None:
        await store.erase([call_id], remove, by=SERVER, is_step=True)

    async def at_once(_seconds: float) -> None:
        """Nobody else wants the disk."""

    return Keeping(
        store=store,
        remove=remove,
        path_of=partial(recording_path, folder / RECORDINGS),
        erase=erase,
        taking=_alone,
        publish=_nobody,
        sleep=at_once,
    )


@contextmanager
def _alone(_call_id: str) -> Iterator[None]:
    yield


def _nobody(_record: Record) -> None:
    """Nobody looks."""
