"""What Lambda refuses (aws-reality 7.1)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.lambda_world import BASIC, Functions, zipped
from tests.sandbox.refusals import group, network, refused

WRONG = "InvalidParameterValueException"


@pytest.fixture
def world(cloud: Cloud, connect: Connect, clock: Leaping) -> Functions:
    return Functions(cloud, connect, clock)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"FunctionName": "a" * 65}, "ValidationException"),
        ({"FunctionName": "a b"}, "ValidationException"),
        ({"MemorySize": 10_241}, "ValidationException"),
        ({"Timeout": 901}, "ValidationException"),
        ({"EphemeralStorage": {"Size": 10_241}}, "ValidationException"),
        ({"Role": "arn:aws:iam::999999999999:role/worker"}, "AccessDeniedException"),
        ({"Tags": {"aws:a": "b"}}, WRONG),
        ({"Tags": {f"k{number}": "" for number in range(51)}}, WRONG),
        ({"Runtime": "python3.5"}, "ValidationException"),
        ({"Runtime": "python3.7"}, WRONG),
        ({"Runtime": "nodejs14.x"}, WRONG),
        ({"Runtime": "go1.x"}, WRONG),
        ({"Handler": None}, WRONG),
        ({"Runtime": None}, WRONG),
        ({"Code": {}}, WRONG),
        ({"Code": {"ZipFile": b"nonsense"}}, WRONG),
        ({"Code": {"ZipFile": zipped({})}}, WRONG),
        ({"Code": {"ZipFile": zipped(), "S3Bucket": "bucket", "S3Key": "a.zip"}}, WRONG),
        ({"Code": {"S3Bucket": "nowhere", "S3Key": "a.zip"}}, WRONG),
        ({"Environment": {"Variables": {"AWS_REGION": "eu-west-1"}}}, WRONG),
        ({"Environment": {"Variables": {"KEY": "x" * 4096}}}, WRONG),
        ({"Environment": {"Variables": {"a b": "x"}}}, "ValidationException"),
        ({"Role": "arn:aws:iam::000011112222:role/none"}, WRONG),
        ({"VpcConfig": {"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": []}}, WRONG),
        (
            {"VpcConfig": {"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}},
            WRONG,
        ),
    ],
)
def test_a_function_that_cannot_be(world: Functions, said: dict[str, Any], code: str) -> None:
    assert refused(world.make, **said) == code
    assert world.api.list_functions()["Functions"] == []


def test_the_outermost_that_can_be(world: Functions) -> None:
    variables = {"KEY": "x" * 4086}
    code = {"ZipFile": zipped({"index.py": b"x"})}
    more = {"MemorySize": 10_240, "Timeout": 900, "Environment": {"Variables": variables}, "Code": code}
    world.make("a" * 64, **more)
    found = world.seen("a" * 64)
    assert (found["MemorySize"], found["Timeout"], found["Environment"]["Variables"]) == (10_240, 900, variables)
    for runtime in ("nodejs22.x", "java21", "python3.9"):
        world.make(runtime.replace(".", "-"), Runtime=runtime)


def test_code_that_is_too_large(world: Functions) -> None:
    large = zipped({"index.py": bytes(50 * 1024 * 1024)}, stored=True)
    assert refused(world.make, Code={"ZipFile": large}) == "RequestEntityTooLargeException"
    with pytest.raises(ClientError, match="Unzipped size must be smaller than 262144000 bytes"):
        world.make(Code={"ZipFile": zipped({"index.py": bytes(251 * 1024 * 1024)})})


def test_a_name_is_used_once(world: Functions) -> None:
    world.make()
    with pytest.raises(ClientError, match="Function already exist: sync") as caught:
        world.make()
    assert caught.value.response["Error"]["Code"] == "ResourceConflictException"
    world.api.delete_function(FunctionName="sync")
    for ask in (world.api.delete_function, world.api.get_function, world.api.get_policy):
        assert refused(ask, FunctionName="sync") == "ResourceNotFoundException"
    world.make()


def test_a_role_that_lambda_may_not_assume(world: Functions) -> None:
    for role in (world.role_named("strange", service="ecs-tasks.amazonaws.com"), world.role("none")):
        with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
            world.make(Role=role)
    world.make()
    said = {"FunctionName": "sync", "Role": world.role("none")}
    assert refused(world.api.update_function_configuration, **said) == WRONG


def test_a_role_that_lambda_has_not_heard_of(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 1.6, 5.2 b."""
    world = Functions(slow, connect, clock)
    role = world.role_named("fresh", BASIC)
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        world.make(Role=role)
    clock.sleep(11)
    world.make(Role=role)


def test_a_role_that_may_not_make_interfaces(world: Functions) -> None:
    role = world.role_named("plain", BASIC)
    with pytest.raises(ClientError, match="does not have permissions to call CreateNetworkInterface on EC2"):
        world.make(Role=role, VpcConfig=world.place(0))
    world.make(Role=role)
    move = {"FunctionName": "sync", "VpcConfig": world.place(0)}
    assert refused(world.api.update_function_configuration, **move) == WRONG
    world.api.update_function_configuration(**move, Role=world.role())


