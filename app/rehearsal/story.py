"""A case while it is played, and what somebody means to do to it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.case import CaseFile
from app.domain.taxonomy import State
from app.rehearsal.cast import Tale
from app.rehearsal.people import Temper


class Step(StrEnum):
    """What somebody means to do; what comes of it, the engine decides."""

    # The body that holds the case.
    READ = "read"
    START = "start"
    PROPOSE = "propose"
    PLAN = "plan"
    RESOLVE = "resolve"
    SIGN = "sign"  # the other side's signature
    # The partner.
    REMEDIATE = "remediate"
    REVIEW = "review"
    ATTEMPT = "attempt"
    END = "end"
    PAUSE = "pause"
    RESUME = "resume"
    CHECK_WITHDRAWAL = "check_withdrawal"
    # The worker.
    TALK = "talk"  # answers what is asked after the first words
    SAY = "say"
    DANGER = "danger"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    DENY = "deny"
    # Who stands above, to an escalation.
    ANSWER = "answer"
    ANSWER_ALERT = "answer_alert"


# Who holds the case: route, site, round, and whether it is S1.
Held = tuple[str, str | None, int, bool]

# Steps that mean something only while the same desk has the case in hand.
OF_TENURE = frozenset(
    {
        Step.READ,
        Step.START,
        Step.PROPOSE,
        Step.PLAN,
        Step.RESOLVE,
        Step.SIGN,
        Step.REMEDIATE,
        Step.ATTEMPT,
        Step.END,
        Step.PAUSE,
    }
)
# Steps that mean something only in the round of the case that they answer.
OF_ROUND = frozenset({Step.CONFIRM, Step.DENY, Step.ANSWER, Step.ANSWER_ALERT})


@dataclass(slots=True)
class Story:
    """One case on the stage."""

    tale: Tale
    case: CaseFile
    held: Held | None = None
    tenure: int = 0  # one more whenever somebody takes the case in hand anew
    desk: str = ""  # who has it in hand
    temper: Temper = Temper.NEVER  # of whoever has it in hand
    is_outside: bool = False  # the secretariat works it in the partner's place
    intended: dict[Step, datetime] = field(default_factory=dict)
    review: int = -1  # the round of the review that somebody means to hold
    look: datetime | None = None  # when the sweep comes
    solved_at: datetime | None = None  # first declared solved
    met: set[tuple[str, int]] = field(default_factory=set)
    owed: set[str] = field(default_factory=set)
    desks: set[str] = field(default_factory=set)  # that held it

    @property
    def is_idle(self) -> bool:
        """Nobody need work it: it is closed, or waits for the worker's word."""
        state = self.case.state
        return state.is_closed or state == State.RESOLVED

    @property
    def solves_at(self) -> datetime | None:
        """When it will be solved or ended, as intended now."""
        return self.intended.get(Step.RESOLVE) or self.intended.get(Step.END)

    def mark(self, step: Step) -> int:
        """Return what must still hold when the step comes."""
        if step in OF_TENURE:
            return self.tenure
        if step == Step.REVIEW:
            return self.review
        return self.case.round if step in OF_ROUND else 0
