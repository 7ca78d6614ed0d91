"""The environment in two other forms: the JSON Schema of its file, and plain values with every default."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from muvi_provision.environment.models import Environment

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Untitled(GenerateJsonSchema):
    """Editors show a title instead of the description, and a title made from the key says nothing new."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an environment file, with a sentence for every key.

    It is for editors: it knows shapes and sizes, not how the parts fit together, which ``load`` checks.
    """
    mode: JsonSchemaMode = "validation"
    made = Environment.model_json_schema(schema_generator=_Untitled, mode=mode)
    return {"$schema": DIALECT, **made, "title": "An environment of muvi-provision"}


def dump(environment: Environment) -> dict[str, Any]:
    """The environment as JSON can write it (lists, numbers, text), keys as in the file, every default filled in."""
    return environment.model_dump(mode="json")
