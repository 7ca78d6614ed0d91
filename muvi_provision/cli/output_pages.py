"""Outputs that no object has by itself: public addresses, the console's pages, commands to upload; a few by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from muvi_provision.cli.holdings import needed

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session
    from muvi_provision.environment import Environment
    from muvi_provision.state.store import State

EDGE, SERVERLESS = 4, 5
WORKFLOW, SERVERS, CONNECTIONS = "github-workflow", "name-servers", "connections"
PAGES = (WORKFLOW, SERVERS, CONNECTIONS)
"""What may be asked for by a word of its own."""

NAME_SERVERS = "hosted-zone/public.name_servers"


def derived(session: Session) -> dict[str, str]:
    """``url/api.https`` and the like, of what is recorded."""
    state, environment = session.state, session.environment
    return dict((*_urls(state, environment), *_uploads(session), *_consoles(state, environment)))


def _urls(state: State, environment: Environment) -> Iterator[tuple[str, str]]:
    """The public names once they have their certificate, CloudFront's own until then."""
    from muvi_provision.day4_edge import edge_plans

    issued = (state.values("issued-certificate/edge") or {}).get("arn", "")
    for name in environment.distributions:
        own = (state.values(f"distribution/{name}") or {}).get("domain_name", "")
        if own:
            yield f"url/{name}.https", f"https://{edge_plans.host(environment, name) if issued else own}"


def _uploads(session: Session) -> Iterator[tuple[str, str]]:
    """How files come into the buckets that distributions show: below the path that they are asked for by.

    In the sandbox only while it runs: as it stands, the command would go to the real AWS.
    """
    before, after = _way(session)
    if session.is_sandbox and not after:
        return
    for name, plan in session.environment.distributions.items():
        shown = [("/*", plan.bucket)] if plan.bucket else []
        for path, bucket in (*shown, *plan.paths.items()):
            known = (session.state.values(f"bucket/{bucket}") or {}).get("id", "")
            folder = path.rpartition("/")[0]
            if known:
                yield f"upload/{bucket}{folder}.command", f"{before}aws s3 sync build s3://{known}{folder}{after}"
                yield f"upload/{bucket}{folder}.then", session.call.options.again(f"muvi invalidate {name} '{path}'")


def _way(session: Session) -> tuple[str, str]:
    """What stands before and after a command of the AWS CLI that is to reach the sandbox; nothing for AWS."""
    from muvi_provision import sandbox

    running = sandbox.status(session.call.options.state_dir) if session.is_sandbox else None
    if running is None:
        return "", ""
    keys = running.credentials.items()
    if os.name == "nt":
        before = "".join(f"$env:{name.upper()}='{key}'; " for name, key in keys)
    else:
        before = "".join(f"{name.upper()}={key} " for name, key in keys)
    return before, f" --endpoint-url {running.endpoint} --region {session.environment.region}"


def _consoles(state: State, environment: Environment) -> Iterator[tuple[str, str]]:
    region = environment.region
    console = f"https://{region}.console.aws.amazon.com"
    for record in state.records():
        if record.id and record.kind == "dashboard":
            address = f"{console}/cloudwatch/home?region={region}#dashboards/dashboard/{record.id}"
            yield f"{record.address}.console", address
        elif record.id and record.kind == "connection":
            yield f"{record.address}.console", f"{console}/codesuite/settings/connections?region={region}"


def page(session: Session, word: str, found: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """What a word of its own stands for, and what to type then. Raises UsageError before it is made."""
    if word == WORKFLOW:
        return {WORKFLOW: _workflow(session)}, ()
    if word == SERVERS:
        needed(session, "hosted-zone/public", EDGE)
        rehearsed = (f"muvi sandbox delegate {session.environment.domain}",) if session.is_sandbox else ()
        return {NAME_SERVERS: found[NAME_SERVERS]}, (*rehearsed, "muvi run day4")
    return _connections(session, found)


def _workflow(session: Session) -> str:
    from muvi_provision.day5_serverless import github_workflow

    if session.environment.github is None:
        return github_workflow.text(session.environment, "")
    record = needed(session, "role/github-deploy", SERVERLESS)
    return github_workflow.text(session.environment, str(record.values()["arn"]))


def _connections(session: Session, found: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    from muvi_provision.errors import UsageError

    wanted = [address for address in session.stack.nodes if address.startswith("connection/")]
    if not wanted:
        what, why = "the environment has no pipelines, so it needs no connections", ""
        if session.environment.pipelines:
            what = f"the pipelines need no connections in {session.environment.region}"
            why = "AWS has none there, so a pipeline begins with the image in its repository"
        raise UsageError(what, why=why, next=("muvi config show",))
    names = []
    for address in wanted:
        needed(session, address, SERVERLESS)
        names.append(address.partition("/")[2])
    shown = {f"{address}.{output}": found[f"{address}.{output}"] for address in wanted for output in ("id", "console")}
    own = f"{session.environment.name}-"
    rehearsed = [f"muvi sandbox authorise {own}{name}" for name in names] if session.is_sandbox else []
    return shown, (*rehearsed, "muvi run day5")


def told(word: str, domain: str) -> str:
    """What a person does with it."""
    return {
        WORKFLOW: "",
        SERVERS: f"where {domain}, or the domain above it, is registered: let NS records of {domain} name these alone",
        CONNECTIONS: "open that page of the console, choose the connection, and say yes to 'Update pending connection'",
    }[word]
