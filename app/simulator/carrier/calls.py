"""A call as the carrier's books have it."""

from dataclasses import dataclass
from datetime import datetime

ANONYMOUS = "anonymous"

OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(slots=True, kw_only=True)
class Call:
    """One call; `order` counts the account's calls from 1.

    `events` are those that were asked for: initiated, ringing, answered,
    completed. Busy, no-answer, failed and canceled come as `completed`.
    """

    sid: str
    order: int
    sender: str
    to: str
    direction: str  # inbound, outbound-api
    created_at: datetime
    url: str
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    status_callback: str = ""
    events: frozenset[str] = frozenset({"completed"})
    ring_seconds: float = 60.0
    detects: str = ""  # Enable, DetectMessageEnd
    status: str = "queued"
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: str = ""
    told: int = 0  # status callbacks so far

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def seconds(self) -> int:
        """Whole seconds from answer to end; 0 where nobody answered."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return round((self.ended_at - self.answered_at).total_seconds())
