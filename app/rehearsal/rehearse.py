"""Play a year in advance, once or under two policies: what would happen.

    outcome = rehearse(directory, Plan(), months=12, cases=1000, seed=1, start=at)

The rules are the real ones; only the people are made up. The same arguments
give the same outcome, to the last figure.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.directory import Directory
from app.domain.errors import BadInput
from app.domain.policy import Policy
from app.rehearsal import tally as counting
from app.rehearsal.cast import tales
from app.rehearsal.desks import Desks
from app.rehearsal.outcome import Outcome
from app.rehearsal.people import Temper, Tempers
from app.rehearsal.plan import Plan
from app.rehearsal.stage import Stage
from app.rehearsal.story import Story
from app.rehearsal.tally import Tally

# The play goes on after the last arrival, so that those cases come to their
# dates as well: a share is not made worse by what has had no time.
PLAYED_ON = timedelta(days=60)
MOST_MONTHS, MOST_CASES = 60, 200_000

NO_SITES = (
    "This programme has no sites, so there is nobody to rehearse with. Import"
    " yours with `threadline import sites FILE.csv`, then people, brands and"
    " sourcing, or make the demo's programme with `threadline run`."
)

Progress = Callable[[float], None]


def rehearse(
    directory: Directory,
    plan: Plan,
    *,
    months: int,
    cases: int,
    seed: int,
    start: datetime,
    on_progress: Progress | None = None,
) -> Outcome:
    """Let `cases` come within `months` from `start`, and say what came of them.

    `on_progress` hears the share that is done, from 0 to 1. Raises `BadInput`
    where there is nothing to play.
    """
    outcome, _ = staged(
        directory,
        plan,
        months=months,
        cases=cases,
        seed=seed,
        start=start,
        on_progress=on_progress,
    )
    return outcome


def staged(
    directory: Directory,
    plan: Plan,
    *,
    months: int,
    cases: int,
    seed: int,
    start: datetime,
    on_progress: Progress | None = None,
) -> tuple[Outcome, list[Story]]:
    """Do as `rehearse` does, and return the cases themselves as well."""
    _check(directory, months=months, cases=cases, start=start)
    start = start.astimezone(UTC)
    end = months_after(start, months)
    until = end + PLAYED_ON
    tempers = Tempers.drawn(directory, plan, seed)
    desks = Desks(directory, tempers)
    tally = Tally(desks)
    stage = Stage(desks, plan, seed=seed, since=start, until=until, hear=tally.hear)
    cast = tales(directory, plan, cases=cases, seed=seed, start=start, until=end)
    stories = stage.play(cast, on_progress)
    day, busiest = tally.busiest
    outcome = Outcome(
        policy=directory.policy_on(start.date()).version,
        start=start.isoformat(),
        months=months,
        played_until=until.isoformat(),
        cases=cases,
        seed=seed,
        sites={t.value: list(tempers.sites.values()).count(t) for t in Temper},
        clocks=counting.clock_shares(stories),
        laws=counting.law_counts(stories),
        solving=counting.solving(stories),
        climbs=counting.climbed(tally.climbs),
        answers=dict(sorted(tally.answers.items())),
        loads=tally.loads(stories),
        messages=dict(sorted(tally.messages.items())),
        carriers=dict(sorted(tally.carriers.items())),
        busiest_day=day,
        busiest=busiest,
        states=counting.states(stories),
        paused_per_cent=counting.paused_per_cent(stories, until),
        refused=dict(sorted(tally.refused.items())),
    )
    return outcome, stories


def compare(
    directory: Directory,
    plan: Plan,
    policies: Sequence[Policy | None],
    *,
    months: int,
    cases: int,
    seed: int,
    start: datetime,
    on_progress: Progress | None = None,
) -> list[Outcome]:
    """Play the same cases with the same people under each of the policies.

    None is the programme's own policies, each from its date; any other is in
    force from the start and alone.
    """

    def part(number: int) -> Progress | None:
        if on_progress is None:
            return None
        hear = on_progress
        return lambda share: hear((number + share) / len(policies))

    return [
        rehearse(
            directory if policy is None else replace(directory, policies=(policy,)),
            plan,
            months=months,
            cases=cases,
            seed=seed,
            start=start,
            on_progress=part(number),
        )
        for number, policy in enumerate(policies)
    ]


def months_after(start: datetime, months: int) -> datetime:
    """Return the same day that many months on; the 31st of February is March's 3rd."""
    years, month = divmod(start.month - 1 + months, 12)
    first = start.replace(year=start.year + years, month=month + 1, day=1)
    return first + timedelta(days=start.day - 1)


def _check(directory: Directory, *, months: int, cases: int, start: datetime) -> None:
    if not directory.sites:
        raise BadInput(NO_SITES)
    if not 1 <= months <= MOST_MONTHS:
        raise BadInput(f"months: {months} is too few or many: write 1 to {MOST_MONTHS}")
    if not 1 <= cases <= MOST_CASES:
        raise BadInput(f"cases: {cases} is too few or many: write 1 to {MOST_CASES}")
    if start.utcoffset() is None:
        raise BadInput("the start has no offset: write one, as in 2027-01-01T00:00Z")
