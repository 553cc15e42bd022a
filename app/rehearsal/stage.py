"""The play itself: a heap of instants, and the real engine at each of them.

Nothing ticks. What is on the heap are arrivals, what somebody means to do, and
for each case the next moment at which its clocks want to be looked at.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random

from app.domain.case import CaseFile, Decision, Escalation
from app.domain.closing import CONTACT_DAYS
from app.domain.decide import decide
from app.domain.opening import open_case
from app.domain.pausing import open_pause
from app.domain.strike import strike
from app.domain.taxonomy import Clock, Severity, State
from app.domain.transitions import TRANSITIONS
from app.domain.withdrawing import TALK_FIRST
from app.rehearsal.cast import Tale
from app.rehearsal.deeds import Act, acts_of, triage
from app.rehearsal.desks import Desk, Desks
from app.rehearsal.intent import MONTH, Hand, course
from app.rehearsal.neighbours import Neighbours
from app.rehearsal.people import SECRETARIAT, Temper
from app.rehearsal.plan import Plan
from app.rehearsal.story import Step, Story
from app.rehearsal.working_time import WorkingTime, WorkingTimes

_ASKED_AFTER = timedelta(minutes=1)
_REVIEWED_BEFORE = timedelta(days=1, hours=12)
_MOST_NOES = 3  # a worker who said no so often says yes in the end

# Told of everything that comes of an act, a strike or an opening.
Hearer = Callable[[Story, CaseFile | None, Decision, datetime], None]
Progress = Callable[[float], None]

# When, of one instant in which order, whose, what, if what still holds, and by whom.
_Coming = tuple[datetime, int, int, Story, Step | None, int, Desk | None]
_STRIKE, _STEP = 0, 1  # of one instant the clocks come first


class Stage:
    """One year with one policy; play it once."""

    def __init__(
        self,
        desks: Desks,
        plan: Plan,
        *,
        seed: int,
        since: datetime,
        until: datetime,
        hear: Hearer,
    ) -> None:
        self.desks = desks
        self.directory = desks.directory
        self.plan = plan
        self.seed = seed
        self.since, self.until = since, until
        self.hear = hear
        self.times = WorkingTimes(desks.directory, since, until + MONTH)
        self.stories: list[Story] = []
        self._heap: list[_Coming] = []
        self._pushed = 0
        self.neighbours = Neighbours(desks.directory)

    def play(
        self, tales: Sequence[Tale], on_progress: Progress | None = None
    ) -> list[Story]:
        """Play every case from its arrival to `until`."""
        for number, tale in enumerate(tales):
            self._run(tale.at)
            self._open(tale)
            if on_progress is not None and number % 50 == 0:
                on_progress((tale.at - self.since) / (self.until - self.since))
        self._run(self.until)
        if on_progress is not None:
            on_progress(1.0)
        return self.stories

    def _run(self, until: datetime) -> None:
        """Let everything come that comes before `until`."""
        heap = self._heap
        while heap and heap[0][0] < until:
            at, _, _, story, step, mark, by = heappop(heap)
            if step is None:
                if at == story.look:
                    self._strike(story, at)
            elif mark == story.mark(step):
                self._take(story, step, at, by)

    def _mean(
        self, story: Story, step: Step, at: datetime | None, *, by: Desk | None = None
    ) -> None:
        if at is not None and at < self.until:
            self._pushed += 1
            coming = (at, _STEP, self._pushed, story, step, story.mark(step), by)
            heappush(self._heap, coming)

    # ------------------------------------------------------------ the engine

    def _open(self, tale: Tale) -> None:
        decision = open_case(tale.seed, self.directory, tale.at)
        story = Story(tale, decision.case)
        self.stories.append(story)
        self._settle(story, None, decision, tale.at)
        self._mean(story, Step.TALK, tale.at + _ASKED_AFTER)
        for step, after in (
            (Step.SAY, tale.writes_after),
            (Step.DANGER, tale.danger_after),
            (Step.WITHDRAW, tale.withdraws_after),
        ):
            if after is not None:
                self._mean(story, step, tale.at + after)

    def _act(self, story: Story, act: Act, at: datetime) -> Decision:
        command, by = act
        decision = decide(story.case, command, by, self.directory, at)
        self._settle(story, story.case, decision, at)
        return decision

    def _strike(self, story: Story, at: datetime) -> None:
        decision = self._struck(story, at)
        if decision.case == story.case:
            raise RuntimeError(f"case {story.case.number} stays due after its strike")
        story.look = None
        self._settle(story, story.case, decision, at)

    def _struck(self, story: Story, at: datetime) -> Decision:
        """Let the engine do what is due; here alone `strike` is called."""
        case = story.case
        return strike(
            case,
            self.directory,
            self.neighbours.has_earlier_miss(case, at),
            at,
            clustered=self.neighbours.clustered(case, at),
        )

    def _settle(
        self, story: Story, was: CaseFile | None, decision: Decision, at: datetime
    ) -> None:
        self.hear(story, was, decision, at)
        if decision.refusal is not None:
            return
        story.case = case = decision.case
        self.neighbours.note(was, decision, at)
        if not story.is_idle:
            self._hand_over(story, at)
        elif case.state == State.RESOLVED and was and was.state != State.RESOLVED:
            self._ask_worker(story, at)
        self._plan_review(story, at)
        for escalation in decision.escalations:
            self._escalated(story, escalation, decision, at)
        self._look_again(story, at)

    def _look_again(self, story: Story, at: datetime) -> None:
        looks = [c.next_at for c in story.case.clocks if c.next_at is not None]
        look = max(min(looks), at) if looks else None
        if look is not None and look != story.look and look < self.until:
            self._pushed += 1
            heappush(self._heap, (look, _STRIKE, self._pushed, story, None, 0, None))
        story.look = look

    # ------------------------------------------------------------ the people

    def _hand_over(self, story: Story, at: datetime) -> None:
        """Let whoever has the case now take it in hand, if that is new."""
        case = story.case
        held = (case.route, case.site, case.round, case.severity == Severity.S1)
        if held == story.held:
            return
        story.held, story.is_outside = held, False
        desk = self.desks.holder(case, at)
        story.temper, story.desk = desk.temper, desk.name
        story.desks.add(desk.name)
        story.tenure += 1
        story.intended = {}
        if story.temper != Temper.NEVER:
            self._take_in_hand(story, story.temper, at)

    def _take_in_hand(self, story: Story, temper: Temper, at: datetime) -> None:
        hand = self._hand(story, temper, f"course {story.tenure}")
        self._intend(story, course(story.case, story.tale, self.plan, hand, at))

    def _intend(self, story: Story, intents: Iterable[tuple[datetime, Step]]) -> None:
        story.intended = {}
        for when, step in intents:
            story.intended[step] = when
            self._mean(story, step, when)

    def _hand(self, story: Story, temper: Temper, what: str) -> Hand:
        chance = Random(f"{what} {self.seed} {story.tale.index}")  # noqa: S311
        return Hand(story.case, temper, self._time(story), chance)

    def _time(self, story: Story) -> WorkingTime:
        return self.times.at(story.case.site, story.case.country)

    def _plan_review(self, story: Story, at: datetime) -> None:
        """Mean to hold the review that has a date now, on the day before it.

        A partner who answers late lets a date pass and holds the next one.
        """
        clock = story.case.deadline(Clock.REVIEW)
        if clock is None or not clock.is_running or clock.round == story.review:
            return
        story.review = clock.round
        temper = self.desks.partner(story.case, at)
        before = story.case.deadline(Clock.REVIEW, clock.round - 1)
        was_missed = before is not None and before.missed_at is not None
        if temper == Temper.WELL or (temper == Temper.LATE and was_missed):
            self._mean(story, Step.REVIEW, max(at, clock.due_at - _REVIEWED_BEFORE))

    def _ask_worker(self, story: Story, at: datetime) -> None:
        """She confirms, says no or stays silent, some days after she was asked."""
        story.solved_at = story.solved_at or at
        words, case = self.plan.words, story.case
        key = f"word {self.seed} {story.tale.index} {case.round}"
        chance = Random(key)  # noqa: S311
        after = timedelta(days=chance.uniform(0.2, 6))
        drawn = chance.random() * (words.confirm + words.no + words.silent)
        if words.confirm <= drawn < words.confirm + words.no:
            is_worn_out = case.not_solved >= _MOST_NOES
            self._mean(story, Step.CONFIRM if is_worn_out else Step.DENY, at + after)
        elif drawn < words.confirm:
            self._mean(story, Step.CONFIRM, at + after)

    # -------------------------------------------------------------- the steps

    def _take(self, story: Story, step: Step, at: datetime, by: Desk | None) -> None:
        match step:
            case Step.READ:
                self._read(story, at)
            case Step.ANSWER | Step.ANSWER_ALERT if by is not None:
                self._answer(story, by, at, presses=step == Step.ANSWER)
            case Step.END:
                self._end(story, at)
            case _:
                self._do(story, step, at)

    def _do(self, story: Story, step: Step, at: datetime) -> bool:
        """Do it, and say whether it was done; what it leads to is meant next."""
        if not _is_possible(story, step, at):
            return False
        decision = None
        for act in acts_of(step, story, self.directory, at):
            decision = self._act(story, act, at)
            if decision.refusal is not None:
                return False
        if decision is None:
            return False
        if step == Step.RESOLVE and decision.case.state != State.RESOLVED:
            hand = self._hand(story, story.temper, f"sign {story.tenure}")
            self._mean(story, Step.SIGN, hand.when(at, hand.pace.sign))
        elif step == Step.WITHDRAW and decision.notice == TALK_FIRST:
            self._check_withdrawal(story, at)
        return True

    def _read(self, story: Story, at: datetime) -> None:
        """Read it; what a partner finds out may hand it to somebody else."""
        desk = story.desk
        while (act := triage(story, self.directory, at)) is not None:
            if self._act(story, act, at).refusal is not None:
                break
            if story.desk != desk:
                return
        self._do(story, Step.READ, at)

    def _end(self, story: Story, at: datetime) -> None:
        """A partner ends it; if none does, the body goes on to a solution."""
        is_answering = self.desks.partner(story.case, at) != Temper.NEVER
        if not (is_answering and self._do(story, Step.END, at)):
            self._do(story, Step.RESOLVE, at)

    def _check_withdrawal(self, story: Story, at: datetime) -> None:
        temper = self.desks.partner(story.case, at)
        if temper != Temper.NEVER:
            hand = self._hand(story, temper, "withdrawal")
            self._mean(story, Step.CHECK_WITHDRAWAL, hand.when(at, hand.pace.start))

    # ------------------------------------------------------- whoever is above

    def _escalated(
        self, story: Story, escalation: Escalation, decision: Decision, at: datetime
    ) -> None:
        """Whoever was told answers in their own time, or never.

        Where several were told, the desk that answers best does it for all.
        """
        desk = self.desks.above(story.case, escalation, at)
        if desk is None or story.is_idle:
            return
        key = f"answer {escalation.clock} {escalation.round} {escalation.rung}"
        hand = self._hand(story, desk.temper, key)
        told_at = _told_at(escalation, decision, at)
        step = Step.ANSWER if escalation.reason in _PRESSING else Step.ANSWER_ALERT
        self._mean(story, step, hand.when(told_at, hand.pace.answer), by=desk)

    def _answer(self, story: Story, by: Desk, at: datetime, *, presses: bool) -> None:
        """Say so, by the verb; then the body acts, if somebody presses it to."""
        if story.is_idle:
            return
        act = self.desks.answer(story.case, by, at)
        if act is not None:
            self._act(story, act, at)
        if presses and self.plan.is_heeded:
            self._press(story, by, at)

    def _press(self, story: Story, by: Desk, at: datetime) -> None:
        """The body takes the case up at a good pace, if that is any sooner.

        Outside the factory the secretariat works it itself.
        """
        hand = self._hand(story, Temper.WELL, f"pressed {story.tenure}")
        intents = list(course(story.case, story.tale, self.plan, hand, at))
        before, now = story.solves_at, _end_of(intents)
        if before is not None and (now is None or before <= now):
            return
        story.tenure += 1
        story.temper = Temper.WELL
        story.is_outside = (
            by.name == SECRETARIAT and not story.case.route.is_factory_side
        )
        # What was meant for sooner stays so; attempts keep their three days.
        meant = dict(story.intended)
        meant.pop(Step.ATTEMPT, None)
        self._intend(
            story, [(max(at, min(when, meant.get(s, when))), s) for when, s in intents]
        )


# An alert and a cluster ask to be answered, and press nobody.
_PRESSING = frozenset({"missed", "second_miss", "not_solved", "review_missed"})

_VERBS = {
    Step.READ: "acknowledge",
    Step.START: "start",
    Step.PROPOSE: "propose",
    Step.PLAN: "plan",
    Step.RESOLVE: "resolve",
    Step.SIGN: "resolve",
    Step.REMEDIATE: "remediate",
    Step.REVIEW: "review",
    Step.ATTEMPT: "attempt",
    Step.PAUSE: "pause",
    Step.RESUME: "resume",
    Step.CHECK_WITHDRAWAL: "withdraw",
    Step.WITHDRAW: "ask-withdraw",
    Step.CONFIRM: "say-solved",
    Step.DENY: "say-not-solved",
}


def _told_at(step: Escalation, decision: Decision, at: datetime) -> datetime:
    """Return when the last of those on a rung is told: quiet hours may delay it."""
    return max(
        (
            owed.not_before
            for owed in decision.owed
            if owed.not_before is not None and owed.recipient in step.recipients
        ),
        default=at,
    )


def _end_of(intents: Iterable[tuple[datetime, Step]]) -> datetime | None:
    ends = (when for when, step in intents if step in (Step.RESOLVE, Step.END))
    return next(ends, None)


def _is_possible(story: Story, step: Step, at: datetime) -> bool:
    """Tell whether the step still means something; the rest, the engine refuses."""
    if step == Step.RESUME and open_pause(story.case, at) is None:
        return False
    verb = story.tale.ending if step == Step.END else _VERBS.get(step)
    if verb == "no-contact" and len(story.case.contact_attempts) < CONTACT_DAYS:
        return False  # She wrote meanwhile, so she can be reached.
    return verb is None or (story.case.state, verb) in TRANSITIONS
