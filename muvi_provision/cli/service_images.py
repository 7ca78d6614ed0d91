"""Whether the image that a service runs is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muvi_provision.cli.holdings import in_our_words, needed
from muvi_provision.cli.service_list import tag_of
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session

DAY = 3


def digest_there(session: Session, service: str) -> str:
    """The digest that the wanted tag of a service stands for, "" when the tag is not in its repository."""
    from muvi_provision.day3_compute.images import Place, fetched

    repository = needed(session, f"repository/{session.environment.services[service].image}", DAY)
    tag = tag_of(session, service)
    with in_our_words(repository.address):
        found = fetched(Place(session.connection.aws, str(repository.id), tag), [{"imageTag": tag}])
    return found[0].digest if found else ""


def refuse_without_image(session: Session, service: str) -> str:
    """The digest of its image. Raises UsageError when there is none to start copies from."""
    digest = digest_there(session, service)
    if not digest:
        image = session.environment.services[service].image
        raise UsageError(
            f"there is no image {image}:{tag_of(session, service)}, so no copy of {service} could start",
            where=f"repository/{image}",
            next=(f"muvi images copy {image}", f"muvi images build {image} --context FOLDER"),
        )
    return digest
