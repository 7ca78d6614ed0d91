"""Buckets: places for files. Facts: aws-reality 6.4, 6.5 and 1.4.

All accounts of the world share one space of names, so each name ends in the account's. How a bucket is set takes a call
a setting to read; a tag, written last, remembers it for plans, and a run or a drift looks for real.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.aws.services import WORLDWIDE
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day4_edge import bucket_settings, emptying
from muvi_provision.day4_edge.bucket_settings import Settings
from muvi_provision.errors import NameTaken
from muvi_provision.resource import Change, Live, Obstacle, Resource

SETTINGS = "muvi:settings"
SEEN, REGION = "muvi:seen", "muvi:region"  # ours, beside S3's own fields
_TAKEN = {"403": "somebody else's", "301": "in another region"}


class Bucket(
    Resource,
    completes=True,
    mutable={"public", "versioned", "keep_versions_days", "expire_days", "origins", "noted"},
    outputs={"domain", "arn"},
    prices=("s3.std",),
    name_limit=50,
    actions={
        "s3:CreateBucket", "s3:DeleteBucket", "s3:GetBucketCORS", "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration", "s3:ListAllMyBuckets",
        "s3:ListBucket", "s3:PutBucketCORS", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
        "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:TagResource", *emptying.ACTIONS, tag_index.ACTION,
    },
    card="s3",
):  # fmt: skip
    """A place for files; ``uat-media-123456789012`` in AWS, which is its id.

    public: whether a policy may let anybody read it. versioned: whether what is overwritten or deleted is kept beside,
    for ``keep_versions_days``. expire_days: after how many days files go by themselves, None for never.
    origins: the websites whose pages may read and upload. noted: whether its tag says how it is set.
    Outputs: ``arn``, and ``domain``, its name on the internet, the region's own (6.5).
    """

    public: bool = False
    versioned: bool = False
    keep_versions_days: int = 30
    expire_days: int | None = None
    origins: tuple[str, ...] = ()
    noted: bool = True

    @property
    def settings(self) -> Settings:
        return Settings(self.public, self.versioned, self.keep_versions_days, self.expire_days, self.origins)

    def bucket(self, aws: Aws) -> str:
        """At most 63 characters (6.4 a)."""
        return f"{aws.physical(self)}-{aws.account}"

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """In the account's own listing: "exists" is also said of strangers' (1.2)."""
        name = known_id or self.bucket(aws)
        raw = next((each for each in listed(aws) if each["Name"] == name), None)
        return self._live(aws, raw) if raw else None

    def _live(self, aws: Aws, raw: Mapping[str, Any]) -> Live | None:
        """A run that has just written it knows how it is set: its tag was written last."""
        name = raw["Name"]
        with unless_gone():
            told = tag_index.tags_of(aws, arn_of(name), self.address, lambda: asked_tags(aws, name), precious=True)
            done = bool(aws.written) and told.get(SETTINGS) == self.settings.note()
            seen = _settings_of(aws, name) if aws.thorough and not done else None
            return Live(name, {**raw, REGION: aws.region, SEEN: seen}, told)
        return None

    def before(self, aws: Aws) -> None:
        """Raises NameTaken for a name that is somebody else's already, anywhere in the world."""
        name = self.bucket(aws)
        try:
            aws.read("s3", "head_bucket", Bucket=name)
        except Exception as error:
            code = error_of(error)[1]
            if code in _TAKEN:
                raise _taken(self, name, code, error) from error
            if code not in ("404", "NoSuchBucket"):
                raise

    def create(self, aws: Aws) -> str:
        """With its tags: a repeated call is refused in every region but us-east-1, whoever of the account made it."""
        place = {} if aws.region == WORLDWIDE else {"LocationConstraint": aws.region}
        configuration: Any = {**place, "Tags": aws.tag_pairs(self)}
        aws.s3.create_bucket(Bucket=self.bucket(aws), CreateBucketConfiguration=configuration)
        return self.bucket(aws)

    def newborn(self) -> dict[str, Any]:
        """As AWS makes every bucket since April 2023."""
        fresh = Settings(public=False, versioned=False, keep_versions_days=0, expire_days=None, origins=())
        return {**vars(fresh), "keep_versions_days": "for ever", "noted": False}

    def observe(self, live: Live) -> dict[str, Any]:
        note = live.tags.get(SETTINGS, "")
        seen = live.raw[SEEN]
        told = self.settings.told_by(note) if seen is None else seen
        return {**told, "noted": note == self.settings.note()}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """The tag last. When it says nothing that can be read and nobody looked at the bucket, all is written."""
        changed = {change.field for change in changes}
        unseen = live.raw.get(SEEN) is None and not self.settings.told_by(live.tags.get(SETTINGS, ""))
        everything = changed == {"noted"} and unseen
        if "public" in changed or everything:
            block: Any = bucket_settings.block(public=self.public)
            aws.s3.put_public_access_block(Bucket=live.id, PublicAccessBlockConfiguration=block)
        if "versioned" in changed or everything:
            self._write_versioning(aws, live.id)
        if changed & {"keep_versions_days", "expire_days"} or everything:
            rules: Any = bucket_settings.lifecycle(self.keep_versions_days, self.expire_days)
            aws.s3.put_bucket_lifecycle_configuration(Bucket=live.id, LifecycleConfiguration={"Rules": rules})
        if "origins" in changed or everything:
            self._write_origins(aws, live.id)
        self._note(aws, live)

    def _write_versioning(self, aws: Aws, bucket: str) -> None:
        status: Any = "Enabled" if self.versioned else "Suspended"
        aws.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    def _write_origins(self, aws: Aws, bucket: str) -> None:
        rules: Any = bucket_settings.cross_origin(self.origins)
        if rules:
            aws.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
        else:
            aws.s3.delete_bucket_cors(Bucket=bucket)

    def _note(self, aws: Aws, live: Live) -> None:
        """Tags are replaced as a whole, so those that somebody added are written again; AWS's own cannot be (1.5)."""
        others = {key: value for key, value in live.tags.items() if not key.startswith("aws:")}
        said = {**others, **aws.tags(self), SETTINGS: self.settings.note()}
        aws.s3.put_bucket_tagging(Bucket=live.id, Tagging={"TagSet": tags.pairs(said)})

    def delete(self, aws: Aws, live: Live) -> None:
        """With everything in it. BucketNotEmpty rises while there is more than one call takes out."""
        with unless_gone():
            emptying.empty(aws, live.id)
            aws.s3.delete_bucket(Bucket=live.id)

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:  # noqa: ARG002
        return (Obstacle(f"{live.id} is being emptied, a hundred thousand files at a time", passes=True),)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"domain": f"{live.id}.s3.{live.raw[REGION]}.amazonaws.com", "arn": arn_of(live.id)}


