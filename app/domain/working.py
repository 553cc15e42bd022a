"""The body's own verbs: read, start, plan, propose, and keep a record."""

from app.domain.authority import Refusal
from app.domain.clocks import IMPLIED, meet
from app.domain.closing import refuse_final
from app.domain.commands import (
    Acknowledge,
    Ask,
    Attempt,
    Note,
    Plan,
    Propose,
    StaffVerb,
    Start,
    Summarise,
    Take,
    Tell,
    Transcribe,
    Translate,
)
from app.domain.draft import Draft
from app.domain.notices import tell_worker, tell_worker_of_message
from app.domain.talking import hold, must_wait, need_reader
from app.domain.taxonomy import LANGUAGES, Clock, State


def acknowledge(draft: Draft, command: Acknowledge, to: State) -> None:
    draft.change(state=to)
    draft.record("case.acknowledged", command.note)
    meet(draft, Clock.ACKNOWLEDGE)
    tell_worker(draft)


def start(draft: Draft, command: Start, to: State) -> None:
    """The first action; whoever takes it has read the case."""
    is_news = not _was_read(draft)
    draft.change(state=to)
    draft.record("case.started", command.note)
    meet(draft, *IMPLIED)
    if is_news:
        tell_worker(draft)


def _was_read(draft: Draft) -> bool:
    """Return whether the worker could hear before that somebody has read it."""
    clock = draft.case.deadline(Clock.ACKNOWLEDGE)
    if clock is None:
        return draft.case.state != State.RECEIVED
    return clock.met_at is not None


def plan(draft: Draft, command: Plan, to: State) -> None:
    """A remediation plan is there, where the policy asks for one."""
    if draft.case.deadline(Clock.PLAN) is None:
        raise Refusal("no_plan", "This case needs no plan: propose or resolve it.")
    is_news = not _was_read(draft)
    draft.change(state=to)
    draft.record("case.planned", command.note)
    meet(draft, *IMPLIED, Clock.PLAN)
    if is_news:
        tell_worker(draft)


def propose(draft: Draft, command: Propose, to: State) -> None:
    is_new = draft.case.state != to
    draft.change(state=to)
    draft.record("remedy.proposed", command.note)
    meet(draft, *IMPLIED)
    if is_new:
        tell_worker(draft)


def note(draft: Draft, command: Note, _to: State) -> None:
    if not command.note.strip():
        raise Refusal("no_reason", "Write the note: --note TEXT.")
    draft.record("note.added", command.note)


def tell(draft: Draft, command: Tell, _to: State) -> str | None:
    """A message waits for the worker; she hears of it where she said yes."""
    _needs_words(command)
    refuse_final(draft)
    if must_wait(draft, command):
        return hold(draft, "tell")
    draft.record("worker.told")
    tell_worker_of_message(draft)
    return None


def ask(draft: Draft, command: Ask, _to: State) -> str | None:
    """A question waits for her; no clock stops for it."""
    _needs_words(command)
    if must_wait(draft, command):
        return hold(draft, "ask")
    draft.record("worker.asked")
    tell_worker_of_message(draft)
    return None


def take(draft: Draft, command: Take, _to: State) -> None:
    """She works it for the others from now on, whoever had it before."""
    was = draft.case.taken_by
    if was == draft.person.id:
        raise Refusal("taken", "You have taken this case already.")
    draft.change(taken_by=draft.person.id)
    draft.record("case.taken", command.note, was=str(was) if was else None)


def transcribe(draft: Draft, command: Transcribe, _to: State) -> None:
    _needs_words(command)
    need_reader(draft)
    draft.change(is_unheard=None if command.is_last else True)
    draft.record("recording.transcribed")


def summarise(draft: Draft, command: Summarise, _to: State) -> None:
    _needs_words(command)
    draft.record("recording.summarised")


def translate(draft: Draft, command: Translate, _to: State) -> None:
    _needs_words(command)
    if command.language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise Refusal("language", f"Say into which language: one of {known}.")
    draft.record("recording.translated", language=command.language)


def _needs_words(command: StaffVerb) -> None:
    """The words themselves are kept, sealed, beside what the worker said."""
    if not command.note.strip():
        raise Refusal("no_words", "Write the words: --note TEXT.")


def attempt(draft: Draft, command: Attempt, _to: State) -> None:
    """Somebody tried to reach the worker; three days of it may end a case."""
    attempts = (*draft.case.contact_attempts, draft.at)
    draft.change(contact_attempts=attempts)
    draft.record("contact.attempted", command.note, count=len(attempts))
