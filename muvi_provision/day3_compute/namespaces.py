"""The private namespace: a domain of names that exist only inside the network.

Facts: aws-reality 5.8. It is made and deleted by operations, which Cloud Map carries out in half a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.resource import Handle, Live, Resource

OPERATION = "operation:"  # what an id begins with while there is only the operation
STATE = "OperationStatus"
UNDER_WAY, FAILED = ("SUBMITTED", "PENDING"), "FAIL"


class Namespace(
    Resource,
    ready="namespace_ready",
    gone="namespace_gone",
    found_by="tags",
    fades=True,
    outputs={"arn"},
    name_limit=253,
    actions={
        "servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:DeleteNamespace",
        "servicediscovery:GetOperation", "servicediscovery:ListNamespaces", "servicediscovery:ListTagsForResource",
        "servicediscovery:TagResource", tag_index.ACTION,
        # Cloud Map makes and deletes the zone in the caller's name
        "ec2:DescribeVpcs", "route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:GetHostedZone",
    },
    card="cloud-map",
):  # fmt: skip
    """The names under ``domain``, which answer only inside ``vpc``.

    Until Cloud Map has made it its id is that of the operation. Two of one domain cannot share a network, and others
    of this domain may belong to other networks, so it is known by its tags. Output: ``arn``.
    """

    vpc: Handle[Vpc]
    domain: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        if known_id and known_id.startswith(OPERATION):
            return self._begun(aws, known_id)
        return self._chosen(aws, known_id)

    def _begun(self, aws: Aws, known_id: str) -> Live | None:
        """What the operation has come to; it bears no tags, but only who began it knows its id.

        One that failed has left nothing that a teardown could find.
        """
        # asked anew each time: that it went on is no write of anybody's
        operation: Any = {}
        with unless_gone():
            operation = aws.servicediscovery.get_operation(OperationId=known_id.removeprefix(OPERATION))["Operation"]
        if not operation or operation["Status"] == "SUCCESS":
            return self._chosen(aws, operation.get("Targets", {}).get("NAMESPACE"))
        if operation["Status"] == FAILED and aws.shallow:
            return None
        return Live(known_id, {**operation, STATE: operation["Status"]}, aws.tags(self))

    def _chosen(self, aws: Aws, known_id: str | None) -> Live | None:
        """The one of that id; else the one of this domain that bears our tags."""
        private = [{"Name": "TYPE", "Values": ["DNS_PRIVATE"], "Condition": "EQ"}]
        every = aws.listing("servicediscovery", "list_namespaces", "Namespaces", Filters=private)
        if known_id:
            return next((self._live(aws, raw) for raw in every if raw["Id"] == known_id), None)
        alike = (self._live(aws, raw) for raw in every if raw["Name"] == self.domain)
        return next((live for live in alike if live and aws.ownership.owns(live.tags, self.address)), None)

    def _live(self, aws: Aws, raw: Mapping[str, Any]) -> Live | None:
        ask = lambda: tags.read(  # noqa: E731
            aws.read("servicediscovery", "list_tags_for_resource", ResourceARN=raw["Arn"])["Tags"]
        )
        with unless_gone():
            return Live(raw["Id"], {**raw, STATE: "SUCCESS"}, tag_index.tags_of(aws, raw["Arn"], self.address, ask))
        return None

    def create(self, aws: Aws) -> str:
        made = aws.servicediscovery.create_private_dns_namespace(
            Name=self.domain, Vpc=self.vpc.id, CreatorRequestId=aws.token, Tags=aws.tag_pairs(self)
        )
        return f"{OPERATION}{made['OperationId']}"

    def observe(self, live: Live) -> dict[str, Any]:
        return {"domain": live.raw["Name"]} if "Name" in live.raw else {}

    def delete(self, aws: Aws, live: Live) -> None:
        """An operation too. ResourceInUse rises while there are services in it, or while it is still being made."""
        if live.raw[STATE] in UNDER_WAY:
            raise _still_being_made(live)
        if live.id.startswith(OPERATION):
            return  # it failed, and left nothing
        with unless_gone():
            try:
                aws.servicediscovery.delete_namespace(Id=live.id)
            except Exception as error:
                if error_of(error)[1] != "DuplicateRequest":  # it is being deleted already
                    raise

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw.get("Arn", "")}


def _still_being_made(live: Live) -> Exception:
    """In Cloud Map's own word, which a teardown has patience with: there is no namespace yet that could be asked."""
    from botocore.exceptions import ClientError

    said: Any = {"Code": "ResourceInUse", "Message": f"{live.id} is still under way"}
    return ClientError({"Error": said}, "DeleteNamespace")
