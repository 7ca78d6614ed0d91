"""What things cost: a list of prices with date and source, and estimates from it. No network."""

from muvi_provision.pricing.estimate import HOURS_A_MONTH, Estimate, Money, monthly
from muvi_provision.pricing.price_list import Price, prices

__all__ = ["HOURS_A_MONTH", "Estimate", "Money", "Price", "monthly", "prices"]
