"""What the rehearsal's tests play with: a stage, and people of one kind."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.domain.case import CaseFile, Decision
from app.domain.directory import Directory
from app.domain.durations import Duration
from app.domain.policy import Entry, Policy
from app.domain.taxonomy import Category
from app.rehearsal.cast import tales
from app.rehearsal.desks import Desks
from app.rehearsal.people import Tempers
from app.rehearsal.plan import CATEGORIES, Plan, Shares
from app.rehearsal.stage import Stage
from app.rehearsal.story import Story
from tests.builders import PROGRAMME

START = datetime(2026, 9, 1, tzinfo=UTC)
WELL, NEVER = Shares(1, 0, 0), Shares(0, 0, 1)

MIXED = Plan()
NOBODY = Plan(committees=NEVER, partners=NEVER, above=NEVER)
_TOO_LONG = (Category.OTHR, Category.CHLD)
# Everybody answers well, and nothing happens for which even that is too late:
# a case of a site unknown, one that is raised after its new date is past, one
# that two desks have to read in the time of one, one that is watched for good.
PERFECT = Plan(
    committees=WELL,
    partners=WELL,
    above=WELL,
    categories={c: w for c, w in CATEGORIES.items() if c not in _TOO_LONG},
    danger_later=0.0,
    no_site=0.0,
    remediation_months=0,
)


@dataclass
class Heard:
    """Every decision of a play, with the case as it was before, by case."""

    all: defaultdict[UUID, list[tuple[CaseFile | None, Decision]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def hear(
        self, story: Story, was: CaseFile | None, decision: Decision, at: datetime
    ) -> None:
        assert at.utcoffset() is not None
        self.all[story.tale.seed.id].append((was, decision))


def played(
    plan: Plan, *, seed: int, cases: int = 80, directory: Directory = PROGRAMME
) -> tuple[list[Story], Heard, datetime]:
    """Play three months and sixty days more; return cases, decisions and the end."""
    end = START + timedelta(days=90)
    until = end + timedelta(days=60)
    heard = Heard()
    stage = Stage(
        Desks(directory, Tempers.drawn(directory, plan, seed)),
        plan,
        seed=seed,
        since=START,
        until=until,
        hear=heard.hear,
    )
    cast = tales(directory, plan, cases=cases, seed=seed, start=START, until=end)
    return stage.play(cast), heard, until


def shorter(policy: Policy, by: int) -> Policy:
    """Return the policy with every promise that many times shorter."""

    def cut(time: Duration | None) -> Duration | None:
        return time and Duration(max(1, time.amount // by), time.unit)

    def cut_all(entry: Entry) -> Entry:
        names = ("acknowledge", "first_action", "resolve", "plan")
        return replace(entry, **{name: cut(getattr(entry, name)) for name in names})

    return replace(policy, entries=tuple(cut_all(entry) for entry in policy.entries))
