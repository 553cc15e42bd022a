"""Words between a worker and a body of her factory pass through the partner.

Her own words may tell who she is: a committee reads what the partner has let
go. What a committee writes to her goes to her as it is, but where the carrier
takes prepared sentences only: there free words wait for the partner as well.
"""

from datetime import UTC

from app.domain.authority import Refusal
from app.domain.bodies import body, is_read_first, partners, readers
from app.domain.case import CaseFile
from app.domain.commands import Ask, ReleaseTold, ReleaseWords, Tell
from app.domain.directory import Directory
from app.domain.draft import Draft, to_people
from app.domain.notices import dated, named, next_clock, tell_worker_of_message
from app.domain.taxonomy import Role, State

# Where a carrier lets through what was registered beforehand, and nothing else.
_PREPARED_ONLY = frozenset({"IN"})
_BY_TELEPHONE = frozenset({"sms", "voice"})


def needs_reading(draft: Draft) -> bool:
    """Tell whether somebody stands between the worker and who holds her case."""
    case = draft.case
    if not case.route.is_factory_side:
        return False
    return is_read_first(case, draft.directory, draft.day)


def note_reader(draft: Draft) -> None:
    """Keep in the case that a partner serves for it: from then on words wait."""
    case = draft.case
    if not case.reads_first and partners(case, draft.directory, draft.day):
        draft.change(reads_first=True)


def pass_on(draft: Draft, before: CaseFile) -> None:
    """Tell the secretariat what waits, where the act left no partner to read it."""
    case = draft.case
    if partners(case, draft.directory, draft.day) or (case.is_read and not case.held):
        return
    if partners(before, draft.directory, draft.day):
        ask_reading(draft, f"left:{draft.at.astimezone(UTC):%Y-%m-%dT%H}")


def ask_reading(draft: Draft, occasion: str, *, what: str = "words") -> None:
    """Owe the partner, else the secretariat, that something waits for reading.

    `what`: words of the worker's, or held ones of the committee's. Whoever
    acts has seen it.
    """
    if not needs_reading(draft):
        return
    case = draft.case
    by = draft.by.person.id if draft.by.person else None
    people = [p for p in readers(case, draft.directory, draft.day) if p.id != by]
    params = dated(case, next_clock(case)) if case.deadlines else named(case)
    draft.owe(
        "words_wait",
        to_people(people),
        {**params, "what": what},
        occasion=occasion,
    )


def must_wait(draft: Draft, command: Tell | Ask) -> bool:
    """Tell whether free words to the worker wait for the partner."""
    return (
        not command.is_phrase
        and draft.person.role.is_factory_side
        and takes_prepared_only(draft.case, draft.directory)
        and needs_reading(draft)
    )


def takes_prepared_only(case: CaseFile, directory: Directory) -> bool:
    """Tell whether the worker's line lets through what was registered, and no more."""
    line = directory.numbers.get(case.hotline)
    country = line.country if line is not None else case.country
    return case.channel in _BY_TELEPHONE and country in _PREPARED_ONLY


def hold(draft: Draft, kind: str) -> str:
    """Keep the words until the partner has read them; nobody is told yet."""
    draft.record("words.held", verb=kind)
    ask_reading(draft, f"held:{draft.at.astimezone(UTC).isoformat()}", what="held")
    return "The partner reads this first, then it goes to the worker."


def release_words(draft: Draft, command: ReleaseWords, _to: State) -> None:
    """The partner lets the body read this; what it is stands in a message."""
    _needs_words(command)
    need_reader(draft)
    # What came while it was being released was read by nobody.
    draft.change(is_read=True if command.is_all else None)
    draft.record("words.released")
    if needs_reading(draft):
        draft.owe(
            "words_released",
            to_people(body(draft.case, draft.directory, draft.day)),
            named(draft.case),
            occasion=f"{draft.at.astimezone(UTC):%Y-%m-%dT%H}",
        )


def release_told(draft: Draft, command: ReleaseTold, _to: State) -> None:
    """The partner lets a committee's words go to the worker, as they are now."""
    _needs_words(command)
    need_reader(draft)
    if command.held not in draft.case.held:
        raise Refusal(
            "not_held", "This message does not wait: it was sent, or never written."
        )
    draft.change(held=draft.case.held - {command.held})
    draft.record("worker.told", held=str(command.held))
    tell_worker_of_message(draft)


def need_reader(draft: Draft) -> None:
    """Refuse the secretariat what a partner is there to read or hear."""
    is_hers = draft.person.role is Role.PARTNER
    if not is_hers and partners(draft.case, draft.directory, draft.day):
        raise Refusal("partner", "A partner serves for this case: she reads it first.")


def _needs_words(command: ReleaseWords | ReleaseTold) -> None:
    if not command.note.strip():
        raise Refusal("no_words", "Write the words: --note TEXT.")
