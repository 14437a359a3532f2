"""Idol: a virtual-idol live host that presents, answers and sells."""

__version__ = "0.1.0"
