"""The JSON Schema of a playbook file, for editors, forms and messages.

Follows from `document.py`; adds nothing to it but the complete example.
Next: `voiceassist playbook schema`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from voiceassist.playbook_file.document import PlaybookDocument
from voiceassist.playbook_file.example import EXAMPLE
from voiceassist.yamltext.document import read_document

DIALECT = "https://json-schema.org/draft/2020-12/schema"  # what pydantic writes


@cache
def playbook_schema() -> Mapping[str, Any]:
    """The schema of a playbook file with a complete example."""
    return {"$schema": DIALECT, **schema_of(PlaybookDocument), "examples": [read_document(EXAMPLE).value]}


@cache
def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The schema of a document class."""
    return model.model_json_schema(by_alias=True, schema_generator=_Schema)


class _Schema(GenerateJsonSchema):
    """Makes an optional field its type alone, not a choice between the type and null: forms need it so."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:  # noqa: ANN401
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:  # noqa: ANN401
        made = super().default_schema(schema)
        return {name: value for name, value in made.items() if name != "default" or value is not None}

    def dict_schema(self, schema: Any) -> JsonSchemaValue:  # noqa: ANN401
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made
