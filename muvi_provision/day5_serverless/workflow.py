"""State machines: a drawing of steps that Step Functions carries out.

Facts: aws-reality 7.6.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import ACTION, tags_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day2_data.roles import Role
from muvi_provision.day3_compute import ecs_tags
from muvi_provision.day5_serverless.fingerprints import fingerprint
from muvi_provision.resource import Change, Handle, Live, Resource


class StateMachine(
    Resource,
    ready="state_machine_active",
    gone="state_machine_gone",
    mutable={"definition", "role_arn"},
    outputs={"arn"},
    name_limit=80,
    prices=("sfn.transition",),
    actions={
        "iam:PassRole", "states:CreateStateMachine", "states:DeleteStateMachine", "states:DescribeStateMachine",
        "states:ListStateMachines", "states:ListTagsForResource", "states:TagResource", "states:UpdateStateMachine",
        ACTION,
    },
    card="step-functions",
):  # fmt: skip
    """Carries out ``definition`` (Amazon's States Language) in its ``role``, billed by the step. Its id is its ARN.

    A second one of the same name and definition would be answered with the first, whoever's that is, so it is always
    looked for before. Output: ``arn``.
    """

    role: Handle[Role]
    role_arn: str
    definition: Mapping[str, Any]

    def wanted(self) -> dict[str, Any]:
        return {"role_arn": self.role_arn, "definition": fingerprint(self.definition)}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By name. One that is being deleted is shown to who knows its ARN, so that its end can be waited for."""
        name = aws.physical(self)
        every = aws.listing("stepfunctions", "list_state_machines", "stateMachines")
        arn = next((each["stateMachineArn"] for each in every if each["name"] == name), known_id)
        if arn is None:
            return None
        ask = lambda: ecs_tags.read(aws.read("stepfunctions", "list_tags_for_resource", resourceArn=arn)["tags"])  # noqa: E731
        with unless_gone():
            raw = aws.read("stepfunctions", "describe_state_machine", stateMachineArn=arn)
            return Live(arn, raw, tags_of(aws, arn, self.address, ask))
        return None

    def create(self, aws: Aws) -> str:
        made = aws.stepfunctions.create_state_machine(
            name=aws.physical(self),
            type="STANDARD",
            definition=json.dumps(self.definition),
            roleArn=self.role_arn,
            tags=ecs_tags.spelt(aws.tags(self)),
        )
        return made["stateMachineArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        said = fingerprint(json.loads(live.raw["definition"]))
        return {"role_arn": live.raw["roleArn"], "definition": said}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """What is started within some seconds may still run the old one."""
        aws.stepfunctions.update_state_machine(
            stateMachineArn=live.id, definition=json.dumps(self.definition), roleArn=self.role_arn
        )

    def delete(self, aws: Aws, live: Live) -> None:
        """What runs is stopped first, and until then it is shown as being deleted."""
        with unless_gone():
            aws.stepfunctions.delete_state_machine(stateMachineArn=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}
