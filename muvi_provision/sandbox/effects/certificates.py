"""Certificates."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.rules.acm import algorithm
from muvi_provision.sandbox.view import View

_SHOWN = ("RSA_1024", "RSA_2048")  # aws-reality 6.2: what a listing shows unless it is asked for more


@instead("acm", "ImportCertificate")
def imported_again(call: Call, view: View) -> Any:
    """aws-reality 6.2: the ARN, its tags and its users stay; the emulator makes a new object without them."""
    arn, old = call.params.get("CertificateArn", ""), view.certificates.get(call.params.get("CertificateArn", ""))
    if old is None:
        return None
    said = (call.params.get(name) for name in ("Certificate", "PrivateKey", "CertificateChain"))
    view.world.backend("acm", view.account, view.region).import_certificate(*said, arn, None)
    new = view.certificates[arn]
    new.tags, new.in_use_by, new.created_at = old.tags, old.in_use_by, old.created_at
    return {"CertificateArn": arn}


@after("acm", "ImportCertificate")
def certificate_made(call: Call, view: View, result: Any) -> None:
    lifecycles.begin_making(view, "certificate", result["CertificateArn"])


@after("acm", "DeleteCertificate")
def certificate_gone(call: Call, view: View, result: Any) -> None:
    view.books.phases.pop((view.region, call.params["CertificateArn"]), None)


@after("acm", "ListCertificates")
def only_common_keys(call: Call, view: View, result: Any) -> None:
    wanted = call.params.get("Includes", {}).get("keyTypes") or _SHOWN
    kept = [
        one
        for one in result["CertificateSummaryList"]
        if algorithm(view.certificates[one["CertificateArn"]]._key) in wanted
    ]
    result["CertificateSummaryList"] = kept
