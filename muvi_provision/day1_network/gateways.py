"""The ways out of the network: the internet gateway, and the NAT gateway with its fixed address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network import leftovers
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.tagged import Shown, Tagged, unless_gone
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.engine.stack import Question, Values
from muvi_provision.resource import Change, Handle, Live, Obstacle


class InternetGateway(
    Tagged,
    mutable={"vpc"},
    completes=True,
    found_by="tags",
    actions={
        "ec2:CreateInternetGateway", "ec2:CreateTags", "ec2:DescribeInternetGateways", "ec2:AttachInternetGateway",
        "ec2:DetachInternetGateway", "ec2:DeleteInternetGateway", "ec2:DescribeNetworkInterfaces",
    },
    card="vpc",
):  # fmt: skip
    """The network's door to the internet. It is made alone and then attached, which is an update."""

    vpc: Handle[Vpc]
    shown = Shown("describe_internet_gateways", "InternetGateways", "InternetGatewayId")

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_internet_gateway(TagSpecifications=aws.tag_specifications(self, "internet-gateway"))
        return made["InternetGateway"]["InternetGatewayId"]

    def newborn(self) -> dict[str, Any]:
        return {"vpc": None}

    def observe(self, live: Live) -> dict[str, Any]:
        return {"vpc": _attached_to(live)}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        self._detach(aws, live)
        try:
            aws.ec2.attach_internet_gateway(InternetGatewayId=live.id, VpcId=self.vpc.id)
        except Exception as error:
            _, code, message, _ = error_of(error)
            if code != "Resource.AlreadyAssociated" or live.id not in message or self.vpc.id not in message:
                raise

    def delete(self, aws: Aws, live: Live) -> None:
        self._detach(aws, live)
        with unless_gone():
            aws.ec2.delete_internet_gateway(InternetGatewayId=live.id)

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:
        vpc = _attached_to(live)
        return leftovers.public_addresses(aws, vpc) if vpc else ()

    def _detach(self, aws: Aws, live: Live) -> None:
        vpc = _attached_to(live)
        if vpc is None:
            return
        try:
            with unless_gone():
                aws.ec2.detach_internet_gateway(InternetGatewayId=live.id, VpcId=vpc)
        except Exception as error:
            if error_of(error)[1] != "Gateway.NotAttached":
                raise


def _attached_to(live: Live) -> str | None:
    # an attachment reads "available" once it is made, whatever the model says (3.3)
    attached = (each for each in live.raw.get("Attachments", ()) if each.get("State") not in ("detaching", "detached"))
    return next((each["VpcId"] for each in attached), None)


class ElasticIp(
    Tagged,
    found_by="tags",
    outputs={"public_ip"},
    prices=("ipv4.inuse",),
    actions={"ec2:AllocateAddress", "ec2:CreateTags", "ec2:DescribeAddresses", "ec2:ReleaseAddress"},
    card="nat-gateway",
):
    """A public address that stays the same: the one partners put on their allow lists. Billed in use or idle."""

    shown = Shown("describe_addresses", "Addresses", "AllocationId")

    def create(self, aws: Aws) -> str:
        made = aws.ec2.allocate_address(Domain="vpc", TagSpecifications=aws.tag_specifications(self, "elastic-ip"))
        return made["AllocationId"]

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def outputs(self, live: Live) -> dict[str, str]:
        return {"public_ip": live.raw["PublicIp"]}

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.ec2.release_address(AllocationId=live.id)


class NatGateway(
    Tagged,
    ready="nat_gateway_available",
    gone="nat_gateway_gone",
    fades=True,
    outputs={"public_ip"},
    prices=("nat.hour",),
    actions={"ec2:CreateNatGateway", "ec2:CreateTags", "ec2:DescribeNatGateways", "ec2:DeleteNatGateway"},
    within="subnet",
    card="nat-gateway",
):
    """Lets the app tier reach the internet from one address, and lets nothing in.

    ``internet`` is the attached gateway it sends through: without one AWS accepts the call and the NAT
    gateway fails a minute later (3.5).
    """

    subnet: Handle[Subnet]
    elastic_ip: Handle[ElasticIp]
    internet: Handle[InternetGateway]
    shown = Shown("describe_nat_gateways", "NatGateways", "NatGatewayId", filters="Filter")

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_nat_gateway(
            SubnetId=self.subnet.id,
            AllocationId=self.elastic_ip.id,
            ConnectivityType="public",
            ClientToken=aws.token,
            TagSpecifications=aws.tag_specifications(self, "natgateway"),
        )
        return made["NatGateway"]["NatGatewayId"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {"subnet": live.raw["SubnetId"], "elastic_ip": _first(live, "AllocationId")}

    def outputs(self, live: Live) -> dict[str, str]:
        return {"public_ip": _first(live, "PublicIp")}

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.ec2.delete_nat_gateway(NatGatewayId=live.id)


def _first(live: Live, key: str) -> str:
    return str(next((each.get(key, "") for each in live.raw.get("NatGatewayAddresses", ())), ""))


def has_public_address(gateways: Iterable[Handle[NatGateway]]) -> Question:
    """Whether each of these NAT gateways is up and has its public address."""

    def ask(aws: Aws, values: Values) -> bool:
        ids = {values[gateway.address]["id"] for gateway in gateways}
        seen = aws.listing("ec2", "describe_nat_gateways", "NatGateways", Filter=aws.ours())
        up = [each for each in seen if each["NatGatewayId"] in ids and each["State"] == "available"]
        return len(up) == len(ids) and all(each["NatGatewayAddresses"][0].get("PublicIp") for each in up)

    return ask
