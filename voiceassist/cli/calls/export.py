"""`voiceassist calls export`: copies calls, or all calls of a customer, to a folder."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.cli.calls.which import Customer, WhichCalls, check_named
from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.core.screen.state import replay
from voiceassist.exports.kinds import DOCUMENTS, DocumentKind, DocumentWish, written
from voiceassist.exports.phrases import Language
from voiceassist.store.database import DATABASE, reading
from voiceassist.store.erasure import calls_of_customer
from voiceassist.store.export import Document, export_calls
from voiceassist.store.recorders import RECORDINGS
from voiceassist.store.recording_keys import recording_keys
from voiceassist.store.rows import record_of

As = Annotated[
    list[str] | None,
    typer.Option("--as", metavar="KIND", help="Also write each call as md, html, vtt or srt. May be repeated."),
]
In = Annotated[Language, typer.Option("--language", help="Of the words around what was said.")]
To = Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where to write; nothing there is overwritten.")]


def export(
    to: To,
    call_ids: WhichCalls = None,
    customer: Customer = "",
    kinds: As = None,
    language: In = "en",
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Copy calls to a folder: the events of each as JSON Lines, and its recording. A server may be running.

    Recordings come as plain audio; one that is encrypted needs its key in the settings. Exit code 1: a recording
    could not be copied whole.

    Examples:

      voiceassist calls export 20261121-0042 --to copy

      voiceassist calls export --customer 4711 --to copy

      voiceassist calls export 20261121-0042 --to copy --as md --as vtt
    """
    check_kinds(kinds or [])
    check_named(call_ids, customer)
    settings = load_settings(config, data_dir=data_dir)
    folder, keys = settings.data_dir, recording_keys(settings)
    with reading(folder / DATABASE) as connection:
        chosen = calls_of_customer(connection, customer) if customer else call_ids or []
    wish = DocumentWish(language=language)
    documents: Mapping[str, Document] = {
        kind: partial(_document, kind=kind, wish=wish) for kind in DOCUMENTS if kind in (kinds or [])
    }
    exported = export_calls(folder / DATABASE, folder / RECORDINGS, chosen, to, keys, documents=documents)
    console = Console(highlight=False)
    console.print(f"{len(chosen)} calls, {len(exported.files)} files in {to}", markup=False)
    for problem in exported.problems:
        console.print(problem, markup=False, soft_wrap=True)
    if exported.problems:
        raise typer.Exit(1)


def check_kinds(kinds: Sequence[str]) -> None:
    """Raises BadParameter for a kind of document that there is not."""
    if unknown := next((kind for kind in kinds if kind not in DOCUMENTS), None):
        raise typer.BadParameter(f"there is no {unknown!r}; there are {', '.join(DOCUMENTS)}", param_hint="--as")


def _document(lines: Sequence[str], kind: DocumentKind, wish: DocumentWish) -> bytes:
    return written(replay(map(record_of, lines)), kind, wish)
