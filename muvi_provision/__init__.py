"""Builds a UAT replica of a cinema company's AWS stack, day by day, and takes it down again."""

__version__ = "0.1.0"
