"""What has been overtaken between being owed and being sent.

A notice says what held when it came to be owed. At the moment of sending a
reminder is looked at once more; whoever it was for, and whatever of, may have
moved on. That a promise was broken stays true, and is told as long as its
reader may hear of the case at all (`app.outbox.hearing`). Only what asks its
reader to act now, or speaks of a site at large, is moot once the case is closed;
and that nobody has answered is so once somebody has, or it is declared solved.
"""

from dataclasses import dataclass

# Why a message was skipped rather than dropped: it is its reader's no longer,
# or no longer true. Nobody asked for less, and nothing failed.
SKIPPED = frozenset({"excluded", "moved", "term_over", "over", "met", "redated"})

REMINDER = "reminder"
MOOT_WHEN_CLOSED = frozenset(
    {"brand_reminder", "silent", "missed_general", "first_tier_missed"}
)
MOOT_WHEN_SOLVED = frozenset({"brand_reminder", "silent"})


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a reminder, of a promise or of an answer, is about, as it stands now."""

    is_closed: bool
    is_over: bool  # the case is closed, or declared solved
    # None: no clock of that name is due at that time any more.
    is_met: bool | None
    is_with_reader: bool  # the reader sits on the body that holds the case
    is_answered: bool = False  # on the rung that was told; its timer runs no more


def why_overtaken(template: str, now: Reminded) -> str | None:
    """Return why a notice need not be sent any more, as a word; None: it is true."""
    if template in MOOT_WHEN_CLOSED and now.is_closed:
        return "over"
    if template in MOOT_WHEN_SOLVED:
        return "over" if now.is_over else "met" if now.is_answered else None
    if template != REMINDER:
        return None
    if now.is_over:
        return "over"
    if now.is_met is None:
        return "redated"
    if now.is_met:
        return "met"
    return None if now.is_with_reader else "moved"
