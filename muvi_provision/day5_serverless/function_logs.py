"""Log groups of functions: made before them, since one that Lambda makes itself keeps everything for ever.

Facts: aws-reality 5.4.
"""

from __future__ import annotations

from muvi_provision.aws.clients import Aws
from muvi_provision.day3_compute.logs import LogGroup


class FunctionLogGroup(LogGroup, card="cloudwatch"):
    """What one function writes, kept for ``retention_days``. Its id is its name, ``/aws/lambda/uat-<function>``."""

    def named(self, aws: Aws, name: str) -> str:
        return log_group_name(aws, name)


def log_group_name(aws: Aws, function: str) -> str:
    """``/aws/lambda/uat-sync-films``, the name that Lambda itself would give it."""
    return f"/aws/lambda/{aws.ownership.env}-{function}"