def listed(aws: Aws) -> list[dict[str, Any]]:
    """The account's buckets in all regions, as far as they are called like this environment."""
    return aws.listing("s3", "list_buckets", "Buckets", Prefix=f"{aws.ownership.env}-")


def arn_of(bucket: str) -> str:
    return f"arn:aws:s3:::{bucket}"


def asked_tags(aws: Aws, bucket: str) -> dict[str, str]:
    """A bucket's tags, from S3 itself; one without any has no such set."""
    with unless_gone():
        return tags.read(aws.read("s3", "get_bucket_tagging", Bucket=bucket)["TagSet"])
    return {}


def _settings_of(aws: Aws, bucket: str) -> dict[str, Any]:
    """How it is set, setting by setting."""
    blocked = _said(aws, "get_public_access_block", bucket).get("PublicAccessBlockConfiguration", {})
    rules = _said(aws, "get_bucket_lifecycle_configuration", bucket).get("Rules", [])
    return {
        "public": bucket_settings.is_public(blocked),
        "versioned": _said(aws, "get_bucket_versioning", bucket).get("Status") == "Enabled",
        **bucket_settings.days(rules),
        "origins": bucket_settings.origins_of(_said(aws, "get_bucket_cors", bucket).get("CORSRules", [])),
    }


def _said(aws: Aws, operation: str, bucket: str) -> dict[str, Any]:
    """What is set, or nothing when nothing is."""
    with unless_gone():
        return aws.read("s3", operation, Bucket=bucket)
    return {}


def _taken(bucket: Bucket, name: str, code: str, error: Exception) -> NameTaken:
    headers = getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = headers.get("x-amz-bucket-region", "")
    where = f" ({region})" if region else ""
    return NameTaken(
        f"the bucket name {name} is taken already: it is {_TAKEN[code]}{where}",
        where=bucket.address,
        why=f"all accounts of the world share one space of names: give buckets.{bucket.name} another name in the "
        "environment file (S3 says the same to who lacks the permission s3:ListBucket)",
        next=("muvi config show",),
    )
