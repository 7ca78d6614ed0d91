"""Who may read what is in a bucket: the distributions, anybody, or nobody; and never without TLS.

Facts: aws-reality 6.5. The policy names distributions, so it comes after them; until then they are answered 403.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from muvi_provision.aws import tag_index
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day4_edge.buckets import Bucket, arn_of, asked_tags, listed
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

Statement = dict[str, Any]
POLICY = "policy"


class BucketPolicy(
    Resource,
    mutable={"public", "distributions", "intact"},
    inherits="bucket",
    within="bucket",
    goes_with="bucket",
    binds=False,
    actions={
        "s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:GetBucketTagging", "s3:ListAllMyBuckets",
        "s3:PutBucketPolicy", tag_index.ACTION,
    },
    card="s3",
):  # fmt: skip
    """The policy of ``bucket``. Its id ends in a hash of what it says, so a plan need not read it.

    public: anybody may read every file. distributions: the ARNs of those that may, through their origin access control.
    intact: whether it says this and nothing else.
    """

    bucket: Handle[Bucket]
    public: bool = False
    distributions: tuple[str, ...] = ()
    intact: bool = True

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        bucket, _, noted = known_id.partition("/") if known_id else (self.bucket.id, "", "")
        if not is_known(bucket) or all(each["Name"] != bucket for each in listed(aws)):
            return None
        if noted and not aws.thorough and not aws.as_of:
            return Live(f"{bucket}/{noted}", {}, self._tags(aws, bucket))
        shown = _shown(aws, bucket)
        return None if shown is None else Live(f"{bucket}/{_hash(shown)}", {POLICY: shown}, self._tags(aws, bucket))

    def _tags(self, aws: Aws, bucket: str) -> Mapping[str, str]:
        """The bucket's, which has them for both."""
        return tag_index.tags_of(aws, arn_of(bucket), self.bucket.address, lambda: asked_tags(aws, bucket))

    def create(self, aws: Aws) -> str:
        return self._write(aws, self.bucket.id)

    def _write(self, aws: Aws, bucket: str) -> str:
        said = self.statements(bucket)
        document = {"Version": "2012-10-17", "Statement": said}
        aws.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
        return f"{bucket}/{_hash(said)}"

    def statements(self, bucket: str) -> list[Statement]:
        every = f"{arn_of(bucket)}/*"
        tls: Statement = {
            "Sid": "OnlyWithTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn_of(bucket), every],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        reading: Statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": every}
        cloudfront: Statement = {
            "Sid": "CloudFront",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Condition": {"StringEquals": {"AWS:SourceArn": list(self.distributions)}},
            **reading,
        }
        anybody: Statement = {"Sid": "Anybody", "Principal": "*", **reading}
        return [tls, *([cloudfront] if self.distributions else []), *([anybody] if self.public else [])]

    def observe(self, live: Live) -> dict[str, Any]:
        bucket, _, noted = live.id.partition("/")
        if not is_known(self.distributions):
            return {"distributions": "those of before"}
        same = noted == _hash(self.statements(bucket))
        if POLICY not in live.raw:
            return {"intact": same}
        found = tuple(_distributions(live.raw[POLICY]))
        ours = self.distributions if set(found) == set(self.distributions) else found
        return {"public": _is_public(live.raw[POLICY]), "distributions": ours, "intact": same}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """The whole document, which gives it another id."""
        self._write(aws, live.id.partition("/")[0])

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.s3.delete_bucket_policy(Bucket=live.id.partition("/")[0])


def _shown(aws: Aws, bucket: str) -> list[Statement] | None:
    """The statements of a bucket's policy, None when it has none."""
    with unless_gone():
        said: list[Statement] = json.loads(aws.read("s3", "get_bucket_policy", Bucket=bucket)["Policy"])["Statement"]
        return said
    return None


def _hash(statements: Iterable[Statement]) -> str:
    """Of what they mean, whichever order they are in: S3 may give back one for a list of one."""
    said = sorted(json.dumps(_plain(each), sort_keys=True) for each in statements)
    return hashlib.sha256("".join(said).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            items = sorted(value, key=str)
            return items[0] if len(items) == 1 else items
    return value


def _distributions(statements: Iterable[Statement]) -> Iterator[str]:
    """The ARNs that may read."""
    for each in statements:
        said = each.get("Condition", {}).get("StringEquals", {}).get("AWS:SourceArn", ())
        yield from (said,) if isinstance(said, str) else said


def _is_public(statements: Iterable[Statement]) -> bool:
    """Whether anybody may do anything, without conditions."""
    open_to_all = ("*", {"AWS": "*"})
    allowed = (each for each in statements if each["Effect"] == "Allow" and not each.get("Condition"))
    return any(each.get("Principal") in open_to_all for each in allowed)
