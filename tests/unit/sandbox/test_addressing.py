"""Where a bucket is named."""

from __future__ import annotations

import pytest

from muvi_provision.sandbox.addressing import of_storage


@pytest.mark.parametrize(
    ("host", "path", "there"),
    [
        ("muvi.s3.me-central-1.amazonaws.com", "/a/b", "/muvi/a/b"),
        ("muvi.s3.amazonaws.com", "/", "/muvi/"),
        ("muvi.with.dots.s3-eu-west-1.amazonaws.com", "/a", "/muvi.with.dots/a"),
        ("muvi.localhost:5000", "/a", "/muvi/a"),
        ("s3.me-central-1.amazonaws.com", "/muvi/a", "/muvi/a"),
        ("127.0.0.1:5000", "/muvi/a", "/muvi/a"),
        ("localhost", "/muvi/a", "/muvi/a"),
    ],
)
def test_the_bucket_is_in_the_path_in_the_end(host: str, path: str, there: str) -> None:
    service, environ = of_storage({"HTTP_HOST": host, "PATH_INFO": path, "RAW_URI": f"{path}?x=1"})
    assert (service, environ["PATH_INFO"], environ["RAW_URI"]) == ("s3", there, f"{there}?x=1")


def test_s3_control_is_told_by_its_path() -> None:
    assert of_storage({"PATH_INFO": "/v20180820/tags/arn"})[0] == "s3control"
