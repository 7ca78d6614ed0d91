"""The Parameter Store: addresses and settings that services and people read, under ``/uat/``.

Facts: aws-reality 4.9. Nothing secret is ever in it.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import ACTION
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day2_data import told_tags
from muvi_provision.resource import Change, Live, Resource


class Parameter(
    Resource,
    mutable={"value", "type"},
    name_limit=900,
    actions={
        "ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParametersByPath", "ssm:ListTagsForResource",
        "ssm:PutParameter", ACTION,
    },
    card="ssm",
):  # fmt: skip
    """One value by its path: ``databases/main/DB_WRITE_HOST`` is ``/uat/databases/main/DB_WRITE_HOST`` in AWS."""

    value: str
    type: str = "String"

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """In the one list of everything under the environment's path."""
        path = f"/{aws.ownership.env}"
        every = aws.listing("ssm", "get_parameters_by_path", "Parameters", Path=path, Recursive=True)
        raw = next((each for each in every if each["Name"] == self._path(aws)), None)
        if raw is None:
            return None
        with unless_gone():
            return Live(raw["Name"], raw, told_tags.of_parameter(aws, raw["ARN"], raw["Name"], self.address))
        return None

    def _path(self, aws: Aws) -> str:
        return f"/{aws.ownership.env}/{self.name}"

    def create(self, aws: Aws) -> str:
        name = self._path(aws)
        aws.ssm.put_parameter(Name=name, Value=self.value, Type="String", Tags=aws.tag_pairs(self))
        return name

    def observe(self, live: Live) -> dict[str, Any]:
        return {"value": live.raw["Value"], "type": live.raw["Type"]}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """Overwritten, which no tags may come with."""
        aws.ssm.put_parameter(Name=live.id, Value=self.value, Type="String", Overwrite=True)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.ssm.delete_parameter(Name=live.id)
