"""What happened, in plain words: one sentence for each kind of event.

Who did it stands beside the sentence and not in it, so that no language must
bend a name. A kind without a sentence is said as such, never left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.console import words
from app.domain.taxonomy import Role
from app.store.readers.rooms import EventView, RungView, Who
from app.wording.line import N_, Line

SENTENCES: Mapping[str, str] = {
    "case.opened": N_("The complaint came."),
    "case.entered": N_("It was written down for the worker, from paper or a visit."),
    "case.acknowledged": N_("The case was taken up."),
    "case.started": N_("The first action was taken."),
    "case.planned": N_("A plan to put things right was made."),
    "remedy.proposed": N_("A remedy was proposed."),
    "case.signed": N_("Signed as solved: {side}."),
    "case.resolved": N_("The case was declared solved. The worker is asked."),
    "case.closed": N_("The case ended: {state}."),
    "case.reopened": N_("The case was opened again."),
    "case.taken": N_("One person works the case now for the others."),
    "case.rerouted": N_("The case went to another body: {route}."),
    "case.released": N_("The partner gave the case to the committee."),
    "case.handed_back": N_("The partner gave the case back to the committee."),
    "case.taken_over": N_("The partner took the case over."),
    "case.given_up": N_("The committee handed the case to the partner."),
    "case.released_to_brands": N_("Brands may read now what the case is about."),
    "case.formalised": N_("The complaint became a formal one, in writing."),
    "case.reviewed": N_("The review was held."),
    "case.escalated": N_("The case climbed; it was told to: {rung}."),
    "case.joined": N_("The case goes together with another one."),
    "case.unjoined": N_("The case goes its own way again."),
    "main.followed": N_("What was done in the main case holds for this one."),
    "clock.reminded": N_("A reminder went out: {clock}."),
    "clock.missed": N_("A date passed unkept: {clock}."),
    "clocks.recalculated": N_("The dates were reckoned anew."),
    "pause.begun": N_("The clocks wait for the worker."),
    "pause.ended": N_("The clocks run again."),
    "rung.answered": N_("It was answered: somebody acts on it."),
    "rung.missed": N_("Nobody answered in time."),
    "rung.ended": N_("No answer is waited for any more."),
    "category.set": N_("The kind of the case was set: {category}."),
    "severity.set": N_("The severity was set: {severity}."),
    "site.set": N_("The site was set."),
    "site.suggested": N_("Sites that it may be were found."),
    "country.chosen": N_("The worker said in which country it is."),
    "topic.chosen": N_("The worker said what it is about: {category}."),
    "topic.kept": N_("The kind of the case stays: {kept}."),
    "conflict.answered": N_("The worker said whether it is about somebody in charge."),
    "danger.raised": N_("The worker spoke of danger."),
    "text.added": N_("The worker wrote."),
    "text.heard": N_("The worker's words were kept."),
    "voice.spoken": N_("The worker left a spoken message."),
    "file.added": N_("The worker sent a file."),
    "file.refused": N_("A file that the worker sent could not be kept."),
    "file.lost": N_("A file that the worker sent never came."),
    "callback.asked": N_("The worker asks to be called."),
    "worker.told": N_("A message was written to the worker."),
    "worker.asked": N_("The worker was asked something."),
    "worker.rated": N_("The worker rated the help: {stars} of 5."),
    "worker.took_over": N_("The worker made the case her own."),
    "worker.wrote_again": N_("The worker wrote after the end; it runs again."),
    "words.released": N_("The partner released words of the worker."),
    "words.held": N_("A message to the worker waits for the partner."),
    "texts.allowed": N_("The worker may be told by text message."),
    "texts.refused": N_("The worker does not want text messages."),
    "calls.allowed": N_("The worker may be called."),
    "calls.refused": N_("The worker does not want calls."),
    "part.chosen": N_("The worker said when she may be reached."),
    "phone.given": N_("The worker gave a telephone."),
    "pin.renewed": N_("The worker has another PIN."),
    "filed.for_another": N_("Somebody filed it for the worker."),
    "language.set": N_("The worker chose a language."),
    "solution.confirmed": N_("The worker says that it is solved."),
    "solution.denied": N_("The worker says that it is not solved."),
    "closing.contested": N_("The worker does not agree with how it ended."),
    "withdrawal.asked": N_("The worker asked to take it back."),
    "withdrawal.undone": N_("It is not taken back."),
    "withdrawal.lapsed": N_("The wish to take it back is void."),
    "remediation.begun": N_("Remediation began."),
    "remediation.ended": N_("Remediation ended."),
    "child.kept": N_("The case stays in remediation: it is about a child."),
    "contact.attempted": N_("Somebody tried to reach the worker."),
    "note.added": N_("A note was written."),
    "member.excluded": N_("Somebody does not sit on this case."),
    "member.included": N_("Somebody sits on this case again."),
    "alternate.drawn": N_("An alternate was drawn."),
    "alternate.stood_down": N_("An alternate stood down."),
    "recording.kept": N_("A recording was kept."),
    "recording.transcribed": N_("The partner wrote down what was spoken."),
    "recording.summarised": N_("The partner wrote a summary."),
    "recording.translated": N_("The partner translated it."),
    "voice.heard": N_("The recording was listened to."),
    "recording.heard": N_("The recording was listened to."),
    "file.opened": N_("A file was looked at."),
    "text.read": N_("The words were read."),
    "act.refused": N_("Something was tried that the rules do not allow."),
    "law.started": N_("A term of the law began."),
    "law.met": N_("A term of the law was kept."),
    "law.missed": N_("A term of the law passed unkept."),
    "law.moved": N_("A term of the law has another date."),
    "law.extended": N_("A term of the law was extended."),
    "law.ended": N_("A term of the law ended."),
    "law.resumed": N_("A term of the law runs again."),
    "milestone.recorded": N_("Something that the law looks at was recorded."),
    "milestone.said": N_("Something that the law looks at was said again."),
    "brand.promised": N_("A brand promised not to contact the factory."),
    "brand.word_written": N_("A brand, or the partner, wrote to the brands."),
    "brand.lead_handed": N_("Another brand leads now."),
    "remedy.planned": N_("An action was added to the remedy plan."),
    "remedy.finished": N_("An action of the remedy plan was done."),
    "remedy.dropped": N_("An action of the remedy plan was dropped."),
    "remedy.confirmed": N_("The worker confirmed an action of the remedy plan."),
    "reprisal.asked": N_("The worker is asked whether anybody made trouble for her."),
    "reprisal.checked": N_("The worker answered whether there was trouble."),
    "reprisal.reported": N_("The worker says that somebody made trouble for her."),
    "reprisal.unanswered": N_("The worker did not answer whether there was trouble."),
    "case.forgotten": N_("The case was forgotten."),
}
_OTHERWISE = N_("Something was recorded ({kind}).")

RUNGS: Mapping[str, str] = {
    "committee": N_("the committee"),
    "partner": N_("the partner"),
    "factory_head": N_("the head of the factory"),
    "first_tier": N_("the factories that buy here"),
    "secretariat": N_("the secretariat"),
    "brand": N_("the brands"),
}
# Whose names a reader may not know are called by what they are.
WHO: Mapping[str, str] = {
    "worker": N_("The worker"),
    "system": N_("By itself"),
    "somebody": N_("Somebody who has left"),
    Role.COMMITTEE: N_("The committee"),
    Role.INTERNAL_COMMITTEE: N_("The internal committee"),
    Role.SAFETY_COMMITTEE: N_("The safety committee"),
    Role.FACTORY_HEAD: N_("The head of the factory"),
    Role.PARTNER: N_("The partner"),
    Role.BRAND: N_("A brand"),
    Role.AUDITOR: N_("An auditor"),
    Role.ADMIN: N_("The secretariat"),
}
_YOU = N_("You")
# What the clock, a reminder or a reckoning does is said more softly.
_QUIET = frozenset({"clock.reminded", "law.started", "recording.kept", "text.read"})


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history."""

    on: date
    at: datetime | None
    says: Line
    who: Line | str
    about: Line | str | None
    note: str | None
    is_quiet: bool
    is_late: bool


