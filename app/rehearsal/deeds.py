"""A step made into an act: which command, and by whom on that day."""

from datetime import date, datetime

from app.domain import bodies, commands as verbs
from app.domain.commands import Actor, Command
from app.domain.directory import Directory, Person
from app.domain.laws import Happening
from app.domain.taxonomy import Category, Role, Side
from app.rehearsal.intent import MONTH
from app.rehearsal.story import Step, Story

Act = tuple[Command, Actor]

NOTE = "Rehearsed."
_OF_THE_BODY = {
    Step.READ: verbs.Acknowledge(note=NOTE),
    Step.START: verbs.Start(note=NOTE),
    Step.PROPOSE: verbs.Propose(note=NOTE),
    Step.PLAN: verbs.Plan(note=NOTE),
    Step.RESOLVE: verbs.Resolve(note=NOTE),
    Step.SIGN: verbs.Resolve(note=NOTE),
}
_OF_THE_PARTNER = {
    Step.ATTEMPT: verbs.Attempt(note=NOTE),
    Step.RESUME: verbs.Resume(note=NOTE),
    Step.CHECK_WITHDRAWAL: verbs.Withdraw(note=NOTE),
}
_OF_THE_WORKER: dict[Step, Command] = {
    Step.SAY: verbs.Say(),
    Step.DANGER: verbs.RaiseDanger(),
    Step.WITHDRAW: verbs.AskWithdraw(),
    Step.CONFIRM: verbs.SaySolved(is_solved=True),
    Step.DENY: verbs.SaySolved(is_solved=False),
}
_ASSESSED = verbs.Happened(Happening.CHILD_ASSESSED, note=NOTE)
_NO_OFFENCE = verbs.Happened(Happening.NO_SEXUAL_OFFENCE, note=NOTE)
_ENDINGS = {
    "refer": verbs.Refer(note=NOTE),
    "unfounded": verbs.Unfounded(note=NOTE),
    "no-contact": verbs.NoContact(note=NOTE),
}


def acts_of(step: Step, story: Story, directory: Directory, at: datetime) -> list[Act]:
    """Return what is done; nothing, where nobody is there to do it."""
    if step == Step.TALK:
        return [(word, Actor.worker()) for word in _answers(story)]
    if step in _OF_THE_WORKER:
        return [(_OF_THE_WORKER[step], Actor.worker())]
    day = directory.local_day(at, story.case.site, story.case.country)
    if step in _OF_THE_BODY:
        people = _desk(story, directory, day)
        side = _side(step) if story.case.route.is_factory_side else None
        people = [p for p in people if side is None or p.side == side]
        if not people:
            return []
        acts: list[Act] = [(_OF_THE_BODY[step], Actor(people[0]))]
        if step == Step.START and story.case.category == Category.CHLD:
            # The first action is the assessment on site (DOMAIN.md, 3.1, E3).
            acts.append((_ASSESSED, Actor(people[0])))
            if story.case.country == "IN":
                acts.append((_NO_OFFENCE, Actor(people[0])))
        return acts
    partners = bodies.partners(story.case, directory, day)
    if not partners:
        return []
    command = _by_partner(step, story, directory, partners[0], day)
    return [(command, Actor(partners[0]))] if command is not None else []


def _answers(story: Story) -> list[Command]:
    """What the worker answers in the first talk; a voice is to be written down."""
    tale = story.tale
    said: list[Command] = [verbs.Speak()] if tale.channel == "voice" else []
    if tale.conflict is not None:
        said.append(verbs.AnswerConflict(tale.conflict))
    return [*said, verbs.AllowTexts(tale.may_text)]


def _desk(story: Story, directory: Directory, day: date) -> list[Person]:
    if story.is_outside:
        return bodies.secretariat(story.case, directory, day)
    return bodies.body(story.case, directory, day)


def _side(step: Step) -> Side | None:
    """A solution takes the workers' signature first, then the management's."""
    return {Step.RESOLVE: Side.WORKER, Step.SIGN: Side.MANAGEMENT}.get(step)


def _by_partner(
    step: Step, story: Story, directory: Directory, partner: Person, day: date
) -> Command | None:
    if step in (Step.REMEDIATE, Step.REVIEW):
        next_on = day + MONTH
        if step == Step.REVIEW:
            return verbs.Review(next_on, note=NOTE)
        return verbs.Remediate(next_on, note=NOTE)
    if step == Step.PAUSE:
        second = _second(story, directory, partner, day)
        return verbs.Pause(second.id, note=NOTE) if second else None
    if step == Step.END:
        return _ENDINGS[story.tale.ending]
    return _OF_THE_PARTNER[step]


def _second(
    story: Story, directory: Directory, partner: Person, day: date
) -> Person | None:
    """Another partner of the case, else somebody of the secretariat."""
    case = story.case
    others = [
        *bodies.partners(case, directory, day),
        *bodies.secretariat(case, directory, day),
    ]
    return next((p for p in others if p.id != partner.id), None)


def triage(story: Story, directory: Directory, at: datetime) -> Act | None:
    """Return what a partner still has to find out: where it is, and about what.

    Also the secretariat, where it stands in; a committee is never asked.
    """
    case, tale = story.case, story.tale
    day = directory.local_day(at, case.site, case.country)
    people = _desk(story, directory, day)
    if not people or people[0].role not in (Role.PARTNER, Role.ADMIN):
        return None
    if case.site is None and tale.site is not None:
        return verbs.SetSite(tale.site, note=NOTE), Actor(people[0])
    if case.category == Category.OTHR and tale.triaged_as != Category.OTHR:
        return verbs.SetCategory(tale.triaged_as, note=NOTE), Actor(people[0])
    return None
