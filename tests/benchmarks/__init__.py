"""What the product costs in calls, seconds and memory, beside its peers. Run with ``poe bench``."""
