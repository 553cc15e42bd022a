"""A sentence to be said, before anybody has chosen a language for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for the mark
    """Mark a sentence for the catalogues where it is written."""
    return message


@dataclass(frozen=True, slots=True)
class Line:
    """A catalogue message with the values of its placeholders.

    A `date` or `datetime` value is worded by the catalogue with weekday and
    month name; everything else goes in as it is.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def using(self, **params: Any) -> "Line":
        return Line(self.message, {**self.params, **params})
