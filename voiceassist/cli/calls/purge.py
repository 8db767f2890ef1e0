"""`voiceassist calls purge`: deletes the calls that are older than a number of days."""

from typing import Annotated

import typer

from voiceassist.cli.calls.delete import DryRun
from voiceassist.cli.calls.erasing import Yes, erase_chosen
from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.clock import days_ago_us
from voiceassist.config import load_settings

OlderThan = Annotated[int, typer.Option("--older-than", metavar="DAYS", min=1, help="Calls that began before.")]


def purge(
    older_than: OlderThan,
    config: ConfigFile = None,
    data_dir: DataDir = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Delete finished calls that began more than so many days ago, as `calls delete` does; none on legal hold.

    Examples:

      voiceassist calls purge --older-than 90 --dry-run

      voiceassist calls purge --older-than 90 --yes
    """
    folder = load_settings(config, data_dir=data_dir).data_dir
    before_us = days_ago_us(older_than)
    erase_chosen(folder, lambda store: store.calls_before(before_us), yes=yes, dry_run=dry_run, leaves_held=True)
