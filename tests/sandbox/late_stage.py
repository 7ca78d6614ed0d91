"""An account in which something new can be made of every kind that may be late, and be asked for."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.lag import Lag
from muvi_provision.sandbox.transport import InProcess
from tests.sandbox.conftest import REGION, Leaping
from tests.sandbox.ecs_world import World, trust
from tests.sandbox.edge_stand import EAST, config
from tests.sandbox.lambda_world import zipped
from tests.sandbox.refusals import authority, balancer, forward, target_group

SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "x"}
SCALED = {"ServiceNamespace": "ecs", "ResourceId": "service/uat/web", "ScalableDimension": "ecs:service:DesiredCount"}
CPU = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
ACL = {"Scope": "CLOUDFRONT", "DefaultAction": {"Allow": {}}, "VisibilityConfig": SEEN}


class Stage:
    """An account with a little of everything, made on a day on which nothing was late."""

    def __init__(self, cloud: Cloud, loader: boto3.Session, clock: Leaping) -> None:
        self.cloud, self.clock, self._loader = cloud, clock, loader
        self._clients: dict[tuple[str, str], Any] = {}
        self.world = World(cloud, self._client, clock)
        self.net, self.vpc, self.subnets = self.world.net, self.world.net.vpc, list(self.world.net.subnets)
        iam = self.world.iam
        for name in ("rds", "elasticache"):
            iam.create_service_linked_role(AWSServiceName=f"{name}.amazonaws.com")
        made = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
        self.role = str(made["Role"]["Arn"])
        clock.sleep(15)
        self.at("rds").create_db_subnet_group(
            DBSubnetGroupName="old", DBSubnetGroupDescription="x", SubnetIds=self.subnets
        )
        self.cached("old")
        self.balancer, self.group = balancer(self.elb, self.net, "old"), target_group(self.elb, self.net, "old")
        self.function = self.code("old")
        self.world.service(self.world.definition(), "web", 0)
        self.task, self.spare = self.world.definition(), self.address()
        self._dump = persistence.dumped(cloud)

    @property
    def elb(self) -> Any:
        return self.at("elbv2")

    @property
    def ec2(self) -> Any:
        return self.at("ec2")

    def again(self) -> None:
        """As it was at first."""
        persistence.load(self.cloud, self._dump)
        self.cloud.lag, self.cloud.faults, self.cloud.speed = Lag(), Faults(), 0

    def at(self, service: str, region: str = REGION) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self._client(self.cloud, service, region)
        return self._clients[service, region]

    def _client(self, cloud: Cloud, service: str, region: str = REGION) -> Any:
        config = Config(inject_host_prefix=False, retries={"max_attempts": 0})
        made = self._loader.client(service, region_name=region, endpoint_url="http://127.0.0.1:1", config=config)
        InProcess(cloud).attach(made.meta.events)
        return made

    def listen(self) -> str:
        said = {"LoadBalancerArn": self.balancer, "Protocol": "HTTP", "Port": 80}
        made = self.elb.create_listener(DefaultActions=forward(self.group), **said)
        return str(made["Listeners"][0]["ListenerArn"])

    def subnet(self) -> str:
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.30.9.0/24", AvailabilityZone=f"{REGION}a")
        return str(made["Subnet"]["SubnetId"])

    def nat(self, allocation: str = "") -> str:
        made = self.ec2.create_nat_gateway(SubnetId=self.subnets[0], AllocationId=allocation or self.spare)
        return str(made["NatGateway"]["NatGatewayId"])

    def gateway(self) -> str:
        return str(self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])

    def endpoint(self) -> str:
        said = {"VpcId": self.vpc, "ServiceName": f"com.amazonaws.{REGION}.s3", "RouteTableIds": [self.world.table]}
        return str(self.ec2.create_vpc_endpoint(**said)["VpcEndpoint"]["VpcEndpointId"])

    def address(self) -> str:
        return str(self.ec2.allocate_address(Domain="vpc")["AllocationId"])

    def route(self, **target: str) -> Any:
        return self.ec2.create_route(RouteTableId=self.world.table, DestinationCidrBlock="10.99.0.0/16", **target)

    def guard(self) -> str:
        return str(self.ec2.create_security_group(GroupName="a", Description="a", VpcId=self.vpc)["GroupId"])

    def certificate(self, region: str) -> str:
        return str(self.at("acm", region).import_certificate(**self.issued)["CertificateArn"])

    @cached_property
    def issued(self) -> dict[str, bytes]:
        return authority().issue("www.uat.cinema.example")

    def wanted(self, region: str) -> str:
        made = self.at("acm", region).request_certificate(DomainName="uat.cinema.example", ValidationMethod="DNS")
        self.cloud.view(region).certificates[made["CertificateArn"]].status = "ISSUED"
        return str(made["CertificateArn"])

    def secure(self, certificate: str) -> Any:
        certificates = [{"CertificateArn": certificate}]
        said = {"LoadBalancerArn": self.balancer, "Protocol": "HTTPS", "Port": 443, "Certificates": certificates}
        return self.elb.create_listener(DefaultActions=forward(self.group), **said)

    def distribute(self, certificate: str) -> Any:
        viewer = {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only"}
        return self.at("cloudfront").create_distribution(
            DistributionConfig=config(ViewerCertificate=viewer | {"MinimumProtocolVersion": "TLSv1.2_2021"})
        )

    def wall(self, addresses: str) -> Any:
        rule = {"Name": "a", "Priority": 0, "Statement": {"IPSetReferenceStatement": {"ARN": addresses}}}
        rules = [rule | {"Action": {"Block": {}}, "VisibilityConfig": SEEN}]
        return self.at("wafv2", EAST).create_web_acl(Name="a", Rules=rules, **ACL)

    def serve(self, name: str = "other", cluster: str = "uat", **more: Any) -> Any:
        return self.world.service(self.task, name, 0, cluster=cluster, **more)

    def register(self, service: str = "web") -> Any:
        said = SCALED | {"ResourceId": f"service/uat/{service}"}
        return self.at("application-autoscaling").register_scalable_target(MinCapacity=0, MaxCapacity=2, **said)

    def cache(self, **more: str) -> Any:
        said = {"ReplicationGroupId": "a", "ReplicationGroupDescription": "a", "Engine": "redis"}
        said |= {"CacheNodeType": "cache.t3.micro", "CacheSubnetGroupName": "old"} | more
        return self.at("elasticache").create_replication_group(**said)

    def follow(self) -> Any:
        tracking = {"TargetValue": 60.0, "PredefinedMetricSpecification": CPU}
        said = SCALED | {"PolicyName": "a", "PolicyType": "TargetTrackingScaling"}
        return self.at("application-autoscaling").put_scaling_policy(
            TargetTrackingScalingPolicyConfiguration=tracking, **said
        )

    def database(self, **more: str) -> Any:
        said = {"DBClusterIdentifier": "a", "Engine": "aurora-postgresql", "DBSubnetGroupName": "old"}
        return self.at("rds").create_db_cluster(MasterUsername="keeper", MasterUserPassword="b" * 9, **(said | more))

    def cached(self, name: str) -> str:
        said = {"CacheSubnetGroupName": name, "CacheSubnetGroupDescription": "x", "SubnetIds": self.subnets}
        self.at("elasticache").create_cache_subnet_group(**said)
        return name

    def bucket(self) -> str:
        self.at("s3").create_bucket(Bucket="new-one", CreateBucketConfiguration={"LocationConstraint": REGION})
        return "new-one"

    def addresses(self) -> str:
        said = {"Name": "a", "Scope": "CLOUDFRONT", "IPAddressVersion": "IPV4", "Addresses": ["10.0.0.0/8"]}
        return str(self.at("wafv2", EAST).create_ip_set(**said)["Summary"]["ARN"])

    @property
    def secrets(self) -> Any:
        return self.at("secretsmanager")

    def secret(self) -> str:
        return str(self.secrets.create_secret(Name="new", SecretString="x")["ARN"])

    def zone(self) -> str:
        made = self.at("route53").create_hosted_zone(Name="new.example", CallerReference="a")
        return str(made["HostedZone"]["Id"])

    def code(self, name: str) -> str:
        said = {"Runtime": "python3.12", "Role": self.role, "Handler": "index.handler", "Code": {"ZipFile": zipped()}}
        return str(self.at("lambda").create_function(FunctionName=name, **said)["FunctionArn"])
