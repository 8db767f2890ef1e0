"""The files of a Vosk model: whether a folder is one, and what it lacks.

libvosk knows two layouts (`Model::Model` in its src/model.cc): folders `am`, `conf` and `graph`, and an older flat
one, which vosk-model-small-pt-0.3 still has. Never reads what is in the files.
Next: `pull.py` and `add.py` refuse a folder that lacks something.
"""

from dataclasses import dataclass
from pathlib import Path


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


PARTS = frozenset({"am", "conf", "graph", "ivector"})
"""Folders of a model: never a model themselves."""


def layout_of(folder: Path) -> Layout:
    """The flat layout if its acoustic model is there, else the usual one."""
    return FLAT if (folder / FLAT.always[0]).is_file() else FOLDERS


def missing_files(folder: Path) -> tuple[str, ...]:
    """What a Vosk model needs and this folder lacks; empty for a model."""
    layout = layout_of(folder)
    wanted = layout.always
    if not (folder / layout.whole_graph).is_file():
        wanted += layout.split_graph
    if (folder / SPEAKERS).is_file():
        wanted += WITH_SPEAKERS
    return tuple(name for name in wanted if not (folder / name).is_file())


def model_root(folder: Path) -> Path:
    """The folder itself, or the one inside it that is the model: archives wrap it, sometimes twice."""
    if not missing_files(folder):
        return folder
    inside = [path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))]
    only = inside[0] if len(inside) == 1 else None
    is_wrapped = only and only.is_dir() and not only.is_symlink() and only.name not in PARTS
    return model_root(only) if only and is_wrapped else folder
