"""Identity providers of others: what the emulator lacks of them."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.view import View


@after("iam", "CreateOpenIDConnectProvider")
def dated(call: Call, view: View, result: Any) -> None:
    """By the cloud's date; the answer shows the tags, too."""
    arn = result["OpenIDConnectProviderArn"]
    view.backend("iam", "aws").open_id_providers[arn].create_date = view.today.replace(tzinfo=None)
    if call.params.get("Tags"):
        result["Tags"] = call.params["Tags"]


@instead("iam", "AddClientIDToOpenIDConnectProvider")
def audience_added(call: Call, view: View) -> Any:
    """One that is there already is no error."""
    audiences = _provider(call, view).client_id_list
    if call.params["ClientID"] not in audiences:
        audiences.append(call.params["ClientID"])
    return {}


@instead("iam", "RemoveClientIDFromOpenIDConnectProvider")
def audience_removed(call: Call, view: View) -> Any:
    """One that is not there is no error."""
    one = _provider(call, view)
    one.client_id_list = [each for each in one.client_id_list if each != call.params["ClientID"]]
    return {}


def _provider(call: Call, view: View) -> Any:
    return view.backend("iam", "aws").open_id_providers[call.params["OpenIDConnectProviderArn"]]
