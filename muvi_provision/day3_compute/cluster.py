"""The ECS cluster: the room all services run in. On Fargate there is no machine in it to look after.

Facts: aws-reality 5.5.
"""

from __future__ import annotations

from typing import Any, Literal

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day3_compute import ecs_tags
from muvi_provision.day3_compute.linked_roles import ServiceLinkedRole
from muvi_provision.resource import Change, Handle, Live, Resource

INSIGHTS = "containerInsights"


class EcsCluster(
    Resource,
    mutable={"container_insights"},
    outputs={"arn"},
    actions={
        "ecs:CreateCluster", "ecs:DeleteCluster", "ecs:DescribeClusters", "ecs:TagResource",
        "ecs:UpdateClusterSettings",
    },
    card="ecs",
):  # fmt: skip
    """A name that services share, and a place for their metrics. Its id is its ARN, as is the output ``arn``.

    container_insights: metrics of each container, billed by the metric. role: the role ECS acts in, only stood on.
    """

    role: Handle[ServiceLinkedRole]
    container_insights: Literal["disabled", "enabled", "enhanced"] = "disabled"

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By name. A deleted one stays visible as INACTIVE, and a new one of its name brings that back to life."""
        named: Any = {"clusters": [aws.physical(self)], "include": ["TAGS", "SETTINGS"]}
        for raw in aws.read("ecs", "describe_clusters", **named)["clusters"]:
            if raw["status"] != "INACTIVE":
                return Live(raw["clusterArn"], raw, ecs_tags.read(raw.get("tags")))
        return None

    def create(self, aws: Aws) -> str:
        made = aws.ecs.create_cluster(
            clusterName=aws.physical(self), settings=self._settings(), tags=ecs_tags.spelt(aws.tags(self))
        )
        return made["cluster"]["clusterArn"]

    def _settings(self) -> list[Any]:
        return [{"name": INSIGHTS, "value": self.container_insights}]

    def observe(self, live: Live) -> dict[str, Any]:
        settings = {each["name"]: each["value"] for each in live.raw.get("settings", ())}
        return {"container_insights": settings.get(INSIGHTS, "disabled")}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.ecs.update_cluster_settings(cluster=live.id, settings=self._settings())

    def delete(self, aws: Aws, live: Live) -> None:
        """ClusterContainsServicesException rises while a service in it drains."""
        with unless_gone():
            aws.ecs.delete_cluster(cluster=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}
