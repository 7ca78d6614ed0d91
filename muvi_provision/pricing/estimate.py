"""What resources cost by the hour and by the month, as far as that can be told before they are used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from muvi_provision.pricing.price_list import Basis, Price, priced_in, prices
from muvi_provision.resource import Resource

Money = Decimal
"""US dollars."""
HOURS_A_MONTH = Decimal(730)
NOTHING = Money(0)


@dataclass(frozen=True)
class Estimate:
    """An estimate in US dollars, list prices without taxes and discounts.

    by_address: an hour's price, for what costs anything by standing there. hour, month: the sums (730 hours).
    unpriced: price ids without a price in the region. traffic: prices of what comes on top by use.
    as_of: the first and the last day the prices used were published. region: the one asked for.
    """

    region: str
    by_address: Mapping[str, Money] = field(default_factory=dict)
    hour: Money = NOTHING
    month: Money = NOTHING
    unpriced: tuple[str, ...] = ()
    traffic: tuple[Price, ...] = ()
    as_of: tuple[str, ...] = ()

    @property
    def priced_in(self) -> str:
        """The region whose prices were used."""
        return priced_in(self.region)

    @property
    def is_of_another_region(self) -> bool:
        return self.priced_in != self.region

    def month_of(self, addresses: Iterable[str]) -> Money:
        """What those cost a month."""
        return sum((self.by_address.get(address, NOTHING) for address in addresses), NOTHING) * HOURS_A_MONTH

    def price_of(self, price: Price) -> Money:
        """A price of the list in the region used."""
        return price.by_region[self.priced_in]


def monthly(resources: Iterable[Resource], region: str) -> Estimate:
    """The estimate for resources in a region; one that says a region of its own (CloudFront's) is priced there."""
    by_address: dict[str, Money] = defaultdict(Money)
    month, used, unpriced = NOTHING, dict[str, Price](), dict[str, None]()
    for address, where, name, units in _components(resources, region):
        price = prices().get(name)
        if price is None or where not in price.by_region:
            unpriced[name] = None
            continue
        used[name] = price
        amount = price.by_region[where] * units
        if price.basis is Basis.HOUR:
            by_address[address] += amount
            month += amount * HOURS_A_MONTH
        elif price.basis is Basis.MONTH:
            by_address[address] += amount / HOURS_A_MONTH
            month += amount
    days = sorted({price.published for price in used.values()})
    return Estimate(
        region=region,
        by_address=dict(by_address),
        hour=sum(by_address.values(), NOTHING),
        month=month,
        unpriced=tuple(unpriced),
        traffic=_traffic(used.values(), priced_in(region)),
        as_of=tuple(dict.fromkeys((*days[:1], *days[-1:]))),
    )


def _components(resources: Iterable[Resource], region: str) -> Iterator[tuple[str, str, str, Decimal]]:
    """(address, region, price id, how many) for everything that costs."""
    for resource in resources:
        where = priced_in(resource.declared.region or region)
        for name, units in resource.costs():
            yield resource.address, where, name, Decimal(str(units))


def _traffic(used: Iterable[Price], region: str) -> tuple[Price, ...]:
    """What is paid by use beside the prices used: the gigabytes beside the hours of a NAT gateway."""
    families = {price.family for price in used}
    return tuple(
        price
        for price in prices().values()
        if price.basis is Basis.USE and price.family in families and region in price.by_region
    )
