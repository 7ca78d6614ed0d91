"""The cloud itself: what it says of what it has not, its log, its lag, the transport."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.rules import rules
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import balancer, group, network, refused, tags, target_group


@pytest.mark.parametrize(
    ("service", "ask", "params"),
    [
        ("pricing", "describe_services", {}),  # no such service there; JSON
        ("ec2", "describe_trunk_interface_associations", {}),  # ec2
        ("rds", "describe_account_attributes", {}),  # query
        ("cloudfront", "list_vpc_origins", {}),  # rest-xml
        ("efs", "describe_account_preferences", {}),  # rest-json
        (
            "acm",
            "revoke_certificate",
            {
                "CertificateArn": "arn:aws:acm:us-east-1:000011112222:certificate/x1",
                "RevocationReason": "KEY_COMPROMISE",
            },
        ),
    ],
)
def test_what_is_missing_says_so_at_once(
    cloud: Cloud, connect: Connect, service: str, ask: str, params: dict[str, Any]
) -> None:
    client = connect(cloud, service, "us-east-1", retries=5)
    with pytest.raises(ClientError) as caught:
        getattr(client, ask)(**params)
    assert caught.value.response["Error"]["Code"] == "SandboxNotImplemented"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert len(cloud.log.entries) == 1


def test_the_log_counts(cloud: Cloud, ec2: Any) -> None:
    ec2.describe_vpcs()
    ec2.describe_vpcs()
    ec2.create_internet_gateway()
    assert cloud.log.stats() == {
        "calls": 3,
        "reads": 2,
        "writes": 1,
        "most_in_flight": 1,
        "by_operation": {"ec2:CreateInternetGateway": 1, "ec2:DescribeVpcs": 2},
    }
    assert [(one.name, one.mutating, one.status) for one in cloud.log.entries][-1] == (
        "ec2:CreateInternetGateway",
        True,
        200,
    )


def test_many_threads_and_one_lock(cloud: Cloud, connect: Connect) -> None:
    ec2 = connect(cloud, "ec2")
    vpc = network(ec2).vpc

    def make(number: int) -> str:
        try:
            ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.99.0/24")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidSubnet.Conflict"
            return "lost"
        return "won"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(make, range(24)))
    assert said.count("won") == 1


def test_the_spy_stands_around_each_call(cloud: Cloud, connect: Connect) -> None:
    seen: list[tuple[str, str, bool, str]] = []

    def around(call: Call, carry_out: Any) -> Answer:
        if call.mutating:
            raise SystemExit("dies before")
        answer: Answer = carry_out()
        seen.append((call.service, call.operation, call.mutating, call.region))
        return answer

    ec2 = connect(cloud, "ec2", around=around)
    ec2.describe_vpcs()
    with pytest.raises(SystemExit):
        ec2.create_internet_gateway()
    assert seen == [("ec2", "DescribeVpcs", False, "me-central-1")]
    assert cloud.log.writes == 0


def test_reset_empties(cloud: Cloud, ec2: Any) -> None:
    made = network(ec2)
    cloud.reset()
    assert cloud.snapshot() == {}
    assert refused(ec2.describe_vpcs, VpcIds=[made.vpc]) == "InvalidVpcID.NotFound"


def test_it_is_a_wsgi_application(cloud: Cloud) -> None:
    import io

    said: list[Any] = []
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=sandbox/20261122/me-central-1/sts/aws4_request, Signature=x",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    answered = b"".join(cloud(environ, lambda *args: said.extend(args)))
    assert said[0] == "200 OK"
    assert b"<Account>000011112222</Account>" in answered
    assert ("Content-Length", str(len(answered))) in said[1]


def test_new_things_are_not_found_for_some_seconds(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, lag_s=5)
    ec2 = connect(cloud, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags("vpc", Name="x"))["Vpc"]["VpcId"]
    mine = [{"Name": "tag:Name", "Values": ["x"]}]
    assert refused(ec2.describe_vpcs, VpcIds=[vpc]) == "InvalidVpcID.NotFound"
    assert ec2.describe_vpcs(Filters=mine)["Vpcs"] == []
    assert refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.0.0/24") == "InvalidVpcID.NotFound"
    clock.sleep(6)
    assert [one["VpcId"] for one in ec2.describe_vpcs(Filters=mine)["Vpcs"]] == [vpc]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    assert refused(ec2.describe_subnets, SubnetIds=[subnet]) == "InvalidSubnetID.NotFound"
    assert refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.0.0/24") == "InvalidSubnet.Conflict"


def test_or_for_some_listings(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, lag_reads=2)
    ec2, elb = connect(cloud, "ec2"), connect(cloud, "elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    assert len(ec2.describe_vpcs()["Vpcs"]) == 1
    assert refused(ec2.describe_vpcs, VpcIds=[vpc]) == "InvalidVpcID.NotFound"
    assert len(ec2.describe_vpcs()["Vpcs"]) == 2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    attach = {"InternetGatewayId": gateway, "VpcId": vpc}
    assert refused(ec2.attach_internet_gateway, **attach) == "InvalidInternetGatewayID.NotFound"
    made = elb.create_target_group(Name="t", Protocol="HTTP", Port=1, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
    assert refused(elb.describe_target_groups, Names=["t"]) == "TargetGroupNotFound"
    assert refused(elb.describe_target_groups, TargetGroupArns=[made]) == "TargetGroupNotFound"
    assert elb.describe_target_groups(Names=["t"])["TargetGroups"]


def test_every_rule_has_a_sentence() -> None:
    listed = rules()
    assert len(listed) > 90
    assert all(one.sentence and one.code and not one.sentence.endswith(".") for one in listed)


@pytest.mark.parametrize(
    ("service", "ask", "params", "code"),
    [
        ("elbv2", "describe_load_balancers", {"PageSize": 500}, "ValidationError"),
        ("secretsmanager", "list_secrets", {"MaxResults": 500}, "ValidationException"),
        ("acm", "describe_certificate", {"CertificateArn": "not an arn at all, that"}, "ValidationException"),
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "nonsense"}, "InvalidParameterValue"),
    ],
)
def test_requests_fit_their_service_model(
    cloud: Cloud, connect: Connect, service: str, ask: str, params: dict[str, Any], code: str
) -> None:
    assert refused(getattr(connect(cloud, service), ask), **params) == code


def test_the_region_of_a_call_is_its_signature_s(cloud: Cloud, connect: Connect) -> None:
    here, there = connect(cloud, "ec2"), connect(cloud, "ec2", "us-east-1")
    made = group(here, network(here).vpc)
    assert refused(there.describe_security_groups, GroupIds=[made]) == "InvalidGroup.NotFound"
    assert there.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"] == "us-east-1a"


def test_an_expensive_thing_is_named_by_its_arn(cloud: Cloud, ec2: Any, elb: Any) -> None:
    net = network(ec2)
    assert balancer(elb, net).startswith("arn:aws:elasticloadbalancing:me-central-1:000011112222:loadbalancer/app/web/")
    assert target_group(elb, net).startswith("arn:aws:elasticloadbalancing:me-central-1:000011112222:targetgroup/http/")


def test_nothing_heavy_is_imported_with_the_package() -> None:
    import subprocess
    import sys

    code = (
        "import sys, muvi_provision.sandbox; sys.exit(any(one in sys.modules for one in ('moto', 'flask', 'botocore')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_boto3_is_not_patched() -> None:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    client = session.client("sts", endpoint_url="http://127.0.0.1:1")
    from botocore.exceptions import EndpointConnectionError

    with pytest.raises(EndpointConnectionError):
        client.get_caller_identity()
