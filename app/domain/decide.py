"""One act on one case: who may, what follows, what is owed.

`decide` is the only door. It looks up the verb in the one table of
transitions, lets the handler write a draft, and turns every refusal into a
decision that changes nothing but the ledger.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.domain import (
    aftercare,
    answering,
    closing,
    commands as verbs,
    committees,
    happenings,
    joining,
    pausing,
    recalculating,
    remediation,
    sensitivity,
    talking,
    withdrawing,
    workers_word,
    working,
)
from app.domain.authority import Hat, Refusal, hats, no_such_case
from app.domain.case import CaseFile, Decision, Event
from app.domain.commands import Actor, Command, StaffVerb, WorkerWord, name_of
from app.domain.directory import Directory
from app.domain.draft import Draft
from app.domain.handover import fall_back
from app.domain.law_notice import law_notice
from app.domain.statutory import follow_on, need_no_duty
from app.domain.taxonomy import State
from app.domain.transitions import allowed

# Each takes the draft, the command and the state that the table leads to,
# and returns a notice for whoever acts, or None.
Handler = Callable[[Draft, Any, State], str | None]

HANDLERS: Mapping[type[Command], Handler] = MappingProxyType(
    {
        verbs.Acknowledge: working.acknowledge,
        verbs.Start: working.start,
        verbs.Plan: working.plan,
        verbs.Propose: working.propose,
        verbs.Note: working.note,
        verbs.Attempt: working.attempt,
        verbs.Tell: working.tell,
        verbs.Ask: working.ask,
        verbs.Take: working.take,
        verbs.ReleaseWords: talking.release_words,
        verbs.ReleaseTold: talking.release_told,
        verbs.Transcribe: working.transcribe,
        verbs.Summarise: working.summarise,
        verbs.Translate: working.translate,
        verbs.Join: joining.join,
        verbs.Unjoin: joining.unjoin,
        verbs.Resolve: closing.resolve,
        verbs.Refer: closing.end,
        verbs.Unfounded: closing.end,
        verbs.NoContact: closing.end,
        verbs.Withdraw: closing.end,
        verbs.Reopen: closing.reopen,
        verbs.Exclude: committees.exclude,
        verbs.Include: committees.include,
        verbs.Recuse: committees.recuse,
        verbs.Release: committees.release,
        verbs.HandBack: committees.hand_back,
        verbs.TakeOver: committees.take_over,
        verbs.HandToPartner: committees.hand_to_partner,
        verbs.ReleaseToBrand: committees.release_to_brand,
        verbs.Answer: answering.answer,
        verbs.SetSite: sensitivity.set_site,
        verbs.SetCategory: sensitivity.set_category,
        verbs.SetSeverity: sensitivity.set_severity,
        verbs.Remediate: remediation.remediate,
        verbs.Review: remediation.review,
        verbs.Pause: pausing.pause,
        verbs.Resume: pausing.resume,
        verbs.Recalculate: recalculating.recalculate,
        verbs.UndoWithdraw: withdrawing.undo,
        verbs.Happened: happenings.happened,
        verbs.Formal: happenings.make_formal,
        verbs.Extend: happenings.extend,
        verbs.AnswerConflict: workers_word.answer_conflict,
        verbs.ChooseSite: workers_word.choose_site,
        verbs.ChooseCountry: workers_word.choose_country,
        verbs.SuggestSites: workers_word.suggest_sites,
        verbs.ChooseTopic: workers_word.hear_topic,
        verbs.RaiseDanger: workers_word.raise_danger,
        verbs.Say: workers_word.say,
        verbs.Speak: workers_word.speak,
        verbs.AllowTexts: workers_word.allow_texts,
        verbs.AllowCalls: workers_word.allow_calls,
        verbs.ChoosePart: workers_word.choose_part,
        verbs.FileFor: workers_word.file_for,
        verbs.RenewPin: workers_word.renew_pin,
        verbs.GivePhone: workers_word.give_phone,
        verbs.AddFile: workers_word.add_file,
        verbs.Rate: workers_word.rate,
        verbs.PutReprisal: aftercare.put,
        verbs.AnswerReprisal: aftercare.answer,
        verbs.SaySolved: workers_word.say_solved,
        verbs.WriteAgain: closing.write_again,
        verbs.AskWithdraw: withdrawing.ask_withdraw,
        verbs.UndoWithdrawByWorker: withdrawing.undo_by_worker,
        verbs.AskCallback: workers_word.ask_callback,
    }
)


_OF_LAW = (verbs.Happened, verbs.Formal, verbs.Extend)


def decide(
    case: CaseFile,
    command: Command,
    by: Actor,
    directory: Directory,
    at: datetime,
    *,
    beside: CaseFile | None = None,
    parts: int = 0,
) -> Decision:
    """Return what the act makes of the case; a refused one changes nothing.

    A refusal is set in `Decision.refusal`, for the person acting to read, and
    is itself one ledger event. A body that no longer stands has lost the case
    before it acts or is told anything. `beside` is the other case that the
    command names, or the one of which this is a part; `parts` how many are joined
    to this one.
    """
    draft = Draft(case, directory, at, by, beside=beside, parts=parts)
    if not case.state.is_closed:
        fall_back(draft)
    talking.note_reader(draft)
    if isinstance(command, WorkerWord):
        # She is in contact: what was tried to reach her counts no more.
        draft.change(contact_attempts=())
    try:
        role = by.person.role if by.person is not None else None
        to = allowed(case.state, name_of(command), _worn(draft, command), role)
        if to is not case.state and (to.is_closed or to is State.RESOLVED):
            need_no_duty(draft)
        joining.need_no_main(draft, command)
        before = draft.case
        notice = HANDLERS[type(command)](draft, command, to)
        joining.stand_alone(draft, before)
        talking.pass_on(draft, before)
    except Refusal as refusal:
        return _refused(case, command, by, refusal)
    follow_on(draft)
    if isinstance(command, _OF_LAW):
        notice = notice or law_notice(case, draft)
    return draft.decision(notice)


def _worn(draft: Draft, command: Command) -> frozenset[Hat]:
    """Return what the actor is to the case; nothing reads as no such case."""
    if not isinstance(command, StaffVerb):
        # The worker's own words, or what the conversation made of them.
        return frozenset({Hat.WORKER} if draft.by.person is None else ())
    person = draft.by.person
    worn = hats(person, draft.case, draft.directory, draft.day) if person else None
    if isinstance(command, verbs.Answer) and answering.may_answer(draft):
        worn = frozenset({Hat.TOLD, *(worn or ())})
    if not worn or (person and joining.hides_part(draft, person)):
        raise Refusal("unrelated", no_such_case(draft.case.number))
    return worn


def _refused(case: CaseFile, command: Command, by: Actor, refusal: Refusal) -> Decision:
    facts = {
        "verb": name_of(command),
        "why": refusal.why,
        "role": by.person.role.value if by.person else by.kind,
    }
    event = Event("act.refused", facts, actor=by.id)
    return Decision(case, events=(event,), refusal=str(refusal))