def test_a_network_of_two_vpcs(world: Functions) -> None:
    elsewhere = network(world.ec2, second=40)
    other = group(world.ec2, elsewhere.vpc, "other")
    assert refused(world.make, VpcConfig=world.place(0, groups=[other])) == WRONG
    place = world.place(0) | {"SubnetIds": [world.net.subnets[0], elsewhere.subnets[0]]}
    assert refused(world.make, VpcConfig=place) == WRONG
    with pytest.raises(ClientError, match="InvalidSubnetID"):
        world.make(VpcConfig=world.place(0) | {"SubnetIds": ["subnet-0123456789abcdef0"]})
    with pytest.raises(ClientError, match="InvalidGroup"):
        world.make(VpcConfig=world.place(0, groups=["sg-0123456789abcdef0"]))


def test_permissions(world: Functions) -> None:
    world.make()
    rule = "arn:aws:events:me-central-1:000011112222:rule/nightly"
    said = {"FunctionName": "sync", "StatementId": "nightly", "Action": "lambda:InvokeFunction"}
    asked = said | {"Principal": "events.amazonaws.com", "SourceArn": rule}
    assert refused(world.api.get_policy, FunctionName="sync") == "ResourceNotFoundException"
    assert refused(world.api.add_permission, **(asked | {"Principal": "somebody"})) == WRONG
    assert refused(world.api.add_permission, **(asked | {"FunctionName": "none"})) == "ResourceNotFoundException"
    world.api.add_permission(**asked)
    assert refused(world.api.add_permission, **asked) == "ResourceConflictException"
    world.api.remove_permission(FunctionName="sync", StatementId="nightly")
    gone = {"FunctionName": "sync", "StatementId": "nightly"}
    assert refused(world.api.remove_permission, **gone) == "ResourceNotFoundException"
    world.api.add_permission(**asked)


def test_a_policy_has_a_length(world: Functions) -> None:
    world.make()
    said = {"FunctionName": "sync", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    start = "arn:aws:events:me-central-1:000011112222:rule/"
    for number in range(58):
        world.api.add_permission(StatementId=f"s{number}", SourceArn=start + f"r{number}" + "x" * 60, **said)
    assert len(world.api.get_policy(FunctionName="sync")["Policy"]) <= 20 * 1024
    last = {"StatementId": "s99", "SourceArn": start + "x" * 64}
    assert refused(world.api.add_permission, **said, **last) == "PolicyLengthExceededException"


def test_some_concurrency_is_left_for_all(connect: Connect, clock: Leaping) -> None:
    """aws-reality 7.1 i: a new account has ten, and must keep them."""
    small = Functions(Cloud(clock), connect, clock)
    small.make()
    share = {"FunctionName": "sync", "ReservedConcurrentExecutions": 1}
    assert refused(small.api.put_function_concurrency, **share) == WRONG
    assert small.api.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 10
    small.cloud.reset()
    large = Functions(Cloud(clock, quotas={"lambda_concurrency": 1000}), connect, clock)
    large.make()
    assert refused(large.api.put_function_concurrency, **(share | {"ReservedConcurrentExecutions": 901})) == WRONG
    large.api.put_function_concurrency(**(share | {"ReservedConcurrentExecutions": 900}))
    told = large.api.get_account_settings()
    assert told["AccountLimit"]["UnreservedConcurrentExecutions"] == 100
    assert told["AccountUsage"]["FunctionCount"] == 1
    assert large.api.get_function(FunctionName="sync")["Concurrency"] == {"ReservedConcurrentExecutions": 900}
    large.api.put_function_concurrency(**(share | {"ReservedConcurrentExecutions": 0}))
    assert refused(large.api.invoke, FunctionName="sync") == "TooManyRequestsException"
    large.api.delete_function_concurrency(FunctionName="sync")
    large.api.invoke(FunctionName="sync")
    assert "Concurrency" not in large.api.get_function(FunctionName="sync")
    large.cloud.reset()


def test_a_runtime_that_is_no_longer_kept_up(world: Functions) -> None:
    """From February 2027 on (aws-reality 7.1); what is there stays, and can be changed."""
    world.make("before", Runtime="python3.9")
    world.clock.sleep(71 * 86_400)
    assert refused(world.make, Runtime="python3.9") == WRONG
    world.make()
    world.api.update_function_configuration(FunctionName="before", Runtime="python3.9", Timeout=4)


def test_code_weighs_so_much_together(clock: Leaping, connect: Connect) -> None:
    full = Functions(Cloud(clock, quotas={"lambda_code_gb": 0}), connect, clock)
    assert refused(full.make) == "CodeStorageExceededException"
    assert full.api.get_account_settings()["AccountLimit"]["TotalCodeSize"] == 0
    full.cloud.reset()


def test_what_the_sandbox_has_not_it_does_not_pretend(world: Functions) -> None:
    for more in ({"Publish": True}, {"Layers": ["arn:aws:lambda:me-central-1:000011112222:layer:a:1"]}):
        assert refused(world.make, **more) == "SandboxNotImplemented"
    world.make()
    assert refused(world.api.publish_version, FunctionName="sync") == "SandboxNotImplemented"
    assert refused(world.api.list_layers) == "SandboxNotImplemented"
    said = {"FunctionName": "sync", "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"}
    assert refused(world.api.add_permission, PrincipalOrgID="o-0123456789", **said) == "SandboxNotImplemented"
