"""Copies images from one registry to another by ECR's own calls: no Docker, all processors, nothing twice.

Facts: aws-reality 5.1. Layers first, then the manifests that name them, an index last; what is there already is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from muvi_provision.aws.patience import AWS_ERRORS, error_of
from muvi_provision.aws.translation import translated
from muvi_provision.day3_compute.images import AT_ONCE, Blob, Manifest, Place, Whole, fetched, whole
from muvi_provision.day3_compute.layers import Layers, Stopped, sent
from muvi_provision.engine import events
from muvi_provision.engine.events import Counts
from muvi_provision.engine.schedule import Job, Later
from muvi_provision.engine.site import Report, Site, raise_fatal
from muvi_provision.errors import AwsRefused, MuviError, NameTaken, StepFailed
from muvi_provision.resource import Verdict

STEP = "3.2"


@dataclass(frozen=True)
class Copy:
    """What is to be copied: from where to where. ``owner``: the address of the repository it goes into."""

    source: Place
    target: Place
    owner: str

    @property
    def name(self) -> str:
        """``main`` or ``main:v2``, by the repository's own name."""
        return f"{self.owner.partition('/')[2]}:{self.target.tag}"


@dataclass(frozen=True)
class Todo:
    """An image and what of it the target lacks. ``is_there``: the tag stands for it already."""

    copy: Copy
    image: Whole
    layers: tuple[Blob, ...] = ()
    is_there: bool = False

    @property
    def address(self) -> str:
        return f"image/{self.copy.name}"

    @property
    def total(self) -> int:
        """Bytes of the whole image."""
        return sum(blob.size for blob in self.image.blobs)

    @property
    def left(self) -> int:
        """Bytes to be copied."""
        return sum(blob.size for blob in self.layers)


@dataclass(frozen=True)
class CopyPlan:
    """What is to be done, and by name why some of it cannot be."""

    todos: tuple[Todo, ...]
    errors: Mapping[str, MuviError] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many pieces of work there are."""
        names = {todo.address for todo in self.todos if todo.is_there}
        names |= {piece.job.name for todo in self.todos if not todo.is_there for piece in jobs_of(todo)}
        return len(names) + len(self.errors)


def planned(copies: Iterable[Copy]) -> CopyPlan:
    """Looks at both registries; changes nothing. Raises NotSignedIn and its kinds."""
    todos: list[Todo] = []
    errors: dict[str, MuviError] = {}
    for copy in copies:
        try:
            todos.append(_todo(copy))
        except (*AWS_ERRORS, MuviError) as error:
            told = _told(error, copy)
            if told.exit_code not in (1, 5):
                raise told from error
            errors[f"image/{copy.name}"] = told
    return CopyPlan(tuple(todos), errors)


def _told(error: Exception, copy: Copy) -> MuviError:
    """What a foreign registry's refusal means, and what helps."""
    _, code, message, _ = error_of(error)
    where = str(copy.source)
    if code == "RepositoryNotFoundException" and f"'{copy.source.repository}'" in message:
        why = "its name there is the prefix (images.source.prefix) and its name here"
        return StepFailed(message, where=where, why=why, next=("muvi images copy --from-prefix TEXT",))
    if code.startswith("AccessDenied"):
        why = "its owner lets another account read by the repository's policy; or read with a profile of the owner's"
        return AwsRefused(message, where=where, why=why, next=("muvi images copy --source-profile NAME",))
    return translated(error, where)


def _todo(copy: Copy) -> Todo:
    image, target = whole(copy.source), copy.target
    before = fetched(target, [{"imageTag": target.tag}])
    if before and before[0].digest == image.top.digest:
        return Todo(copy, image, is_there=True)
    if before:
        _refuse_immutable(copy, before[0], image.top)
    lacking = set(_lacking(target, [blob.digest for blob in image.blobs]))
    return Todo(copy, image, tuple(blob for blob in image.blobs if blob.digest in lacking))


def _refuse_immutable(copy: Copy, before: Manifest, wanted: Manifest) -> None:
    target = copy.target
    shown = target.aws.ecr.describe_repositories(repositoryNames=[target.repository])["repositories"][0]
    if shown.get("imageTagMutability") == "IMMUTABLE":
        raise NameTaken(
            f"{target} is {before.digest[:19]} already, the source has {wanted.digest[:19]}",
            where=copy.owner,
            why="a tag of this repository may never be given to another image (images.immutable)",
            next=("muvi images list", "muvi config show"),
        )


def _lacking(target: Place, digests: list[str]) -> Iterator[str]:
    for start in range(0, len(digests), AT_ONCE):
        asked = digests[start : start + AT_ONCE]
        answer = target.aws.ecr.batch_check_layer_availability(repositoryName=target.repository, layerDigests=asked)
        there = {each["layerDigest"] for each in answer["layers"] if each["layerAvailability"] == "AVAILABLE"}
        yield from (digest for digest in asked if digest not in there)


