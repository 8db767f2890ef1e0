"""`voiceassist playbook schema`: the JSON Schema of playbook files, for editors."""

import json
from typing import Annotated

import typer

from voiceassist.playbook_file.example import EXAMPLE
from voiceassist.playbook_file.schema import playbook_schema

WithExample = Annotated[bool, typer.Option("--example", help="A complete playbook with a comment on every field.")]


def schema(example: WithExample = False) -> None:
    """Print the JSON Schema of playbook files: editors then complete and check them while you type.

    In VS Code, install the extension "YAML" by Red Hat and begin the file with this line:

      # yaml-language-server: $schema=playbook.schema.json

    Examples:

      voiceassist playbook schema > playbook.schema.json

      voiceassist playbook schema --example > my.yaml
    """
    print(EXAMPLE if example else json.dumps(playbook_schema(), indent=1), end="" if example else "\n")  # noqa: T201
