"""Lambda functions: code that runs only when something asks for it, in the app tier beside the services.

Facts: aws-reality 0.10, 7.1, 8.3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tag_index
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network import leftovers
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.tagged import ranked, unless_gone
from muvi_provision.day5_serverless import code, function_reads, function_states
from muvi_provision.day5_serverless.code import FunctionCode
from muvi_provision.day5_serverless.function_logs import FunctionLogGroup
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Change, Handle, Live, Obstacle, Resource, is_known

CODE = "muvi:code"
"""The tag with the mark of code that came from a bucket which does not know its SHA-256."""

VARIABLES = 4096  # bytes of all of them together, as JSON
NOT_READY_FOR_IT = ("ResourceConflictException", "InvalidParameterValueException")
_ENDED = "Ended"


class Function(
    Resource,
    ready="function_active",
    gone="function_gone",
    awaits={"code"},
    mutable={
        "sha256", "purpose", "runtime", "entry", "memory", "timeout_s", "environment", "role", "logs", "subnets",
        "groups",
    },
    outputs={"arn"},
    releases=True,
    holds={"role", "logs", "subnets", "groups"},
    name_limit=64,
    prices=("lambda.req", "lambda.gbs.x86"),
    actions={
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
        "iam:PassRole", "lambda:CreateFunction", "lambda:DeleteFunction",
        "lambda:GetFunctionConfiguration", "lambda:ListFunctions", "lambda:ListTags", "lambda:TagResource",
        "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "s3:GetObject", tag_index.ACTION,
    },
    card="lambda",
):  # fmt: skip
    """One function. Its id is its name, ``uat-sync-films``. While there is no code for it, it is not made.

    code, sha256: its code and which that is; one that exists keeps what it has while ``sha256`` is "".
    role: the ARN of the role it acts in. logs: what it writes. environment: its variables, nothing secret among them.
    subnets, groups: where it stands in the network; none for one outside of it.
    Output: ``arn``.
    """

    code: Handle[FunctionCode]
    sha256: str
    role: str
    logs: Handle[FunctionLogGroup]
    purpose: str
    runtime: str
    entry: str
    memory: int
    timeout_s: int
    environment: Mapping[str, Any]
    subnets: tuple[Handle[Subnet], ...] = ()
    groups: tuple[Handle[SecurityGroup], ...] = ()

    def wanted(self) -> dict[str, Any]:
        wanted = super().wanted()
        del wanted["code"]
        if self._lacks_code():
            del wanted["sha256"]
        return wanted

    def _lacks_code(self) -> bool:
        return is_known(self.sha256) and not self.sha256

    def dormant(self) -> str:
        return "its code is not there yet" if self._lacks_code() else ""

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By name. In a teardown one that is gone is shown for as long as its network interfaces are there."""
        name = known_id or aws.physical(self)
        raw = function_reads.described(aws, name)
        if raw is None:
            return Live(name, {_ENDED: True}, aws.tags(self)) if known_id and self._lingers(aws, name) else None
        with unless_gone():
            return Live(name, {**raw, **function_states.judged(raw)}, self._tags(aws, raw["FunctionArn"]))
        return None

    def _lingers(self, aws: Aws, name: str) -> bool:
        subnets, groups = [each.id for each in self.subnets], [each.id for each in self.groups]
        if not aws.shallow or not subnets or not is_known((subnets, groups)):
            return False
        if function_reads.is_shared(aws, name, subnets, groups):
            return False
        return bool(function_reads.interfaces(aws, subnets, groups))

    def _tags(self, aws: Aws, arn: str) -> Mapping[str, str]:
        """From the index, which lags: where they say which code it runs, who is to be certain asks itself."""

        def ask() -> dict[str, str]:
            return dict(aws.read("lambda", "list_tags", Resource=arn)["Tags"])

        is_asked = str(self.sha256).startswith(code.ETAG) and (aws.thorough or aws.as_of) and not aws.shallow
        return ask() if is_asked else tag_index.tags_of(aws, arn, self.address, ask)

    def before(self, aws: Aws) -> None:  # noqa: ARG002
        """Names and values together fit, as Lambda measures them: written as JSON (7.1 a)."""
        known = {name: str(value) for name, value in self.environment.items() if is_known(value)}
        size = len(json.dumps(known, separators=(",", ":"), ensure_ascii=False).encode())
        if size > VARIABLES:
            raise AwsRefused(
                f"its variables have {size} bytes, Lambda takes {VARIABLES}",
                where=self.address,
                why="names and values are counted together, with the quotes, colons and commas between them",
                next=("muvi config show",),
            )

    def create(self, aws: Aws) -> str:
        marked = {CODE: self.sha256} if self.sha256.startswith(code.ETAG) else {}
        settings = {key: value for part in self._parts().values() for key, value in part.items()}
        made = aws.lambda_.create_function(
            FunctionName=aws.physical(self),
            Code=self._code(),
            PackageType="Zip",
            Architectures=["x86_64"],
            Publish=False,
            Tags={**aws.tags(self), **marked},
            **settings,
        )
        return made["FunctionName"]

    def _code(self) -> Any:
        return code.sent(self.code.place, self.sha256, self.entry, self.runtime)

    def _parts(self) -> dict[str, dict[str, Any]]:
        """What says each field, in CreateFunction and UpdateFunctionConfiguration alike."""
        return {
            "purpose": {"Description": self.purpose},
            "runtime": {"Runtime": self.runtime},
            "entry": {"Handler": self.entry},
            "memory": {"MemorySize": self.memory},
            "timeout_s": {"Timeout": self.timeout_s},
            "environment": {"Environment": {"Variables": dict(self.environment)}},
            "role": {"Role": self.role},
            "logs": {"LoggingConfig": {"LogGroup": self.logs.id}},
            "subnets": self._network(),
            "groups": self._network(),
        }

    def _network(self) -> dict[str, Any]:
        subnets, groups = [each.id for each in self.subnets], [each.id for each in self.groups]
        return {"VpcConfig": {"SubnetIds": subnets, "SecurityGroupIds": groups}}

    def observe(self, live: Live) -> dict[str, Any]:
        raw = live.raw
        subnets, groups = function_reads.place(raw)
        return {
            "sha256": self._seen_code(live),
            "purpose": raw.get("Description", ""),
            "runtime": raw.get("Runtime", ""),
            "entry": raw.get("Handler", ""),
            "memory": raw["MemorySize"],
            "timeout_s": raw["Timeout"],
            "environment": dict(raw.get("Environment", {}).get("Variables", {})),
            "role": raw["Role"],
            "logs": raw.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{live.id}"),
            "subnets": ranked(subnets, self.subnets),
            "groups": ranked(groups, self.groups),
        }

    def _seen_code(self, live: Live) -> str:
        marked = str(self.sha256).startswith(code.ETAG)
        return str(live.tags.get(CODE, "") if marked else live.raw["CodeSha256"])

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Its code or its settings: a second change while the first goes on is refused (7.1 b), and comes next."""
        changed = {change.field for change in changes}
        if "sha256" in changed:
            self._update_code(aws, live)
            return
        said = {key: value for field, part in self._parts().items() if field in changed for key, value in part.items()}
        aws.lambda_.update_function_configuration(FunctionName=live.id, **said)

    def _update_code(self, aws: Aws, live: Live) -> None:
        """Its mark follows, which is refused while the code changes; whoever calls again does not send it again."""
        is_marked = self.sha256.startswith(code.ETAG)
        if not (is_marked and self._was_changed_since(aws, live)):
            aws.lambda_.update_function_code(FunctionName=live.id, Publish=False, **self._code())
        if is_marked:
            aws.lambda_.tag_resource(Resource=live.raw["FunctionArn"], Tags={CODE: self.sha256})

    def _was_changed_since(self, aws: Aws, live: Live) -> bool:
        """Whether it is another one than the look at ``live`` showed."""
        now = aws.lambda_.get_function_configuration(FunctionName=live.id)
        return bool(now["LastModified"] != live.raw["LastModified"])

    def release(self, aws: Aws, live: Live) -> None:
        """Out of the network first, since its interfaces go sooner then. One that cannot be changed stays as it is."""
        if not any(function_reads.place(live.raw)):
            return
        nowhere: Any = {"SubnetIds": [], "SecurityGroupIds": []}
        try:
            with unless_gone():
                aws.lambda_.update_function_configuration(FunctionName=live.id, VpcConfig=nowhere)
        except Exception as error:
            if error_of(error)[1] not in NOT_READY_FOR_IT:
                raise

    def delete(self, aws: Aws, live: Live) -> None:
        if _ENDED in live.raw:
            return
        with unless_gone():
            aws.lambda_.delete_function(FunctionName=live.id)

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:  # noqa: ARG002
        """The interfaces that it stood on."""
        groups = [each.id for each in self.groups if is_known(each.id)]
        return tuple(found for group in groups for found in leftovers.interfaces(aws, "group-id", group))

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["FunctionArn"]}
