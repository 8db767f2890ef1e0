"""`voiceassist calls export`: copies calls, or all calls of a customer, to a folder."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.cli.calls.which import Customer, WhichCalls, check_named
from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.store.database import DATABASE, reading
from voiceassist.store.erasure import calls_of_customer
from voiceassist.store.export import export_calls
from voiceassist.store.recorders import RECORDINGS
from voiceassist.store.recording_keys import recording_keys

To = Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where to write; nothing there is overwritten.")]


def export(
    to: To,
    call_ids: WhichCalls = None,
    customer: Customer = "",
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Copy calls to a folder: the events of each as JSON Lines, and its recording. A server may be running.

    Recordings come as plain audio; one that is encrypted needs its key in the settings. Exit code 1: a recording
    could not be copied whole.

    Examples:

      voiceassist calls export 20261121-0042 --to copy

      voiceassist calls export --customer 4711 --to copy
    """
    check_named(call_ids, customer)
    settings = load_settings(config, data_dir=data_dir)
    folder, keys = settings.data_dir, recording_keys(settings)
    with reading(folder / DATABASE) as connection:
        chosen = calls_of_customer(connection, customer) if customer else call_ids or []
    exported = export_calls(folder / DATABASE, folder / RECORDINGS, chosen, to, keys)
    console = Console(highlight=False)
    console.print(f"{len(chosen)} calls, {len(exported.files)} files in {to}", markup=False)
    for problem in exported.problems:
        console.print(problem, markup=False, soft_wrap=True)
    if exported.problems:
        raise typer.Exit(1)
