"""The one table: who may do what in which state, and nothing beside it."""

from dataclasses import replace

import pytest

from app.domain import commands as verbs
from app.domain.case import CaseFile
from app.domain.commands import (
    VERBS,
    Actor,
    Command,
    StaffVerb,
    WorkerWord,
    name_of,
)
from app.domain.decide import HANDLERS, decide
from app.domain.durations import Duration
from app.domain.laws import Happening
from app.domain.taxonomy import (
    Category,
    Conflict,
    Reprisal,
    Severity,
    State,
)
from app.domain.transitions import ROWS, TRANSITIONS, WHO_MAY
from tests.builders import (
    DAYS,
    GAZIPUR,
    PEOPLE,
    PROGRAMME,
    TIRUPPUR,
    TUESDAY,
    WORKER,
    by,
    id_of,
    opened,
)

REVIEW_DAY = (TUESDAY + 20 * DAYS).date()

COMMANDS: list[Command] = [
    verbs.Acknowledge(),
    verbs.Start(),
    verbs.Plan(),
    verbs.Propose(),
    verbs.Resolve(),
    verbs.Refer(note="To the labour court."),
    verbs.Unfounded(note="Nothing found."),
    verbs.NoContact(note="Nobody answers."),
    verbs.Withdraw(note="She asked for it."),
    verbs.Reopen(),
    verbs.Note(note="Seen."),
    verbs.Attempt(),
    verbs.Tell(note="The money comes on Sunday."),
    verbs.Transcribe(note="They do not pay us."),
    verbs.Summarise(note="Three months of overtime are not paid."),
    verbs.Translate("en", note="They do not pay us."),
    verbs.Join("20000004", note="The same line, the same month."),
    verbs.Unjoin(),
    verbs.Exclude(id_of("gaz-com-w1")),
    verbs.Include(id_of("gaz-com-w1")),
    verbs.Release(),
    verbs.HandBack(note="Not about danger."),
    verbs.TakeOver(),
    verbs.Take(),
    verbs.Recuse(),
    verbs.HandToPartner(note="It is about two of us."),
    verbs.Ask(note="On which day was it?"),
    verbs.ReleaseWords(note="They do not pay overtime."),
    verbs.ReleaseTold(id_of("held"), note="The money comes on Sunday."),
    verbs.SetSite(TIRUPPUR),
    verbs.SetSite(GAZIPUR),
    verbs.SetCategory(Category.FORC, note="Locked in."),
    verbs.SetCategory(Category.WASH, note="Water."),
    verbs.SetSeverity(Severity.S1, note="Danger."),
    verbs.SetSeverity(Severity.S4, note="Small."),
    verbs.Remediate(REVIEW_DAY),
    verbs.Review(REVIEW_DAY),
    verbs.Pause(id_of("gaz-com-w2"), note="Waiting for her."),
    verbs.Pause(id_of("partner-bd-2"), note="Waiting for her."),
    verbs.Resume(),
    verbs.Recalculate(id_of("admin"), note="A festival was announced late."),
    verbs.UndoWithdraw(),
    verbs.ReleaseToBrand(note="She agrees."),
    verbs.Answer(note="They wrote to us."),
    verbs.Happened(Happening.DECISION),
    verbs.Formal(note="She wants this."),
    verbs.Extend("IN-POSH-FILE", Duration(1, "mo"), note="She was ill."),
    verbs.AnswerConflict(Conflict.NO),
    verbs.AnswerConflict(Conflict.YES),
    verbs.ChooseSite(GAZIPUR),
    verbs.SuggestSites((GAZIPUR,)),
    verbs.ChooseTopic(Category.OSHS),
    verbs.RaiseDanger(),
    verbs.Say(),
    verbs.Speak(),
    verbs.AllowTexts(True),
    verbs.AllowCalls(True),
    verbs.ChoosePart("evening"),
    verbs.ChooseCountry("IN"),
    verbs.WriteAgain(),
    verbs.FileFor("union"),
    verbs.RenewPin(),
    verbs.GivePhone(),
    verbs.AddFile("photo"),
    verbs.Rate(4),
    verbs.PutReprisal(),
    verbs.AnswerReprisal(Reprisal.NO),
    verbs.SaySolved(True),
    verbs.SaySolved(False),
    verbs.AskWithdraw(),
    verbs.UndoWithdrawByWorker(),
    verbs.AskCallback(),
]
ACTORS = [WORKER, *(by(person.name) for person in PEOPLE)]


# What an act that names no state may bring about, from these states.
FOLLOWS = {
    State.RESOLVED: "danger-reopens",
    State.IN_REMEDIATION: "remediation-ends",
}
MAY_FOLLOW = {"raise-danger", "severity", "category"}


def reached(state: State, verb: str) -> set[State]:
    """Return where the table lets the verb lead to, with what follows from it."""
    states = {TRANSITIONS[state, verb]}
    if verb in MAY_FOLLOW and state in FOLLOWS:
        states.add(TRANSITIONS[state, FOLLOWS[state]])
    return states


def test_every_verb_has_a_row_and_a_handler() -> None:
    told = {name_of(command) for command in COMMANDS}
    by_time = {"confirmation-passed", "withdrawal-passed"}
    follow = {*FOLLOWS.values(), "child-stays"}
    follow |= {"main-resolved", "main-unfounded", "main-referred", "main-reopens"}
    assert told | by_time | follow == {row.verb for row in ROWS}
    assert set(VERBS) <= told
    assert {type(command) for command in COMMANDS} == set(HANDLERS)


def test_no_state_and_verb_leads_to_two_states() -> None:
    pairs = [(state, row.verb) for row in ROWS for state in row.states]
    assert len(pairs) == len(set(pairs))
    assert all(len({row.who for row in ROWS if row.verb == verb}) == 1
               for verb in WHO_MAY)  # fmt: skip


def actor_for(command: Command, case: CaseFile) -> Actor:
    """Return somebody who may do this in some state."""
    if isinstance(command, WorkerWord):
        return WORKER
    holds = case.route.is_factory_side and not {"partner"} & WHO_MAY[name_of(command)]
    return by("gaz-com-m1" if holds else "partner-bd")


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: f"{name_of(c)}")
def test_what_the_table_lacks_is_refused(state: State, command: Command) -> None:
    for case in (
        replace(opened(), state=state),
        replace(opened(category=Category.CHLD), state=state),
    ):
        actor = actor_for(command, case)
        decision = decide(case, command, actor, PROGRAMME, TUESDAY + DAYS)
        to = TRANSITIONS.get((state, name_of(command)))
        if to is None:
            assert decision.refusal is not None
            assert decision.case == case
        elif decision.refusal is None and not case.route.is_factory_side:
            assert decision.case.state in reached(state, name_of(command))


@pytest.mark.parametrize("name", ["gaz-head", "kesto-desk", "auditor", "tir-com-w1"])
@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if isinstance(c, StaffVerb)], ids=name_of
)
def test_who_has_no_part_in_a_case_reads_that_there_is_none(
    name: str, command: StaffVerb
) -> None:
    decision = decide(opened(), command, by(name), PROGRAMME, TUESDAY)
    assert decision.refusal == "There is no case 10000007."
    assert decision.events[0].facts["why"] == "unrelated"
