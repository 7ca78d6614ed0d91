"""The whole first day by plain calls, in order and in reverse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import Leaping
from tests.sandbox.refusals import authority, forward, tags

ZONES = ("me-central-1a", "me-central-1b", "me-central-1c")
REGION = "me-central-1"
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
GROUPS = ("alb", "internal", "frontend", "api", "grpc", "worker", "db", "cache", "lambda", "endpoints")


class DayOne:
    """Everything of the day, by plain calls."""

    def __init__(self, ec2: Any, elb: Any, acm: Any, secrets: Any, clock: Leaping) -> None:
        self.ec2, self.elb, self.acm, self.secrets, self.clock = ec2, elb, acm, secrets, clock

    def build(self) -> None:
        self._network()
        self._gateways()
        self._tables()
        self._endpoints()
        self._groups()
        self._balancers()
        self._listeners()
        self.secret = self.secrets.create_secret(
            Name="uat/db", SecretString="s3cret", Tags=[{"Key": "muvi:address", "Value": "x"}]
        )["ARN"]

    def _network(self) -> None:
        said = tags("vpc", Name="uat", **{"muvi:address": "vpc/main"})
        self.vpc = self.ec2.create_vpc(CidrBlock="10.230.0.0/16", TagSpecifications=said)["Vpc"]["VpcId"]
        self.until(lambda: self.ec2.describe_vpcs(VpcIds=[self.vpc])["Vpcs"][0]["State"] == "available")
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsSupport={"Value": True})
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.subnets = [
            self.ec2.create_subnet(
                VpcId=self.vpc,
                CidrBlock=f"10.230.{number}.0/24",
                AvailabilityZone=ZONES[number % 3],
                TagSpecifications=tags("subnet", Name=f"subnet-{number}"),
            )["Subnet"]["SubnetId"]
            for number in range(6)
        ]
        for one in self.subnets[:3]:
            self.ec2.modify_subnet_attribute(SubnetId=one, MapPublicIpOnLaunch={"Value": True})

    def _gateways(self) -> None:
        self.gateway = self.ec2.create_internet_gateway(TagSpecifications=tags("internet-gateway", Name="igw"))[
            "InternetGateway"
        ]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        self.address = self.ec2.allocate_address(Domain="vpc", TagSpecifications=tags("elastic-ip", Name="nat"))[
            "AllocationId"
        ]
        said = tags("natgateway", Name="nat")
        self.nat = self.ec2.create_nat_gateway(
            SubnetId=self.subnets[0], AllocationId=self.address, TagSpecifications=said
        )["NatGateway"]["NatGatewayId"]
        self.until(lambda: self.nat_state() == "available")

    def nat_state(self) -> str:
        return str(self.ec2.describe_nat_gateways(NatGatewayIds=[self.nat])["NatGateways"][0]["State"])

    def _tables(self) -> None:
        self.tables, self.associations = [], []
        for name, members, target in (
            ("public", self.subnets[:3], {"GatewayId": self.gateway}),
            ("private", self.subnets[3:], {"NatGatewayId": self.nat}),
        ):
            said = tags("route-table", Name=name)
            table = self.ec2.create_route_table(VpcId=self.vpc, TagSpecifications=said)["RouteTable"]["RouteTableId"]
            self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
            self.associations += [
                self.ec2.associate_route_table(RouteTableId=table, SubnetId=one)["AssociationId"] for one in members
            ]
            self.tables.append(table)

    def _endpoints(self) -> None:
        create = self.ec2.create_vpc_endpoint
        s3 = create(
            VpcId=self.vpc,
            ServiceName=f"com.amazonaws.{REGION}.s3",
            RouteTableIds=self.tables,
            TagSpecifications=tags("vpc-endpoint", Name="s3"),
        )
        self.scaling_group = self._group("scaling endpoint")
        scaling = create(
            VpcId=self.vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{REGION}.application-autoscaling",
            SubnetIds=self.subnets[3:],
            SecurityGroupIds=[self.scaling_group],
            PrivateDnsEnabled=True,
        )
        self.endpoints = [s3["VpcEndpoint"]["VpcEndpointId"], scaling["VpcEndpoint"]["VpcEndpointId"]]
        self.until(lambda: {one["State"] for one in self._described()} == {"available"})

    def _described(self) -> list[dict[str, Any]]:
        filters = [{"Name": "vpc-id", "Values": [self.vpc]}]
        return list(self.ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"])

    def _group(self, name: str) -> str:
        said = tags("security-group", Name=name)
        return str(
            self.ec2.create_security_group(
                GroupName=name, Description=f"for {name}", VpcId=self.vpc, TagSpecifications=said
            )["GroupId"]
        )

    def _groups(self) -> None:
        self.groups = {name: self._group(f"uat-{name}") for name in GROUPS}
        lists = self.ec2.describe_managed_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [CLOUDFRONT]}])[
            "PrefixLists"
        ]
        edge = {"PrefixListId": lists[0]["PrefixListId"], "Description": "CloudFront"}
        self._allow("alb", 80, PrefixListIds=[edge])
        for index, name in enumerate(GROUPS):
            peer = self.groups[GROUPS[index - 1]]
            self._allow(
                name, 5000 + index, UserIdGroupPairs=[{"GroupId": peer, "Description": f"from {GROUPS[index - 1]}"}]
            )
            self._allow(name, 443, IpRanges=[{"CidrIp": "10.230.0.0/16", "Description": "inside"}])
        for one in self.groups.values():
            everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
            self.ec2.revoke_security_group_egress(GroupId=one, IpPermissions=everything)
            self.ec2.authorize_security_group_egress(
                GroupId=one, IpPermissions=[self._permission(443, IpRanges=[{"CidrIp": "0.0.0.0/0"}])]
            )

    def _permission(self, port: int, **peer: Any) -> dict[str, Any]:
        return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port} | peer

    def _allow(self, name: str, port: int, **peer: Any) -> None:
        self.ec2.authorize_security_group_ingress(
            GroupId=self.groups[name],
            IpPermissions=[self._permission(port, **peer)],
            TagSpecifications=tags("security-group-rule", Name=f"{name}-{port}"),
        )

    def _balancers(self) -> None:
        said = [{"Key": "Name", "Value": "uat"}]
        create = self.elb.create_load_balancer
        public = create(Name="uat-public", Subnets=self.subnets[:3], SecurityGroups=[self.groups["alb"]], Tags=said)
        internal = create(
            Name="uat-internal",
            Scheme="internal",
            Subnets=self.subnets[3:],
            SecurityGroups=[self.groups["internal"]],
            Tags=said,
        )
        self.balancers = [one["LoadBalancers"][0]["LoadBalancerArn"] for one in (public, internal)]
        self.until(lambda: self._states() == {"active"})
        attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "120"}]
        self.elb.modify_load_balancer_attributes(LoadBalancerArn=self.balancers[0], Attributes=attributes)

    def _states(self) -> set[str]:
        found = self.elb.describe_load_balancers(LoadBalancerArns=self.balancers)["LoadBalancers"]
        return {one["State"]["Code"] for one in found}

    def _listeners(self) -> None:
        group = {"Protocol": "HTTP", "VpcId": self.vpc, "TargetType": "ip", "Tags": [{"Key": "Name", "Value": "group"}]}
        create = self.elb.create_target_group
        made = (
            create(Name="web", Port=80, **group),
            create(Name="api", Port=5000, HealthCheckPath="/health", **group),
            create(Name="grpc", Port=5002, ProtocolVersion="GRPC", **group),
        )
        self.target_groups = [one["TargetGroups"][0]["TargetGroupArn"] for one in made]
        delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
        self.elb.modify_target_group_attributes(TargetGroupArn=self.target_groups[0], Attributes=delay)
        said = authority().issue() | {"Tags": [{"Key": "Name", "Value": "internal"}]}
        self.certificate = self.acm.import_certificate(**said)["CertificateArn"]
        self._listen(0, 80, "HTTP", self.target_groups[0])
        https = {
            "Certificates": [{"CertificateArn": self.certificate}],
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        }
        self.patiently("CertificateNotFound", lambda: self._listen(1, 5001, "HTTPS", self.target_groups[1], **https))
        self._listen(1, 5002, "HTTPS", self.target_groups[2], **https)

    def _listen(self, balancer: int, port: int, protocol: str, group: str, **more: Any) -> None:
        said = {"Tags": [{"Key": "Name", "Value": f"listener-{port}"}], "DefaultActions": forward(group)}
        self.elb.create_listener(LoadBalancerArn=self.balancers[balancer], Port=port, Protocol=protocol, **said, **more)

    def tear_down(self) -> None:
        self.secrets.delete_secret(SecretId=self.secret, ForceDeleteWithoutRecovery=True)
        for one in self.balancers:
            for listener in self.elb.describe_listeners(LoadBalancerArn=one)["Listeners"]:
                self.elb.delete_listener(ListenerArn=listener["ListenerArn"])
            self.elb.delete_load_balancer(LoadBalancerArn=one)
        for one in self.target_groups:
            self.patiently("ResourceInUse", partial(self.elb.delete_target_group, TargetGroupArn=one))
        certificate = {"CertificateArn": self.certificate}
        self.patiently("ResourceInUseException", lambda: self.acm.delete_certificate(**certificate))
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=self.endpoints)
        self.ec2.delete_nat_gateway(NatGatewayId=self.nat)
        self.until(lambda: self.nat_state() == "deleted")
        self.ec2.release_address(AllocationId=self.address)
        detach = {"InternetGatewayId": self.gateway, "VpcId": self.vpc}
        self.patiently("DependencyViolation", lambda: self.ec2.detach_internet_gateway(**detach))
        self.ec2.delete_internet_gateway(InternetGatewayId=self.gateway)
        self._tear_down_groups()
        for one in self.associations:
            self.ec2.disassociate_route_table(AssociationId=one)
        for one in self.tables:
            self.ec2.delete_route_table(RouteTableId=one)
        for one in self.subnets:
            self.patiently("DependencyViolation", lambda one=one: self.ec2.delete_subnet(SubnetId=one))  # type: ignore[misc]
        self.ec2.delete_vpc(VpcId=self.vpc)

    def _tear_down_groups(self) -> None:
        every = [*self.groups.values(), self.scaling_group]
        for one in every:
            filters = [{"Name": "group-id", "Values": [one]}]
            for rule in self.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]:
                ids = {"GroupId": one, "SecurityGroupRuleIds": [rule["SecurityGroupRuleId"]]}
                (self.ec2.revoke_security_group_egress if rule["IsEgress"] else self.ec2.revoke_security_group_ingress)(
                    **ids
                )
        for one in every:
            self.patiently("DependencyViolation", lambda one=one: self.ec2.delete_security_group(GroupId=one))  # type: ignore[misc]

    def until(self, done: Callable[[], bool]) -> None:
        for _ in range(100):
            if done():
                return
            self.clock.sleep(5)
        pytest.fail("never came to be")

    def patiently(self, code: str, do: Callable[[], Any]) -> None:
        def tried() -> bool:
            try:
                do()
            except ClientError as error:
                assert error.response["Error"]["Code"] == code
                return False
            return True

        self.until(tried)
