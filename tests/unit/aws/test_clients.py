"""The border: what may pass, what never leaves, what is counted and what is shared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.loaders
import pytest

from muvi_provision.aws.clients import Aws, Border, WriteRefused, mutates
from muvi_provision.resource import Resource
from tests.unit.aws.conftest import Wire, ec2_error

VPC = "<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>"
VPCS = "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>"


def page(ids: str, token: str = "") -> str:
    items = "".join(f"<item><subnetId>{each}</subnetId></item>" for each in ids.split())
    more = f"<nextToken>{token}</nextToken>" if token else ""
    return f"<DescribeSubnetsResponse><subnetSet>{items}</subnetSet>{more}</DescribeSubnetsResponse>"


def test_a_write_outside_writing_never_leaves(aws: Aws, wire: Wire) -> None:
    with pytest.raises(WriteRefused, match="ec2:CreateVpc"):
        aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")
    assert wire.sent == []
    assert aws.border.tally.calls == 0


def test_a_write_inside_writing_leaves(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, VPC)]
    with aws.writing("vpc/main"):
        assert aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] == "vpc-1"
    assert wire.sent == ["CreateVpc"]
    assert (aws.border.tally.calls, aws.border.tally.writes) == (1, 1)


def test_the_guard_closes_again_also_after_an_error(aws: Aws, wire: Wire) -> None:
    wire.replies = [ec2_error("InvalidVpc.Range")]
    with pytest.raises(aws.ec2.exceptions.ClientError), aws.writing("vpc/main"):
        aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")
    with pytest.raises(WriteRefused):
        aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")


def test_one_write_in_another(aws: Aws) -> None:
    with aws.writing("vpc/main"):
        with aws.writing("subnet/a"):
            assert aws.border.writing.address == "subnet/a"
        assert aws.border.writing.address == "vpc/main"
    assert aws.border.writing.address == ""


def test_the_guard_is_open_for_its_own_thread_only(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, VPC)]
    with aws.writing("vpc/main"), ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: aws.ec2.create_vpc(CidrBlock="10.0.0.0/16"))
        with pytest.raises(WriteRefused):
            other.result()
    assert wire.sent == []


def test_reads_pass_always_and_are_counted(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, VPCS)]
    aws.ec2.describe_vpcs()
    assert (aws.border.tally.calls, aws.border.tally.writes) == (1, 0)


@pytest.mark.parametrize("service", ["ec2", "elbv2", "acm", "secretsmanager", "sts", "iam", "ssm", "rds", "ecs"])
def test_what_changes_nothing_by_its_name_is_a_read_by_its_documentation(service: str) -> None:
    """Every operation whose name sounds like a read: none of AWS's own words for changing may be among them."""
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    reads = [name for name in model["operations"] if not mutates(name)]
    changing = ("Create", "Delete", "Put", "Update", "Modify", "Attach", "Set", "Start", "Stop", "Register")
    assert not [name for name in reads if name.startswith(changing)]
    assert reads


@pytest.mark.parametrize(
    "operation", ["CreateVpc", "RunInstances", "AssumeRole", "ImportCertificate", "RestoreSecret", "GenerateDataKey"]
)
def test_what_is_not_known_as_a_read_is_a_write(operation: str) -> None:
    assert mutates(operation)


def test_clients_are_made_once_and_shared_by_threads(border: Border) -> None:
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: border.client("ec2", "eu-central-1"), range(16)))
    assert len({id(client) for client in clients}) == 1
    assert border.client("ec2", "us-east-1") is not clients[0]


def test_a_listing_has_all_pages_and_is_shared(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, page("a b", "more")), (200, page("c"))]
    for _ in range(3):
        found = aws.listing("ec2", "describe_subnets", "Subnets", Filters=aws.ours())
        assert [each["SubnetId"] for each in found] == ["a", "b", "c"]
    assert len(wire.sent) == 2


def test_a_listing_with_other_parameters_is_another(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, page("a")), (200, page("b"))]
    assert aws.listing("ec2", "describe_subnets", "Subnets") != aws.listing(
        "ec2", "describe_subnets", "Subnets", Filters=aws.ours()
    )


def test_who_has_written_sees_a_newer_listing(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, page("a")), (200, page("a b"))]
    aws.listing("ec2", "describe_subnets", "Subnets")
    later = aws.seen_from(aws.border.inventory.moment())
    assert len(later.listing("ec2", "describe_subnets", "Subnets")) == 2
    assert len(wire.sent) == 2


def test_one_answer_is_shared_too(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, VPCS)]
    answers = [aws.read("ec2", "describe_vpcs", VpcIds=["vpc-1"]) for _ in range(3)]
    assert answers[0]["Vpcs"][0]["VpcId"] == "vpc-1"
    assert wire.sent == ["DescribeVpcs"]


def test_views(aws: Aws) -> None:
    seen = aws.seen_from(5)
    assert (seen.as_of, seen.written) == (5, 0)
    assert aws.seen_from(5, 7).written == 7
    assert aws.with_token("t").token == "t"
    assert aws.token == ""


class Named(Resource, kind="named-for-a-test", name_limit=12):
    """Only its name matters."""


del Resource.kinds["named-for-a-test"]


def test_names_and_tags_of_a_resource(aws: Aws) -> None:
    assert aws.physical(Named("a")) == "uat-a"
    assert len(aws.physical(Named("a-very-long-name"))) <= 12
    tags: Any = aws.tag_specifications(Named("a"), "subnet")
    assert tags[0]["ResourceType"] == "subnet"
    assert {"Key": "muvi:address", "Value": "named-for-a-test/a"} in tags[0]["Tags"]
    assert aws.tag_pairs(Named("a")) == tags[0]["Tags"]
    assert aws.ours() == [{"Name": "tag:muvi:env", "Values": ["uat"]}]
