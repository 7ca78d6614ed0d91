"""The emulator under the rules, loaded when it is first needed.

It is not thread-safe (in six race runs 14 errors and 15 of 120 rounds with the same address range given twice;
none under one lock), so everything happens under one process-wide lock.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

LOCK = threading.RLock()
Hear = Callable[[Any, Callable[[], Any]], Any]
HEARING: list[Hear] = []  # who hears the call that is being answered

# read by the emulator when it is imported
_SETTINGS = {
    "MOTO_ALLOW_NONEXISTENT_REGION": "true",  # regions newer than the installed botocore
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",  # AmazonECSTaskExecutionRolePolicy and its like exist
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    "MOTO_ACM_VALIDATION_WAIT": "1000000000",  # no certificate is issued by the mere passing of time
}
_LOADED: list[bool] = []


def load() -> None:
    """Import the emulator, once, and take the one seat in it: the call just before it is acted upon."""
    with LOCK:
        if _LOADED:
            return
        os.environ.pop("MOTO_ACCOUNT_ID", None)  # it would win over the account of each call
        os.environ.update(_SETTINGS)
        from moto.core.responses import BaseResponse

        original = BaseResponse.call_action

        def call_action(self: Any) -> Any:
            return HEARING[-1](self, lambda: original(self)) if HEARING else original(self)

        BaseResponse.call_action = call_action
        _hurry()
        _LOADED.append(True)


def _hurry() -> None:
    """Leave out what costs as much as a call itself: naming a class's methods anew, IAM where nobody asks for it,
    and a list of every object ever made, which keeps them all."""
    from functools import lru_cache

    from moto.core import responses
    from moto.core.common_models import BaseModel
    from moto.iam import models

    responses.method_names_from_class = lru_cache(maxsize=None)(responses.method_names_from_class)
    models.mark_account_as_visited = lambda **_: None
    BaseModel.__new__ = lambda cls, *_, **__: object.__new__(cls)
