"""Groups of commands that load a command's module when the command is typed, and not before.

So `voiceassist --version` loads neither an audio library nor a database, and only `models pull` what downloads.
Never runs a command itself. Next: typer, which asks a group for the command that was typed.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeAlias

import typer
from typer.core import TyperGroup

# Click's own classes, which some versions of typer bring along under another name.
Command: TypeAlias = Any
ClickContext: TypeAlias = Any
Target = str  # "module:attribute" of a command's function, or of another group


def group(targets: Mapping[str, Target]) -> typer.Typer:
    """A group of these commands, in this order."""

    class Group(TyperGroup):
        """Knows the names at once, and the commands when they are asked for."""

        def list_commands(self, ctx: ClickContext) -> list[str]:  # noqa: ARG002 - as click calls it
            return list(targets)

        def get_command(self, ctx: ClickContext, cmd_name: str) -> Command:  # noqa: ARG002
            return loaded(targets[cmd_name], cmd_name) if cmd_name in targets else None

    return typer.Typer(
        cls=Group,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def loaded(target: Target, name: str) -> Command:
    """The command behind a target."""
    module, _, attribute = target.partition(":")
    return _command(getattr(import_module(module), attribute), name)


def _command(found: typer.Typer | Callable[..., Any], name: str) -> Command:
    if isinstance(found, typer.Typer):
        inner = typer.main.get_command(found)
        inner.name = name
        return inner
    single = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    single.command(name)(found)
    return typer.main.get_command(single)
