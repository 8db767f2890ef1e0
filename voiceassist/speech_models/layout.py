"""The files of a model: which library runs a folder, whether it is whole, and what it lacks.

libvosk knows two layouts (`Model::Model` in its src/model.cc): folders `am`, `conf` and `graph`, and an older flat
one, which vosk-model-small-pt-0.3 still has. A model of Moonshine's is three files. Never reads what is in them.
Next: `pull.py` and `add.py` refuse a folder that lacks something.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

ModelKind: TypeAlias = Literal["vosk", "moonshine"]
"""The engine that runs a model, as settings name it."""

MAKERS: dict[ModelKind, str] = {"vosk": "Vosk", "moonshine": "Moonshine"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where one layout keeps the files that libvosk needs."""

    always: tuple[str, ...]
    whole_graph: str
    split_graph: tuple[str, ...]  # the alternative to it, in models whose vocabulary can be limited
    features: str  # the settings of the features, with the sample rate


SPEAKERS = "ivector/final.ie"
WITH_SPEAKERS = tuple(
    f"ivector/{name}"
    for name in ("splice.conf", "online_cmvn.conf", "final.mat", "global_cmvn.stats", "final.dubm")
)
"""A model that adapts to speakers needs these too, whatever its layout."""

FOLDERS = Layout(
    always=("am/final.mdl", "conf/mfcc.conf", "conf/model.conf"),
    whole_graph="graph/HCLG.fst",
    split_graph=("graph/HCLr.fst", "graph/Gr.fst"),
    features="conf/mfcc.conf",
)
FLAT = Layout(
    always=("final.mdl", "mfcc.conf"),
    whole_graph="HCLG.fst",
    split_graph=("HCLr.fst", "Gr.fst"),
    features="mfcc.conf",
)


ENCODER, DECODER, VOCABULARY = MOONSHINE = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
"""Of Moonshine's "tiny" and "base" models: what their maker's own download fetches."""

STREAMING = "streaming_config.json"
"""Of Moonshine's streaming models, which have other graphs."""

PARTS = frozenset({"am", "conf", "graph", "ivector"})
"""Folders of a model: never a model themselves."""


def layout_of(folder: Path) -> Layout:
    """The flat layout if its acoustic model is there, else the usual one."""
    return FLAT if (folder / FLAT.always[0]).is_file() else FOLDERS


def kind_of(folder: Path) -> ModelKind:
    """What its files say: Moonshine's, if one of those is there."""
    return "moonshine" if any((folder / name).is_file() for name in MOONSHINE) else "vosk"


def missing_files(folder: Path, kind: ModelKind | None = None) -> tuple[str, ...]:
    """What a model of this kind (default: what it looks like) needs and this folder lacks; empty for a model."""
    wanted = MOONSHINE if (kind or kind_of(folder)) == "moonshine" else _wanted_by_vosk(folder)
    return tuple(name for name in wanted if not (folder / name).is_file())


def _wanted_by_vosk(folder: Path) -> tuple[str, ...]:
    layout = layout_of(folder)
    wanted = layout.always
    if not (folder / layout.whole_graph).is_file():
        wanted += layout.split_graph
    if (folder / SPEAKERS).is_file():
        wanted += WITH_SPEAKERS
    return wanted


def model_root(folder: Path) -> Path:
    """The folder itself, or the one inside it that is the model: archives wrap it, sometimes twice."""
    if not missing_files(folder):
        return folder
    inside = [path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))]
    only = inside[0] if len(inside) == 1 else None
    is_wrapped = only and only.is_dir() and not only.is_symlink() and only.name not in PARTS
    return model_root(only) if only and is_wrapped else folder
