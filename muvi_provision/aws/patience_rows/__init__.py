"""Which errors pass by themselves, one file a day: data for ``patience.py``."""
