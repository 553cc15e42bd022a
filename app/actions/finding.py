"""What the doctor says: one thing to mend, and how."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend; grave ones break a promise to a worker."""

    what: str
    mend: str
    is_grave: bool = False
