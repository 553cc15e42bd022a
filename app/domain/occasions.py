"""What a ladder was climbed for, and how a rung's timer is called after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from app.domain.case import RUNG, Deadline
from app.domain.ladder import GROUPS, Trigger

# What the row of an escalation says about each trigger.
REASONS: Mapping[Trigger, str] = MappingProxyType(
    {
        Trigger.MISSED: "missed",
        Trigger.MISSED_TWICE: "second_miss",
        Trigger.REOPENED_TWICE: "not_solved",
        Trigger.NOT_SOLVED: "not_solved",
        Trigger.NOT_SOLVED_ABOVE: "not_solved",
        Trigger.CONTESTED: "not_solved",
        Trigger.CONTESTED_ABOVE: "not_solved",
        Trigger.S1: "alert",
        Trigger.CLUSTER: "cluster",
        Trigger.REVIEW_MISSED: "review_missed",
    }
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a ladder was climbed for: its trigger, of which clock, in which round.

    `group`: on which routes' ladder, one of `ladder.GROUPS`; what was begun on
    one is climbed to its end, whoever has the case meanwhile. Blank where it is
    not begun, and in the names of timers from before this was kept.
    """

    trigger: Trigger
    clock: str
    round: int
    group: str = ""

    @classmethod
    def of(cls, timer: Deadline) -> Self:
        trigger, *parts = timer.name.removeprefix(RUNG).split(":")
        group = parts.pop() if parts[-1] in GROUPS else ""
        number = int(parts.pop())
        return cls(Trigger(trigger), ":".join(parts), number, group)

    @property
    def timer(self) -> str:
        """The name of its rungs' timers; which rung it is, is their round."""
        group = f":{self.group}" if self.group else ""
        return f"{RUNG}{self.trigger}:{self.clock}:{self.round}{group}"

    @property
    def reason(self) -> str:
        return REASONS[self.trigger]
