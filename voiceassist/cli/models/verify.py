"""`voiceassist models verify`: are the files whole, does the model load, does it hear?"""

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.cli.models.folder import ModelsDir, TableAsJson, folder_of
from voiceassist.cli.models.trial import ModelTrial, try_out
from voiceassist.cli.options import ConfigFile
from voiceassist.errors import EngineError, ModelError
from voiceassist.speech_models.installed import InstalledModel, find, installed
from voiceassist.speech_models.intact import differences, is_recorded
from voiceassist.speech_models.language import serves
from voiceassist.speech_models.sizes import shown

ENOUGH = 0.5  # of the words: the small official models hear nearly all of a synthesised telephone voice
SPOKEN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found out about one model; no problem: it can be used."""

    name: str
    language: str
    files: str
    trial: ModelTrial | None
    share: float | None  # of the sentence's words that were heard; None where the language is another
    problem: str | None


def verify_models(
    name: Annotated[str | None, typer.Argument(help="Only this model. Default: all that are installed.")] = None,
    config: ConfigFile = None,
    models_dir: ModelsDir = None,
    as_json: TableAsJson = False,
) -> None:
    """Compare a model's files with its record, load it, and let it hear a sentence of a sample call.

    The sentence is English; of models of other languages it is only checked that they load and run.

    Examples:

      voiceassist models verify

      voiceassist models verify moonshine-base-en --json
    """
    folder = folder_of(config, models_dir)
    models = [find(folder, name)] if name else installed(folder)
    found: list[Verified] = []
    for model in models:
        found.append(_verified(model, is_first=not any(one.trial for one in found)))
        if not as_json:
            _print(model, found[-1])
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False))  # noqa: T201 - this is the output
    failed = [one.name for one in found if one.problem]
    if failed:
        raise ModelError(f"{len(failed)} of {len(found)} models cannot be used as they are: {', '.join(failed)}")


def _verified(model: InstalledModel, *, is_first: bool) -> Verified:
    """Memory is told of the first model only: the next ones fill what that one gave back."""
    try:
        changed = differences(model)
        files = "as recorded" if is_recorded(model) else "none missing; there is no record of what they must be"
        if changed or model.problem:
            return _verdict(model, files="; ".join(changed) or files, problem=model.problem or _damaged(model))
        trial = try_out(model)
        trial = trial if is_first else replace(trial, memory_bytes=None)
    except (EngineError, ModelError) as error:
        return _verdict(model, files="not as they must be", problem=str(error))
    return _heard(model, files, trial)


def _verdict(model: InstalledModel, *, files: str, problem: str | None) -> Verified:
    return Verified(name=model.name, language=model.language, files=files, trial=None, share=None, problem=problem)


def _damaged(model: InstalledModel) -> str:
    return (
        "its files are not those that were installed: "
        f"`voiceassist models remove {model.name}`, then pull or add it again"
    )


def _heard(model: InstalledModel, files: str, trial: ModelTrial) -> Verified:
    share = _share(trial.said, trial.heard) if serves(model.language, SPOKEN) else None
    problem = None
    if share is not None and share < ENOUGH:
        problem = "it hears too little of a clearly spoken sentence; is it damaged, or of another language?"
    return Verified(
        name=model.name, language=model.language, files=files, trial=trial, share=share, problem=problem
    )


def _share(said: str, heard: str) -> float:
    """Of the words said, how many were heard."""
    wanted, got = (Counter(re.findall(r"[a-z']+", text.lower())) for text in (said, heard))
    return (wanted & got).total() / wanted.total()


def _print(model: InstalledModel, found: Verified) -> None:
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(f"{model.name} ({model.language}, {shown(model.size_bytes)})", style="bold")
    console.print(f"  files  {found.files}")
    if found.trial:
        _print_trial(console, found.trial, found.share)
    if found.problem:
        console.print(f"  FAILED {found.problem}", style="bold red")
    else:
        console.print("  passed", style="green")


def _print_trial(console: Console, trial: ModelTrial, share: float | None) -> None:
    grown = "" if trial.memory_bytes is None else f"; the process grew by {shown(trial.memory_bytes)}"
    console.print(f"  loads  in {trial.load_ms} ms{grown}")
    console.print(f"  runs   in {trial.realtime_factor:.2f} of the time of the speech, on one core")
    if trial.heard_in_silence:
        console.print(f"  heard  in silence: {trial.heard_in_silence}")
    if share is None:
        console.print(
            "  heard  there is no sentence of its language here: only that it loads and runs was checked"
        )
    else:
        console.print(f"  said   {trial.said}")
        console.print(f"  heard  {trial.heard or 'nothing'} ({share:.0%} of the words)")
