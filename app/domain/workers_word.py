"""What a worker says, and what follows from it."""

from collections.abc import Iterable
from datetime import UTC

from app.domain.bodies import body, partners, secretariat
from app.domain.case import Recipient
from app.domain.closing import close, deny_solved, refuse_final
from app.domain.commands import (
    AddFile,
    AllowCalls,
    AllowTexts,
    AnswerConflict,
    AskCallback,
    ChooseCountry,
    ChoosePart,
    ChooseSite,
    ChooseTopic,
    FileFor,
    GivePhone,
    RaiseDanger,
    Rate,
    RenewPin,
    Say,
    SaySolved,
    Speak,
    SuggestSites,
)
from app.domain.draft import Draft, to_people
from app.domain.handover import as_handed, as_new, holding, reckon, rehome
from app.domain.notices import named
from app.domain.pausing import end_pause
from app.domain.sensitivity import choose_topic, place, raise_to_critical
from app.domain.talking import ask_reading
from app.domain.taxonomy import Conflict, State


def answer_conflict(draft: Draft, command: AnswerConflict, _to: State) -> None:
    """A first "no" sends it to the committee; anything else keeps it outside.

    A "no" after another answer lowers the guard, which only a partner does.
    """
    case, answer = draft.case, command.answer
    end_pause(draft)
    draft.record("conflict.answered", answer=answer.value)
    if answer == Conflict.NO and case.conflict is not None:
        return
    before = holding(draft)
    draft.change(
        conflict=answer, is_released=case.is_released and answer != Conflict.YES
    )
    tell = as_new if answer == Conflict.NO else as_handed("conflict")
    rehome(draft, before, tell)


def choose_site(draft: Draft, command: ChooseSite, _to: State) -> None:
    end_pause(draft)
    place(draft, command.code)


def choose_country(draft: Draft, command: ChooseCountry, _to: State) -> None:
    """Its partner, its law and its hours are those of that country."""
    before, old = holding(draft), draft.case
    if old.site is not None or old.country == command.country:
        return
    draft.change(country=command.country)
    draft.record("country.chosen", was=old.country, country=command.country)
    reckon(draft, old)
    rehome(draft, before, as_new, always_tell=True)


def suggest_sites(draft: Draft, command: SuggestSites, _to: State) -> None:
    """Sites that it may be, for the partner to look at: nothing follows."""
    draft.change(suggested_sites=command.codes)
    draft.record("site.suggested", codes=list(command.codes))


def hear_topic(draft: Draft, command: ChooseTopic, _to: State) -> None:
    end_pause(draft)
    draft.record("topic.chosen", category=command.category.value)
    choose_topic(draft, command.category)


def raise_danger(draft: Draft, _command: RaiseDanger, _to: State) -> None:
    """To S1 and away from the committee, also where it was closed already."""
    draft.record("danger.raised")
    raise_to_critical(draft, as_handed("danger"))


def say(draft: Draft, _command: Say, _to: State) -> None:
    """More text: the body is told so, once in a clock hour.

    A closed case hears her for thirty days, and is not opened again by it.
    """
    refuse_final(draft)
    end_pause(draft)
    draft.change(is_read=None)
    draft.record("text.added")
    people = body(draft.case, draft.directory, draft.day)
    draft.owe(
        "worker_wrote",
        to_people(people),
        named(draft.case),
        occasion=_hour(draft),
    )
    ask_reading(draft, _hour(draft))


def speak(draft: Draft, _command: Speak, _to: State) -> None:
    """A voice is there to be written down, once an hour for each partner."""
    end_pause(draft)
    draft.change(is_unheard=True)
    draft.record("voice.spoken")
    draft.owe("voice_new", _keepers(draft), named(draft.case), occasion=_hour(draft))


def _keepers(draft: Draft) -> Iterable[Recipient]:
    """Return the partner, whoever holds the case; else the secretariat."""
    case, directory, day = draft.case, draft.directory, draft.day
    return to_people(
        partners(case, directory, day) or secretariat(case, directory, day)
    )


def _hour(draft: Draft) -> str:
    """Return the clock hour: what is told once in it is one occasion."""
    return draft.at.astimezone(UTC).strftime("%Y-%m-%dT%H")


def allow_texts(draft: Draft, command: AllowTexts, _to: State) -> None:
    draft.change(may_text=command.may_text)
    draft.record("texts.allowed" if command.may_text else "texts.refused")


def allow_calls(draft: Draft, command: AllowCalls, _to: State) -> None:
    draft.change(may_call=command.may_call)
    draft.record("calls.allowed" if command.may_call else "calls.refused")


def choose_part(draft: Draft, command: ChoosePart, _to: State) -> None:
    draft.change(reach_part=command.part)
    draft.record("part.chosen", part=command.part)


def file_for(draft: Draft, command: FileFor, _to: State) -> None:
    draft.change(filed_by=command.by)
    draft.record("filed.for_another", by=command.by)


def renew_pin(draft: Draft, _command: RenewPin, _to: State) -> None:
    """What was filed for her is hers from now on, and so is who may be told."""
    draft.record("pin.renewed")
    if draft.case.is_for_another:
        draft.change(is_taken_over=True, may_text=None, may_call=None, reach_part=None)
        draft.record("worker.took_over")


def give_phone(draft: Draft, _command: GivePhone, _to: State) -> None:
    draft.record("phone.given")


def add_file(draft: Draft, command: AddFile, _to: State) -> None:
    """A file is there to be looked at, once an hour for each partner."""
    end_pause(draft)
    if command.kind == "voice":
        draft.change(is_unheard=True)
    draft.record("file.added", file=command.kind)
    draft.owe("file_new", _keepers(draft), named(draft.case), occasion=_hour(draft))


def rate(draft: Draft, command: Rate, _to: State) -> None:
    draft.change(rating=command.stars)
    draft.record("worker.rated", stars=command.stars)


def ask_callback(draft: Draft, _command: AskCallback, _to: State) -> None:
    """Somebody shall call: the partner is told, whoever holds the case."""
    end_pause(draft)
    draft.record("callback.asked")
    draft.owe(
        "worker_calls",
        _keepers(draft),
        named(draft.case),
        occasion=_hour(draft),
    )


def say_solved(draft: Draft, command: SaySolved, to: State) -> None:
    """Her yes closes it as confirmed; her no runs it again, one rung higher."""
    if not command.is_solved:
        deny_solved(draft, to)
        return
    refuse_final(draft)
    draft.record("solution.confirmed")
    close(draft, to)