def told(event: EventView) -> Told:
    """Return an event as its reader may read it."""
    return Told(
        on=event.on,
        at=event.at,
        says=sentence(event),
        who=called(event.by),
        about=called(event.person) if event.person else None,
        note=event.note,
        is_quiet=event.kind in _QUIET,
        is_late=event.kind in ("clock.missed", "rung.missed", "law.missed"),
    )


def sentence(event: EventView) -> Line:
    message = SENTENCES.get(event.kind)
    if message is None:
        return Line(_OTHERWISE, {"kind": event.kind})
    return Line(message, _said(event.facts))


def called(who: Who) -> Line | str:
    """Return a name where the reader may know it, else what somebody is."""
    if who.is_reader:
        return Line(_YOU)
    return who.name or Line(WHO.get(who.kind, WHO["somebody"]))


def climbed(rung: RungView) -> Line | str:
    return _named(RUNGS, rung.rung)


_NAMES: Mapping[str, Mapping[str, str]] = {
    "clock": words.CLOCKS,
    "state": words.STATES,
    "route": words.ROUTES,
    "category": words.CATEGORIES,
    "kept": words.CATEGORIES,
    "severity": words.SEVERITIES,
    "side": words.SIDES,
    "rung": RUNGS,
}


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts as a sentence names them; what it needs is always there."""
    said: dict[str, Any] = dict.fromkeys((*_NAMES, "stars"), "…")
    for name, value in facts.items():
        names = _NAMES.get(name)
        said[name] = _named(names, str(value)) if names else str(value)
    return said


def _named(names: Mapping[str, str], code: str) -> Line | str:
    return Line(names[code]) if code in names else code
