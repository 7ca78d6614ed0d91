"""The dashboard: one page of CloudWatch with the figures of everything.

Facts: aws-reality 7.5. Its name is the whole account's, in all regions, and its heading says whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day3_compute import ecs_tags
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day5_serverless.dashboard_body import heading, widgets
from muvi_provision.day5_serverless.fingerprints import fingerprint
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Change, Handle, Live, Resource, is_known


class Dashboard(
    Resource,
    mutable={"graphs"},
    inherits="cluster",
    actions={
        "cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard", "ecs:DescribeClusters",
    },
    card="cloudwatch",
):  # fmt: skip
    """One page of graphs (``dashboard_body.graphs``). Its id is its name, ``uat-muvi``; the first three are free.

    It is found as ours by its heading, and then counts as tagged like the ``cluster`` it shows.
    """

    cluster: Handle[EcsCluster]
    graphs: tuple[Mapping[str, Any], ...]

    def wanted(self) -> dict[str, Any]:
        return {"graphs": fingerprint(widgets(self.graphs))}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        name = known_id or f"{aws.ownership.env}-muvi"
        with unless_gone():
            raw = aws.read("cloudwatch", "get_dashboard", DashboardName=name)
            shown = json.loads(raw["DashboardBody"]).get("widgets", [])
            is_ours = bool(known_id) or _mark(aws) in shown
            return Live(name, {"widgets": [each for each in shown if each != _mark(aws)]}, self._tags(aws, is_ours))
        return None

    def _tags(self, aws: Aws, is_ours: bool) -> dict[str, str]:
        """Those of the cluster, in the very call in which that is looked for; ours while it is to be made anew."""
        if is_ours and not is_known(self.cluster.id):
            return aws.tags(self)
        named: Any = {"clusters": [self.cluster.id.rpartition("/")[2]], "include": ["TAGS", "SETTINGS"]}
        found = aws.read("ecs", "describe_clusters", **named)["clusters"] if is_ours else []
        return ecs_tags.read(found[0].get("tags")) if found else {}

    def create(self, aws: Aws) -> str:
        name = f"{aws.ownership.env}-muvi"
        self._put(aws, name)
        return name

    def _put(self, aws: Aws, name: str) -> None:
        """CloudWatch takes what it does not understand, and only says so."""
        body = json.dumps({"widgets": [_mark(aws), *widgets(self.graphs)]})
        said = aws.cloudwatch.put_dashboard(DashboardName=name, DashboardBody=body).get("DashboardValidationMessages")
        if said:
            told = "; ".join(f"{each.get('DataPath', '')}: {each.get('Message', '')}" for each in said)
            raise AwsRefused(f"CloudWatch does not understand a part of {name}", where=self.address, why=told)

    def newborn(self) -> dict[str, Any]:
        return {}

    def observe(self, live: Live) -> dict[str, Any]:
        return {"graphs": fingerprint(live.raw["widgets"])}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        self._put(aws, live.id)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.cloudwatch.delete_dashboards(DashboardNames=[live.id])


def _mark(aws: Aws) -> dict[str, Any]:
    """The heading, which names the stack's lineage."""
    said = "Made from the environment file; what is changed here is put right by the next run."
    return heading(f"# {aws.ownership.env}\n{said} `muvi/{aws.ownership.env}/{aws.ownership.lineage}`")
