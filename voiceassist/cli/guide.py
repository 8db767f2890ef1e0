"""`voiceassist guide`: prints how to connect a phone system."""

from importlib.resources import files
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown

from voiceassist.errors import ConfigError
from voiceassist.yamltext.problems import nearest

INDEX = "index"


def guide(name: Annotated[str, typer.Argument(help="Of the phone system; left out: what there is.")] = "") -> None:
    """Print how to connect a phone system: what it carries, what to paste, how to test it, what goes wrong.

    Examples:

      voiceassist guide

      voiceassist guide twilio
    """
    text = guide_text(name or INDEX)
    if not name:
        text += "\n" + "\n".join(f"- `{one}`: {title}" for one, title in titles().items()) + "\n"
    console = Console()
    if console.is_terminal:
        console.print(Markdown(text))
    else:
        typer.echo(text)


def titles() -> dict[str, str]:
    """The guides' names, each with its heading."""
    texts = {one: guide_text(one) for one in _names()}
    return {one: text.splitlines()[0].removeprefix("# ") for one, text in texts.items()}


def guide_text(name: str) -> str:
    """A guide, as Markdown. Raises ConfigError with the names that there are."""
    if name not in (*_names(), INDEX):
        near = nearest(name, _names())
        hint = f"did you mean {near}? " if near else ""
        raise ConfigError(f"there is no guide {name!r}; {hint}there are {', '.join(_names())}")
    return (files("voiceassist") / "guides" / f"{name}.md").read_text(encoding="utf-8")


def _names() -> list[str]:
    found = (one.name.removesuffix(".md") for one in (files("voiceassist") / "guides").iterdir())
    return sorted(name for name in found if name != INDEX)
