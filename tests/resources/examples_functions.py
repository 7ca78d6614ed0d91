"""Examples of functions: their code, logs, rules, permissions and targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day2_data.roles import Role
from muvi_provision.day5_serverless.code import FunctionCode
from muvi_provision.day5_serverless.function_logs import FunctionLogGroup
from muvi_provision.day5_serverless.functions import Function
from muvi_provision.day5_serverless.permissions import FunctionPermission
from muvi_provision.day5_serverless.rules import Rule
from muvi_provision.day5_serverless.targets import RuleTarget
from muvi_provision.resource import Handle, Resource, Unknown
from tests.resources.contract import REGION, Example


def at(address: str) -> Handle[Any]:
    """The handle of something that stands."""
    return Handle(address)


def out(resource: Resource, output: str) -> Any:
    """An output of something that stands."""
    return Unknown(resource.address, output)


FILES = Path(__file__).parent / "code"
VPC_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
VPC = Vpc("main", cidr="10.240.0.0/16")
APP_A = Subnet("app-a", vpc=at("vpc/main"), cidr="10.240.4.0/24", zone=f"{REGION}a")
APP_B = Subnet("app-b", vpc=at("vpc/main"), cidr="10.240.5.0/24", zone=f"{REGION}b")
GROUP = SecurityGroup("functions", vpc=at("vpc/main"), description="All Lambda functions", open_egress=True)
OTHER_GROUP = SecurityGroup("other", vpc=at("vpc/main"), description="Others", open_egress=True)
ROLE = Role("functions", trust=("lambda.amazonaws.com",), managed=(VPC_ACCESS,))
OTHER_ROLE = Role("functions-too", trust=("lambda.amazonaws.com",), managed=(VPC_ACCESS,))
EVENTS = Role("events", trust=("events.amazonaws.com",))
OTHER_EVENTS = Role("events-too", trust=("events.amazonaws.com",))

CODE = FunctionCode("sync-films", entry="index.handler", runtime="nodejs22.x", code=str(FILES / "one"))
OTHER_CODE = FunctionCode("other", entry="index.handler", runtime="nodejs22.x", code=str(FILES / "other"))
NO_CODE = FunctionCode("not-here", entry="index.handler", runtime="nodejs22.x")
LOGS = FunctionLogGroup("sync-films", retention_days=14)
OTHER_LOGS = FunctionLogGroup("other", retention_days=14)
FUNCTION = Function(
    "sync-films",
    code=at(CODE.address),
    sha256=out(CODE, "sha256"),
    role=out(ROLE, "arn"),
    logs=at(LOGS.address),
    purpose="films",
    runtime="nodejs22.x",
    entry="index.handler",
    memory=256,
    timeout_s=60,
    environment={"DB_PORT": "5432"},
    subnets=(at(APP_A.address), at(APP_B.address)),
    groups=(at(GROUP.address),),
)
OUTSIDE = Function(
    "clean",
    code=at(CODE.address),
    sha256=out(CODE, "sha256"),
    role=out(ROLE, "arn"),
    logs=at(LOGS.address),
    purpose="sweeps",
    runtime="nodejs22.x",
    entry="index.handler",
    memory=128,
    timeout_s=3,
    environment={},
)
RULE = Rule("sync-films", schedule="rate(30 minutes)", description="films", waits_for=out(CODE, "sha256"))
OTHER_RULE = Rule("other", schedule="cron(0 0 * * ? *)", description="others")
WAITING = Rule("not-here", schedule="rate(1 hour)", description="no code", waits_for=out(NO_CODE, "sha256"))
PUSHED = '{"source": ["aws.ecr"], "detail": {"action-type": ["PUSH"]}}'
PUSH = Rule("pushed", pattern=PUSHED, description="an image came")
PERMISSION = FunctionPermission("sync-films", function=at(FUNCTION.address), rule=at(RULE.address))
TARGET = RuleTarget("sync-films", rule=at(RULE.address), target=out(FUNCTION, "arn"))
ELSEWHERE = f"arn:aws:lambda:{REGION}:000011112222:function:uat-other"
MACHINE = f"arn:aws:states:{REGION}:000011112222:stateMachine:uat-main"
START = RuleTarget(
    "workflow",
    rule=at(OTHER_RULE.address),
    target=MACHINE,
    role=out(EVENTS, "arn"),
    input='{"moment": "busy"}',
)

GROUND = (VPC, APP_A, APP_B, GROUP, OTHER_GROUP, ROLE, OTHER_ROLE, LOGS, OTHER_LOGS, CODE, OTHER_CODE)

EXAMPLES = [
    Example(CODE),
    Example(NO_CODE, empty=frozenset({"sha256", "place"})),
    Example(LOGS, (), {"retention_days": 30}),
    Example(
        FUNCTION,
        GROUND,
        {
            "sha256": {"sha256": out(OTHER_CODE, "sha256"), "code": at(OTHER_CODE.address)},
            "purpose": "all films",
            "runtime": "nodejs24.x",
            "entry": "index.other",
            "memory": 512,
            "timeout_s": 300,
            "environment": {"environment": {"DB_PORT": "5432", "REDIS_PORT": "6379"}},
            "role": out(OTHER_ROLE, "arn"),
            "logs": at(OTHER_LOGS.address),
            "subnets": (at(APP_A.address),),
            "groups": (at(OTHER_GROUP.address),),
        },
    ),
    Example(OUTSIDE, (ROLE, LOGS, CODE), {"memory": 1024}),
    Example(RULE, (CODE,), {"schedule": "rate(1 hour)", "description": "other", "enabled": False}),
    Example(WAITING, (NO_CODE,), {"description": "none yet"}),
    Example(PUSH, (), {"pattern": PUSHED.replace("PUSH", "DELETE")}),
    Example(PERMISSION, (*GROUND, FUNCTION, RULE, OTHER_RULE), {"rule": at(OTHER_RULE.address)}),
    Example(TARGET, (*GROUND, FUNCTION, RULE), {"target": ELSEWHERE}, unseen=frozenset({"role", "input"})),
    Example(
        START,
        (OTHER_RULE, EVENTS, OTHER_EVENTS),
        {"target": f"{MACHINE}-too", "role": out(OTHER_EVENTS, "arn"), "input": '{"moment": "quiet"}'},
    ),
]
