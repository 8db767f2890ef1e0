"""`voiceassist models list`: what is installed, what comes with voiceassist, and what can be pulled."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voiceassist.cli.models.folder import ModelsDir, TableAsJson, folder_of
from voiceassist.cli.models.pull import why_not
from voiceassist.cli.options import ConfigFile
from voiceassist.speech_models.installed import InstalledModel, installed
from voiceassist.speech_models.language import serves
from voiceassist.speech_models.manifest import ModelEntry, load_manifest
from voiceassist.speech_models.preferred import auto_for, is_too_slow
from voiceassist.speech_models.sizes import shown

HEARS = {"people": "", "synthesised": ", hears synthesised speech only"}
WIDE = 120  # columns of a terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model in the table and in the JSON document."""

    name: str
    engine: str  # what to write as `engine` in the settings
    language: str
    state: str  # installed, bundled, offered
    size_bytes: int  # on disk; of one that is offered: of the download
    licence: str
    fit_for: str
    notes: str  # published word error rates, in per cent
    auto_for: str | None  # the calls that engine `auto` takes it for: "en", or "en-in" where "en" gets another
    problem: str | None = None
    left_by_auto: str | None = None  # why `auto` never takes it here
    path: str | None = None


def list_models(config: ConfigFile = None, models_dir: ModelsDir = None, as_json: TableAsJson = False) -> None:
    """List the models that are installed, that come with voiceassist, and that can be pulled.

    Examples:

      voiceassist models list

      voiceassist models list --json
    """
    folder = folder_of(config, models_dir)
    lines = _lines(folder)
    if as_json:
        document = {"models_dir": str(folder), "models": [asdict(line) for line in lines]}
        print(json.dumps(document, indent=1, ensure_ascii=False))  # noqa: T201 - this is the output
    else:
        _print(folder, lines)


def _lines(folder: Path) -> list[ModelRow]:
    models = installed(folder)
    here = {model.name for model in models}
    notes = {entry.name: entry.notes for entry in load_manifest()}
    return [
        *(_of_installed(model, notes.get(model.name, ""), auto_for(models, model)) for model in models),
        *(_of_entry(entry) for entry in load_manifest() if entry.name not in here),
    ]


def _of_installed(model: InstalledModel, notes: str, auto: str | None) -> ModelRow:
    return ModelRow(
        name=model.name,
        engine=model.setting,
        language=model.language,
        state="bundled" if model.bundled else "installed",
        size_bytes=model.size_bytes,
        licence=model.licence,
        fit_for=model.fit_for,
        notes=notes,
        auto_for=auto,
        problem=model.problem,
        left_by_auto=why_not(model) if is_too_slow(model) else None,
        path=str(model.path),
    )


def _of_entry(entry: ModelEntry) -> ModelRow:
    return ModelRow(
        name=entry.name,
        engine=f"{entry.engine}:{entry.name}",
        language=entry.language,
        state="offered",
        size_bytes=entry.size_bytes,
        licence=entry.licence,
        fit_for="people",
        notes=entry.notes,
        auto_for=None,
    )


def _print(folder: Path, lines: list[ModelRow]) -> None:
    console = Console(highlight=False)
    console.print(_table(lines, is_wide=console.width >= WIDE))
    for line in (line for line in lines if line.problem):
        console.print(f"[bold red]{escape(line.name)}[/]: {escape(line.problem or '')}", soft_wrap=True)
    console.print(_what_auto_takes(lines), markup=False, soft_wrap=True)
    for line in (line for line in lines if line.left_by_auto):
        console.print(f"{line.left_by_auto}: name it, `{line.engine}`.", markup=False, soft_wrap=True)
    console.print(f"Models are kept in {folder}", markup=False, soft_wrap=True)


def _table(lines: list[ModelRow], *, is_wide: bool) -> Table:
    """Names in one piece, to be copied; what is published of their errors only where there is room."""
    table = Table(box=None, pad_edge=False)
    for column in ("model", "for", "size", "licence"):
        table.add_column(column, justify="right" if column == "size" else "left", no_wrap=True)
    table.add_column("state", min_width=13)
    if is_wide:
        table.add_column("word errors, % (published)", overflow="fold")
    for line in lines:
        row = (line.name, line.language, shown(line.size_bytes), line.licence, _state(line), line.notes)
        style = "dim" if line.state == "offered" else None
        table.add_row(*map(escape, row[: len(table.columns)]), style=style)
    return table


def _state(line: ModelRow) -> str:
    return f"{line.state}{_auto(line)}{HEARS[line.fit_for]}"


def _auto(line: ModelRow) -> str:
    if line.auto_for is None:
        return ""
    return f", auto, for {line.auto_for}" if "-" in line.auto_for else ", auto takes it"


def _what_auto_takes(lines: list[ModelRow]) -> str:
    taken = [f"{line.auto_for}: {line.name}" for line in lines if line.auto_for]
    if not any(line.auto_for and serves(line.auto_for, "en") for line in lines):
        taken.append("en: moonshine (comes with voiceassist)")
    return f"Engine `auto` takes {'; '.join(taken)}. For other languages pull a model first."