@dataclass(frozen=True)
class Piece:
    """One piece of work and the image it is of: a layer, a manifest, or (``tag``) what the tag stands for."""

    job: Job
    todo: Todo
    blob: Blob | None = None
    manifest: Manifest | None = None
    tag: str = ""


def jobs_of(todo: Todo) -> Iterator[Piece]:
    """The pieces of an image, each after what it names."""
    layers = {blob.digest: _name("layer", todo, blob.digest) for blob in todo.layers}
    for blob in todo.layers:
        yield Piece(Job(layers[blob.digest], priority=-blob.size), todo, blob=blob)
    names = {each.digest: _name("manifest", todo, each.digest) for each in todo.image.manifests}
    names[todo.image.top.digest] = todo.address
    for each in {one.digest: one for one in todo.image.manifests}.values():
        named = [layers[blob.digest] for blob in each.blobs if blob.digest in layers]
        needs = (*named, *(names[digest] for digest in each.children))
        tag = todo.copy.target.tag if each is todo.image.top else ""
        yield Piece(Job(names[each.digest], needs), todo, manifest=each, tag=tag)


def _name(kind: str, todo: Todo, digest: str) -> str:
    return f"{kind}/{todo.copy.owner.partition('/')[2]}:{digest.partition(':')[2][:12]}"


class Copier:
    """Copies what a plan says. One use. Interrupted, it ends within a part; the next copy finds what was finished."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.walk = site.walk()
        self.layers = Layers(site.aws, self._moved)
        self._pieces: dict[str, Piece] = {}
        self._began: dict[str, float] = {}
        self._errors: dict[str, MuviError] = {}
        self._counts = Counts()

    def stop(self) -> None:
        """Begins nothing new. Safe in a signal handler."""
        self.site.aws.border.stopping.set()
        self.walk.stop()

    def run(self, plan: CopyPlan) -> Report:
        """Copies; how it ended. Raises NotSignedIn and its kinds."""
        for address, error in plan.errors.items():
            self._failed(address, error)
        for todo in plan.todos:
            if todo.is_there:
                self._settled(todo.address, todo.image.top.digest, Verdict.SAME, f"{todo.copy.target} is this image")
            else:
                self._pieces |= {piece.job.name: piece for piece in jobs_of(todo)}
        try:
            outcome = self.walk.run([piece.job for piece in self._pieces.values()], self._work, self._over)
        finally:
            self.layers.close()
        raise_fatal(outcome)
        self.site.listen(events.StepEnd(step=STEP, failed=len(self._errors)))
        tally = self.site.aws.border.tally
        counts = replace(
            self._counts, failed=len(self._errors), skipped=len(outcome.skipped),
            api_calls=tally.calls, writes=tally.writes,
        )  # fmt: skip
        return Report(counts, dict(self._errors), dict(outcome.skipped), interrupted=outcome.interrupted)

    def _work(self, name: str, _: int) -> Later | None:
        piece = self._pieces[name]
        self._began[name] = self.site.clock.monotonic()
        self.site.listen(events.Begin(step=STEP, resource=name, verb="copy"))
        copy = piece.todo.copy
        if piece.blob:
            self.layers.copy(piece.blob, copy.source, copy.target, copy.owner, name)
        elif piece.manifest:
            self._put(piece.manifest, piece.tag, copy)
        return None

    def _put(self, manifest: Manifest, tag: str, copy: Copy) -> None:
        named = {"imageTag": tag} if tag else {}
        put = copy.target.aws.ecr.put_image

        def once() -> None:
            try:
                put(
                    repositoryName=copy.target.repository, imageManifest=manifest.text,
                    imageManifestMediaType=manifest.media_type, imageDigest=manifest.digest, **named,
                )  # fmt: skip
            except AWS_ERRORS as error:
                if error_of(error)[1] != "ImageAlreadyExistsException":
                    raise

        sent(copy.target.aws, copy.owner, once)

    def _over(self, name: str, because: str, error: Exception | None) -> None:
        piece = self._pieces[name]
        if isinstance(error, Stopped):
            return
        if error:
            self._failed(name, translated(error, name))
        elif because:
            self.site.listen(events.Skipped(step=STEP, resource=name, because=because))
        else:
            digest = piece.blob.digest if piece.blob else piece.manifest.digest if piece.manifest else ""
            self._settled(name, digest, Verdict.CREATE)

    def _failed(self, address: str, error: MuviError) -> None:
        self._errors[address] = error
        self.site.listen(events.Failed(step=STEP, resource=address, error=error))

    def _settled(self, name: str, digest: str, verdict: Verdict, note: str = "") -> None:
        one = {"created": self._counts.created + 1} if verdict is Verdict.CREATE else {"same": self._counts.same + 1}
        self._counts = replace(self._counts, **one)
        now = self.site.clock.monotonic()
        elapsed = now - self._began.get(name, now)
        self.site.listen(
            events.Settled(step=STEP, resource=name, id=digest, elapsed_s=elapsed, verdict=verdict, note=note)
        )

    def _moved(self, name: str, done: int, total: int) -> None:
        self.site.listen(events.Moved(step=STEP, resource=name, done=done, total=total))
