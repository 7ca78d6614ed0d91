"""Image repositories: where the services' images lie, and how many of them are kept.

Facts: aws-reality 5.1. Whatever is in a repository of ours is ours too, so it goes along when that is deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.resource import Change, Live, Resource

LIFECYCLE = "lifecyclePolicyText"
ALL = "all of them"
MUTABILITY = {False: "MUTABLE", True: "IMMUTABLE"}


class Repository(
    Resource,
    mutable={"scan_on_push", "immutable", "keep"},
    completes=True,
    outputs={"uri", "arn"},
    prices=("ecr.storage",),
    name_limit=256,
    actions={
        "ecr:CreateRepository", "ecr:DeleteRepository", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy",
        "ecr:ListTagsForResource", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy", "ecr:TagResource", tag_index.ACTION,
    },
    card="ecr",
):  # fmt: skip
    """A place for the images of one program. Its id is its name.

    immutable: a tag that was pushed may never be pushed again. keep: how many images AWS leaves in it, the oldest go
    first. scan_on_push: AWS looks for known flaws in each image.
    Outputs: ``uri``, the address images are pushed to and pulled from, and ``arn``.
    """

    keep: int
    immutable: bool = False
    scan_on_push: bool = True

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By name, which nobody can change."""
        name = aws.physical(self)
        every = aws.listing("ecr", "describe_repositories", "repositories")
        raw = next((each for each in every if each["repositoryName"] == name), None)
        if raw is None:
            return None
        with unless_gone():
            policy = "" if aws.shallow else _lifecycle(aws, name)
            return Live(name, {**raw, LIFECYCLE: policy}, self._tags(aws, raw["repositoryArn"]))
        return None

    def _tags(self, aws: Aws, arn: str) -> Mapping[str, str]:
        ask = lambda: tags.read(aws.read("ecr", "list_tags_for_resource", resourceArn=arn)["tags"])  # noqa: E731
        return tag_index.tags_of(aws, arn, self.address, ask, precious=True)

    def create(self, aws: Aws) -> str:
        made = aws.ecr.create_repository(
            repositoryName=aws.physical(self),
            imageTagMutability=MUTABILITY[self.immutable],  # type: ignore[arg-type]
            imageScanningConfiguration={"scanOnPush": self.scan_on_push},
            tags=aws.tag_pairs(self),
        )
        return made["repository"]["repositoryName"]

    def newborn(self) -> dict[str, Any]:
        return {"keep": ALL}

    def observe(self, live: Live) -> dict[str, Any]:
        known = {word: immutable for immutable, word in MUTABILITY.items()}
        mutability = live.raw.get("imageTagMutability", "MUTABLE")
        return {
            "keep": _kept(live.raw[LIFECYCLE]),
            "immutable": known.get(mutability, mutability),  # there are words with exclusions as well (5.1 g)
            "scan_on_push": live.raw.get("imageScanningConfiguration", {}).get("scanOnPush", False),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        changed = {change.field for change in changes}
        if "keep" in changed:
            text = json.dumps(lifecycle(self.keep))
            aws.ecr.put_lifecycle_policy(repositoryName=live.id, lifecyclePolicyText=text)
        if "immutable" in changed:
            word: Any = MUTABILITY[self.immutable]
            aws.ecr.put_image_tag_mutability(repositoryName=live.id, imageTagMutability=word)
        if "scan_on_push" in changed:
            scan: Any = {"scanOnPush": self.scan_on_push}
            aws.ecr.put_image_scanning_configuration(repositoryName=live.id, imageScanningConfiguration=scan)

    def delete(self, aws: Aws, live: Live) -> None:
        """With everything in it."""
        with unless_gone():
            aws.ecr.delete_repository(repositoryName=live.id, force=True)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"uri": live.raw["repositoryUri"], "arn": live.raw["repositoryArn"]}


def lifecycle(keep: int) -> dict[str, Any]:
    """The policy that keeps so many images; AWS acts on it within a day, never at once."""
    return {
        "rules": [
            {
                "rulePriority": 1,
                "description": f"keep the {keep} newest images",
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep},
                "action": {"type": "expire"},
            }
        ]
    }


def _kept(text: str) -> int | str:
    """How many images a policy keeps; in words when it is none of ours."""
    if not text:
        return ALL
    said = json.loads(text).get("rules", [])
    count = said[0].get("selection", {}).get("countNumber") if len(said) == 1 else None
    same = isinstance(count, int) and _meaning(said) == _meaning(lifecycle(count)["rules"])
    return count if same and isinstance(count, int) else "by a policy of somebody else's"


def _meaning(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the rules do, whatever they are called and whichever order their keys are in."""
    return [{key: value for key, value in rule.items() if key in ("selection", "action")} for rule in rules]


def _lifecycle(aws: Aws, name: str) -> str:
    with unless_gone():
        return str(aws.read("ecr", "get_lifecycle_policy", repositoryName=name)["lifecyclePolicyText"])
    return ""
