"""Money in words: a figure beside a step, and what all of it costs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from muvi_provision.cli.drawing.sheet import Sheet, kept_together

if TYPE_CHECKING:
    from muvi_provision.pricing import Estimate, Price

USED = {
    "nat.gb": "NAT gateway traffic",
    "vpce.gb": "private endpoint traffic",
    "alb.lcu": "load balancer capacity",
    "aurora.storage": "database storage",
    "aurora.io": "database reads and writes",
    "aurora.backup": "database backups",
    "lambda.req": "function calls",
    "lambda.gbs.x86": "function time on x86",
    "lambda.gbs.arm": "function time on ARM",
    "secrets.api": "secrets",
    "logs.ingest": "logs taken in",
    "logs.store": "logs kept",
    "logs.insights": "logs searched",
    "s3.std": "objects kept",
    "s3.put": "objects written",
    "s3.get": "objects read",
    "ecr.storage": "images kept",
    "waf.req": "requests through the web firewall",
    "sfn.transition": "state machines",
    "events.custom": "events",
    "scheduler.inv": "schedules",
    "codepipeline.v2": "pipelines",
    "dt.out.internet.10tb": "traffic to the internet",
    "codebuild.general1.small": "builds",
}
UNITS = {
    "GB": "per GB",
    "GB-month": "per GB and month",
    "GB-s": "per GB-second",
    "GB scanned": "per GB searched",
    "LCU-h": "per LCU-hour",
    "request": "a request",
    "transition": "a transition",
    "event": "an event",
    "invocation >14M": "a call after the first 14 million",
    "action-min": "a minute",
    "min": "a minute",
}


def by_month(estimate: Estimate | None, addresses: Iterable[str]) -> str:
    """``38.54 USD`` a month, or nothing for what is free."""
    month = estimate.month_of(addresses) if estimate else 0
    return f"{month:,.2f} USD" if month else ""


def by_use(estimate: Estimate, price: Price) -> str:
    """``NAT gateway traffic 0.0528 USD per GB``."""
    unit = UNITS.get(price.unit, f"per {price.unit}")
    return f"{USED.get(price.id, price.id)} {estimate.price_of(price):f} USD {unit}"


def cost_lines(sheet: Sheet, estimate: Estimate | None, *, saved: bool = False) -> None:
    """What an estimate comes to, what comes on top of it, and where its prices are from."""
    if estimate is None or not (estimate.month or estimate.unpriced):
        return
    begins = "This saves" if saved else "All of it costs"
    sheet.heading(f"{begins} about {estimate.hour:,.3f} USD an hour, {estimate.month:,.2f} USD a month (730 hours).")
    if estimate.traffic and not saved:
        on_top = ", ".join(kept_together(by_use(estimate, price)) for price in estimate.traffic)
        sheet.line(f"What is used comes on top: {on_top}.", "dim", hang=2)
    if estimate.unpriced:
        sheet.line(f"No price is known in {estimate.priced_in} for {', '.join(estimate.unpriced)}.", "warn", hang=2)
    if estimate.is_of_another_region:
        said = f"{estimate.region} is not in the price list: these are the prices of {estimate.priced_in}."
        sheet.line(said, "warn", hang=2)
    if estimate.as_of:
        sheet.line(f"List prices of {' to '.join(estimate.as_of)}, without taxes, discounts and free tiers.", "dim")
