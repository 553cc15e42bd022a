"""Seeded chance: the same demo on every machine, nothing secret in it."""

from random import Random


def dice(what: str, seed: int) -> Random:
    """Return chance for one purpose; purposes do not disturb each other."""
    return Random(f"{what} {seed}")  # noqa: S311
