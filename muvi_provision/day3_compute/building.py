"""Builds images with Docker on this machine and pushes them, for the processors that Fargate runs them on.

Facts: aws-reality 5.1: a token lives 12 hours, the user is called AWS, and the address of the registry is asked for. An
image for another processor than the task definition's ends in ``exec format error``.
"""

from __future__ import annotations

import base64
import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS
from muvi_provision.aws.translation import translated
from muvi_provision.day3_compute.images import Place, fetched
from muvi_provision.errors import StepFailed

PLATFORM = "linux/amd64"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """An image that was built and is in the registry."""

    repository: str
    tag: str
    digest: str


@dataclass(frozen=True)
class Docker:
    """The docker program of this machine."""

    program: str

    @classmethod
    def found(cls, environ: Mapping[str, str]) -> Docker:
        """Where the PATH leads to it. Raises StepFailed when it does not."""
        program = shutil.which("docker", path=environ.get("PATH"))
        if program is None:
            raise StepFailed(
                "there is no docker on this machine",
                why="images are built with `docker buildx`; images that exist already can be copied without it",
                next=("muvi images copy",),
            )
        return cls(program)

    def run(self, words: Sequence[str], say: Say, confided: str = "") -> None:
        """Runs it, line by line heard by ``say``. ``confided`` goes to its input, never into its words.

        Raises StepFailed with its last words.
        """
        last = ""
        with subprocess.Popen(  # noqa: S603 (no shell, and the program is the one that was found)
            [self.program, *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        ) as running:  # fmt: skip
            assert running.stdin is not None and running.stdout is not None
            with contextlib.suppress(BrokenPipeError):  # it may end without reading; its own words say why
                running.stdin.write(confided)
                running.stdin.close()
            for line in running.stdout:
                last = line.strip() or last
                say(line.rstrip())
        if running.returncode:
            what = f"docker {words[0]} ended with {running.returncode}"
            raise StepFailed(what, why=last, next=("muvi images build --help", "muvi images copy"))


def build_all(docker: Docker, wanted: Iterable[tuple[Place, str, Path]], say: Say) -> list[Built]:
    """Builds and pushes each (where to, the repository's address, the folder). Raises StepFailed and its kinds."""
    wanted = list(wanted)
    if not wanted:
        return []
    aws = wanted[0][0].aws
    host, password = _registry(aws)
    docker.run(("login", "--username", "AWS", "--password-stdin", host), say, confided=password)
    try:
        return [_built(docker, host, target, folder, say) for target, _, folder in wanted]
    finally:
        with contextlib.suppress(StepFailed):
            docker.run(("logout", host), lambda _: None)


def _built(docker: Docker, host: str, target: Place, folder: Path, say: Say) -> Built:
    name = f"{host}/{target.repository}:{target.tag}"
    say(f"building {target.repository}:{target.tag} from {folder}")
    docker.run(
        ("buildx", "build", "--platform", PLATFORM, "--progress", "plain", "--tag", name, "--push", str(folder)), say
    )
    try:
        found = fetched(target, [{"imageTag": target.tag}])
    except AWS_ERRORS as error:
        raise translated(error, target.repository) from error
    if not found:
        why = "docker said it pushed it, but the registry has no image of that tag"
        raise StepFailed(f"{name} is not there", where=target.repository, why=why, next=("muvi images list",))
    return Built(target.repository, target.tag, found[0].digest)


def _registry(aws: Aws) -> tuple[str, str]:
    """The registry's host and the password to it."""
    try:
        told = aws.ecr.get_authorization_token()["authorizationData"][0]
    except AWS_ERRORS as error:
        raise translated(error, "ecr:GetAuthorizationToken") from error
    password = base64.b64decode(told["authorizationToken"]).decode().partition(":")[2]
    return told["proxyEndpoint"].partition("://")[2] or told["proxyEndpoint"], password
