"""`voiceassist calls facts`: how many facts the reports have, and making them again from the calls."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.store.database import DATABASE, reading
from voiceassist.store.fact_feed import sizes
from voiceassist.store.lock import sole_use_of
from voiceassist.store.store import opened_store

Rebuild = Annotated[bool, typer.Option("--rebuild", help="Make all facts again from the stored calls.")]


def facts(config: ConfigFile = None, data_dir: DataDir = None, rebuild: Rebuild = False) -> None:
    """Show how many facts there are for reports, or make them again from the stored calls.

    Facts are what reports add up: refusals, offers, alerts, topics, agents and hours. The server keeps them up to
    date. Rebuild them once after an upgrade from a version that had none. The server must not be running then.

    Examples:

      voiceassist calls facts

      voiceassist calls facts --rebuild
    """
    folder = load_settings(config, data_dir=data_dir).data_dir
    console = Console(highlight=False)
    if rebuild:
        with sole_use_of(folder):
            count = asyncio.run(_rebuild(folder / DATABASE))
        console.print(f"Facts of {count} calls were made again.", markup=False)
    with reading(folder / DATABASE) as connection:
        for table, rows in sizes(connection).items():
            console.print(f"{table.removeprefix('fact_'):10}{rows:>10}", markup=False)


async def _rebuild(path: Path) -> int:
    async with opened_store(path) as store:
        return await store.rebuild_facts(_shown)


def _shown(call_ids: list[str]) -> Iterable[str]:
    """A bar for people on standard error, gone at the end."""
    return track(call_ids, "reading calls", console=Console(stderr=True), transient=True)
