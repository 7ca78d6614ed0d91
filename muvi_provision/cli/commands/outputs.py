"""``muvi outputs``: ids, addresses and endpoints of what was made."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Annotated

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.options import suggestion
from muvi_provision.cli.output_pages import PAGES, WORKFLOW, derived, page, told
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from muvi_provision.cli.session import Session

NEEDED = {
    "vpc": {"id"},
    "subnet": {"id"},
    "elastic-ip": {"public_ip"},
    "security-group": {"id"},
    "load-balancer": {"dns_name"},
    "aurora-cluster": {"writer_host", "reader_host"},
    "db-proxy": {"host"},
    "db-proxy-endpoint": {"host"},
    "replication-group": {"host"},
    "repository": {"uri"},
    "ecs-cluster": {"id"},
    "namespace": {"id"},
    "hosted-zone": {"name_servers"},
    "bucket": {"id"},
    "function": {"id"},
    "dashboard": {"console"},
    "connection": {"console"},
    "url": {"https"},
    "upload": {"command"},
}
"""By kind, the outputs that a person asks for: addresses to connect to, and the ids that other tools want told."""
FORMATS = ("text", "json", "dotenv")


def outputs(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(help="vpc/main.id, all of load-balancer/api; or name-servers, connections, github-workflow."),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json or dotenv.")] = "text",
) -> None:
    """Ids, addresses and endpoints of what was made. As text those that people need; -v shows all."""
    from muvi_provision.cli.session import opened

    call = invocation(ctx)
    if form not in FORMATS:
        raise UsageError(
            f"there is no format {form}{suggestion(form, FORMATS)}", where="--format", next=("muvi outputs --help",)
        )
    with opened(call) as session:
        found = all_outputs(session)
        if name in PAGES:
            return _page(session, str(name), found)
    return _shown(call, _chosen(found, name), name, form)


def _shown(call: Invocation, found: Mapping[str, str], name: str | None, form: str) -> None:
    if call.options.json:
        call.document(found)
    elif form == "json":
        call.show(json.dumps(found, indent=2))
    elif form == "dotenv":
        call.show("\n".join(f"{variable(key)}={quoted(text)}" for key, text in found.items()))
    elif len(found) == 1 and name in found:
        call.show(found[str(name)])
    else:
        _listed(call, found, found if name or call.options.verbose else [key for key in found if is_needed(key)])


def _page(session: Session, word: str, found: dict[str, str]) -> None:
    """One that has a word of its own: the values alone on stdout, one a line, to be piped."""
    call = session.call
    shown, advice = page(session, word, found)
    if call.options.json:
        return call.document(shown, next=advice)
    for text in shown.values():
        call.show(text.rstrip("\n") if word == WORKFLOW else "\n".join(text.split()))
    if sentence := told(word, session.environment.domain):
        call.say(sentence)
    return call.advise(*advice)


def _listed(call: Invocation, found: Mapping[str, str], keys: Collection[str]) -> None:
    width = max(map(len, keys), default=0)
    fits = not call.out.isatty() or width + 2 + max((len(found[key]) for key in keys), default=0) <= _columns()
    lines = (f"{key:<{width}}  {found[key]}" if fits else f"{key}\n  {found[key]}" for key in keys)
    call.show("\n".join(lines) or "nothing has been made yet")
    if rest := len(found) - len(keys):
        call.say(f"{rest} more that only machines ask for; -v shows them")


def _columns() -> int:
    return shutil.get_terminal_size().columns


def is_needed(key: str) -> bool:
    """Whether a person would ask for it."""
    address, _, output = key.rpartition(".")
    return output in NEEDED.get(address.partition("/")[0], ())


def all_outputs(session: Session) -> dict[str, str]:
    """``vpc/main.id`` and every declared output of everything that exists, in the runbook's order, then the derived."""
    places = {address: place for place, address in enumerate(session.stack.nodes)}
    found = {}
    for record in sorted(session.state.records(), key=lambda record: places.get(record.address, len(places))):
        for output, text in sorted(record.values().items(), key=lambda item: item[0] != "id"):
            found[f"{record.address}.{output}"] = str(text)
    return {**found, **derived(session)}


def _chosen(found: Mapping[str, str], name: str | None) -> dict[str, str]:
    if name is None:
        return dict(found)
    chosen = {key: text for key, text in found.items() if key == name or key.rpartition(".")[0] == name}
    if not chosen:
        things = [*PAGES, *found, *dict.fromkeys(key.rpartition(".")[0] for key in found)]
        raise UsageError(f"there is no output {name}{suggestion(name, things)}", next=("muvi outputs",))
    return chosen


def variable(key: str) -> str:
    """``load-balancer/api.dns_name`` as ``LOAD_BALANCER_API_DNS_NAME``."""
    return re.sub(r"[^A-Z0-9]+", "_", key.upper()).strip("_")


def quoted(text: str) -> str:
    """The value as every shell and dotenv reader takes it: bare where it is a plain word."""
    if re.fullmatch(r"[A-Za-z0-9_./:@%+=,-]*", text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    return f'"{escaped}"'.replace("\n", "\\n")
