"""What each owed message says, as sentences for the catalogues.

A mail to staff says which case, what must be done by when, and with which
command; never a word of what the worker wrote, and never what it is about.
Brands learn of a protected case only that it exists, where in the world, which
step was missed, and whom to ask. Wording happens when a message is sent, in
the language that its reader has then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from app.conversation import lines
from app.conversation.staff.lines import NOTICE
from app.domain.taxonomy import COMMITTEE_ROUTES
from app.outbox import sentences as words
from app.outbox.owed import LEDGER_HEAD, URGENT_TEXT, Channel
from app.wording.line import Line


@dataclass(frozen=True, slots=True)
class Worded:
    """A message before a language is chosen; a text message has no subject."""

    subject: Line | None
    lines: tuple[Line, ...]


def word(template: str, params: Mapping[str, Any], channel: Channel) -> Worded:
    """Return the sentences of one owed message.

    Times in `params` are ISO 8601 strings, as the outbox keeps them, or dates
    for who is told no more. `you`,
    if present, is the reader's own address, for the command to be copied,
    `is_brand` says that a brand reads it, `held_by` on which route the case
    stands now, `room` is the case's own page, for a reader who can sign in, and
    `has_pin` says that they work by text message.
    Raise KeyError where no template has that name, or where it is of a call,
    which has no words.
    """
    if channel is Channel.CALL:
        raise KeyError(template)
    if template == "worker_news":
        return Worded(None, (lines.WORKER_NEWS,))
    if template in _AT_THE_DOOR:
        return _AT_THE_DOOR[template](params, channel)
    if template == URGENT_TEXT:
        return _notice(params)
    compose = _TEMPLATES[template]
    if channel is Channel.SMS:
        return _notice(params)
    worded = compose(_Facts(params))
    return _linked(worded, str(params["room"])) if params.get("room") else worded


def _room_invite(params: Mapping[str, Any], channel: Channel) -> Worded:
    """Say where to come in; whoever reads it comes in as its reader, once."""
    said = {"link": params["link"], "until": datetime.fromisoformat(params["until"])}
    if channel is Channel.SMS:
        return Worded(None, (Line(words.INVITE_TEXT, said),))
    return Worded(
        Line(words.INVITE_SUBJECT),
        (
            Line(words.INVITE),
            Line(words.INVITE_LINK, said),
            Line(words.INVITE_ONCE, said),
        ),
    )


def _room_code(params: Mapping[str, Any], channel: Channel) -> Worded:
    subject = None if channel is Channel.SMS else Line(words.CODE_SUBJECT)
    return Worded(subject, (Line(words.CODE, {"code": params["code"]}),))


def _pin_stopped(_params: Mapping[str, Any], channel: Channel) -> Worded:
    subject = None if channel is Channel.SMS else Line(words.PIN_STOPPED_SUBJECT)
    return Worded(subject, (Line(words.PIN_STOPPED),))


def _signed_by_text(_params: Mapping[str, Any], channel: Channel) -> Worded:
    subject = None if channel is Channel.SMS else Line(words.SIGNED_BY_TEXT_SUBJECT)
    return Worded(subject, (Line(words.SIGNED_BY_TEXT),))


def _partner_added(params: Mapping[str, Any], channel: Channel) -> Worded:
    """Say whom who made a partner, so that it is never one person's doing."""
    is_invited = params.get("what") == "invited"
    said = {
        "name": params["name"],
        "where": ", ".join(params["where"]) or Line(words.EVERY_CASE),
        "by": params["by_name"] or Line(words.COMMAND_LINE),
    }
    lines = (
        Line(words.PARTNER_INVITED if is_invited else words.PARTNER_ADDED, said),
        Line(words.PARTNER_DO),
    )
    if channel is Channel.SMS:
        return Worded(None, lines)
    subject = (
        words.PARTNER_INVITED_SUBJECT if is_invited else words.PARTNER_ADDED_SUBJECT
    )
    return Worded(Line(subject), lines)


def _ledger_head(params: Mapping[str, Any], channel: Channel) -> Worded:
    """Give the heads as they are, each on a line of its own, and nothing else."""
    said = {name: params[name] for name in ("first", "last", "heads")}
    if channel is Channel.SMS:
        return Worded(None, (Line(words.HEAD_TEXT, said),))
    return Worded(Line(words.HEAD_SUBJECT, said), (Line(words.HEAD, said),))


# What concerns no case; a text message says it whole.
_AT_THE_DOOR: Mapping[str, Callable[[Mapping[str, Any], Channel], Worded]] = {
    "room_invite": _room_invite,
    "room_code": _room_code,
    "partner_added": _partner_added,
    "pin_stopped": _pin_stopped,
    "signed_by_text": _signed_by_text,
    LEDGER_HEAD: _ledger_head,
}


def _notice(params: Mapping[str, Any]) -> Worded:
    """Say to somebody on the staff by text that something waits, and no more."""
    has_pin = bool(params.get("has_pin"))
    return Worded(None, (NOTICE if has_pin else lines.STAFF_NOTICE,))


def _linked(worded: Worded, room: str) -> Worded:
    """Add where the case is seen, if the message itself says which case it is.

    What names no case leads to none: an address would say what the words do not.
    """
    said = (worded.subject, *worded.lines)
    if not any(line is not None and "number" in _names(line) for line in said):
        return worded
    *first, last = worded.lines
    link = Line(words.ROOM, {"link": room})
    if last.message in (words.DISCREET, words.ASK_FIRST):
        return Worded(worded.subject, (*first, link, last))
    return Worded(worded.subject, (*worded.lines, link))


def _names(line: Line) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(line.message) if name)


class _Facts:
    """The params of one message, with what a sentence needs of them."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params

    def say(self, message: str) -> Line:
        return Line(message, {**self.params, **self._worded()})

    def get(self, name: str) -> Any:
        return self.params.get(name)

    def command(self, verb: str) -> tuple[Line, ...]:
        """Return how to do it: the command, whole, ready to be copied."""
        number = self.get("number")
        if not number:
            return ()
        who = self.get("you") or "EMAIL"
        text = f"threadline cases act {number} {verb} --as {who}"
        return (Line(words.COMMAND, {"command": text}),)

    def site(self) -> tuple[Line, ...]:
        if self.get("site"):
            return (self.say(words.SITE),)
        return (self.say(words.SITE_UNKNOWN),)

    def country(self) -> tuple[Line, ...]:
        code = self.get("country")
        if not code:
            return ()
        name = words.COUNTRIES.get(code)
        return (Line(words.COUNTRY, {"country": Line(name) if name else code}),)

    def partner(self) -> tuple[Line, ...]:
        """Return whom a brand may ask, and that it must not ask the factory."""
        if self.get("partner"):
            return (self.say(words.ASK_PARTNER), self.say(words.BRAND_DO))
        return (self.say(words.BRAND_DO_ALONE),)

    def rung(self) -> tuple[Line, ...]:
        """Return what a missed date asks of whoever stands on this rung."""
        rung = str(self.get("rung"))
        said = words.RUNG.get(rung)
        if self.get("held_by") in COMMITTEE_ROUTES:
            said = words.RUNG_ABOVE_COMMITTEE.get(rung, said)
        return (self.say(said),) if said else ()

    def answer(self) -> tuple[Line, ...]:
        """Return by when an answer is waited for, and how to give it."""
        if not self.get("answer_by"):
            return ()
        return (self.say(words.ANSWER_BY), *self.command("answer"))

    def lead(self) -> tuple[Line, ...]:
        """Return which brand speaks for all, where there is more than one."""
        said = words.LEAD.get(str(self.get("part")))
        return (self.say(said),) if said else ()

    def by_clock(self, said: Mapping[str, str]) -> tuple[Line, ...]:
        """Return the sentence about this message's clock, if it names one."""
        message = said.get(str(self.get("clock")))
        return (self.say(message),) if message else ()

    def to_do(self) -> tuple[Line, ...]:
        """Return what the clock asks for, by when, and the command for it."""
        clock = str(self.get("clock"))
        if clock not in words.DO_BY or not self.get("due_at"):
            return ()
        return (self.say(words.DO_BY[clock]), *self.command(_VERBS[clock]))

    def _worded(self) -> dict[str, Any]:
        worded: dict[str, Any] = {
            name: moment_of(value)
            for name in ("due_at", "until", "answer_by")
            if (value := self.get(name))
        }
        if partner := self.get("partner"):
            worded["partner"] = ", ".join(partner)
        return worded


def moment_of(value: str) -> date | datetime:
    """Return a time of the params; a date where its reader is told no more."""
    is_date = len(value) == len("2026-09-03")
    return date.fromisoformat(value) if is_date else datetime.fromisoformat(value)


# The verb of `threadline cases act` that meets each clock.
_VERBS = {
    "acknowledge": "acknowledge",
    "first_action": "start",
    "resolve": "resolve",
    "plan": "plan",
    "review": "review",
}


def _case_new(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.NEW_SUBJECT),
        (
            facts.say(words.NEW),
            *facts.site(),
            *facts.to_do(),
            facts.say(words.DISCREET),
        ),
    )


def _voice_new(facts: _Facts) -> Worded:
    number, who = facts.get("number"), facts.get("you") or "EMAIL"
    act = f"threadline cases act {number}"
    commands = (
        f"threadline cases listen {number} --as {who} --reason TEXT",
        f"{act} transcribe --as {who} --note TEXT",
        f"{act} summarise --as {who} --note TEXT",
    )
    return Worded(
        facts.say(words.VOICE_SUBJECT),
        (
            facts.say(words.VOICE),
            facts.say(words.VOICE_DO),
            *(Line(words.COMMAND, {"command": command}) for command in commands),
            facts.say(words.DISCREET),
        ),
    )


def _file_new(facts: _Facts) -> Worded:
    number, who = facts.get("number"), facts.get("you") or "EMAIL"
    act = f"threadline cases act {number}"
    commands = (
        f"threadline cases files {number} --as {who} --reason TEXT --out DIR",
        f"{act} summarise --as {who} --note TEXT",
    )
    return Worded(
        facts.say(words.FILE_SUBJECT),
        (
            facts.say(words.FILE),
            facts.say(words.FILE_DO),
            *(Line(words.COMMAND, {"command": command}) for command in commands),
            facts.say(words.DISCREET),
        ),
    )


def _case_handed(facts: _Facts) -> Worded:
    said = words.HANDED.get(str(facts.get("reason")), words.HANDED_OTHERWISE)
    return Worded(
        facts.say(words.HANDED_SUBJECT),
        (facts.say(said), *facts.site(), *facts.to_do(), facts.say(words.DISCREET)),
    )


def _reminder(facts: _Facts) -> Worded:
    gone = words.HALF_GONE if facts.get("percent") == 50 else words.MOST_GONE
    return Worded(
        facts.say(words.REMINDER_SUBJECT),
        (facts.say(gone), *facts.site(), *facts.to_do(), facts.say(words.DISCREET)),
    )


def _missed(facts: _Facts) -> Worded:
    clock, rung = str(facts.get("clock")), str(facts.get("rung"))
    # Only who may act in the case is handed the command for it.
    acts = rung in ("committee", "partner") and clock in _VERBS
    return Worded(
        facts.say(words.MISSED_SUBJECT),
        (
            *(facts.by_clock(words.MISSED) or (facts.say(words.MISSED_OTHERWISE),)),
            *facts.site(),
            *facts.rung(),
            *(facts.command(_VERBS[clock]) if acts else ()),
            *facts.answer(),
            facts.say(words.DISCREET),
        ),
    )


def _not_solved(facts: _Facts) -> Worded:
    said = words.NOT_SOLVED if (facts.get("count") or 1) < 2 else words.NOT_SOLVED_AGAIN
    return Worded(
        facts.say(words.NOT_SOLVED_SUBJECT),
        (
            facts.say(said),
            *facts.site(),
            facts.say(words.NOT_SOLVED_DO),
            *facts.lead(),
            *facts.answer(),
            facts.say(words.ASK_FIRST if facts.get("is_brand") else words.DISCREET),
        ),
    )


def _second_miss(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.SECOND_MISS_SUBJECT),
        (
            facts.say(words.SECOND_MISS),
            *facts.site(),
            facts.say(words.ASK_MANAGEMENT),
            *facts.lead(),
            *facts.answer(),
        ),
    )


def _review_missed(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.REVIEW_SUBJECT),
        (
            facts.say(words.REVIEW),
            *facts.site(),
            facts.say(words.REVIEW_DO),
            *facts.command(_VERBS["review"]),
            facts.say(words.DISCREET),
        ),
    )


def _look(subject: str, says: str, asks: str) -> Callable[[_Facts], Worded]:
    """Return what asks for a look at a case, with the command that shows it."""

    def compose(facts: _Facts) -> Worded:
        shows = f"threadline cases show {facts.get('number')}"
        return Worded(
            facts.say(subject),
            (
                facts.say(says),
                *facts.site(),
                facts.say(asks),
                Line(words.COMMAND, {"command": shows}),
                facts.say(words.DISCREET),
            ),
        )

    return compose


def _withdraw_check(facts: _Facts) -> Worded:
    """Dated, it takes effect by itself; undated, the partner talks first."""
    if facts.get("until"):
        says, asks, verb = words.WITHDRAW, words.WITHDRAW_DO, "undo-withdraw"
    else:
        says, asks, verb = words.WITHDRAW_TALK, words.WITHDRAW_TALK_DO, "note"
    return Worded(
        facts.say(words.WITHDRAW_SUBJECT),
        (
            facts.say(says),
            *facts.site(),
            facts.say(asks),
            *facts.command(verb),
            facts.say(words.DISCREET),
        ),
    )


def _worker_wrote(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.WROTE_SUBJECT),
        (
            facts.say(words.WROTE),
            *facts.site(),
            facts.say(words.WROTE_DO),
            facts.say(words.DISCREET),
        ),
    )


def _worker_calls(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.CALLS_SUBJECT),
        (
            facts.say(words.CALLS),
            *facts.site(),
            facts.say(words.CALLS_DO),
            facts.say(words.DISCREET),
        ),
    )


def _words_wait(facts: _Facts) -> Worded:
    """Something to be read by the partner before it may go on, either way."""
    is_held = facts.get("what") == "held"
    return Worded(
        facts.say(words.WAIT_SUBJECT),
        (
            facts.say(words.WAIT_HELD if is_held else words.WAIT),
            *facts.site(),
            *((facts.say(words.WAIT_DATE),) if facts.get("due_at") else ()),
            facts.say(words.DISCREET),
        ),
    )


def _words_released(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.RELEASED_SUBJECT),
        (facts.say(words.RELEASED), *facts.site(), facts.say(words.DISCREET)),
    )


def _worker_unreachable(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.UNREACHABLE_SUBJECT),
        (
            facts.say(words.UNREACHABLE),
            *facts.site(),
            facts.say(words.UNREACHABLE_DO),
        ),
    )


def _brand_alert(facts: _Facts) -> Worded:
    said = words.BRAND_ALERT if facts.get("number") else words.BRAND_ALERT_NUMBERLESS
    return Worded(
        facts.say(words.BRAND_ALERT_SUBJECT),
        (
            facts.say(said),
            *facts.country(),
            *facts.partner(),
        ),
    )


def _brand_missed(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.BRAND_MISSED_SUBJECT),
        (
            facts.say(words.BRAND_MISSED),
            *(facts.by_clock(words.MISSED) or (facts.say(words.MISSED_OTHERWISE),)),
            *facts.site(),
            *facts.country(),
            *facts.lead(),
            *facts.answer(),
            facts.say(words.ASK_FIRST),
        ),
    )


def _lead_handed(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.LEAD_HANDED_SUBJECT),
        (
            facts.say(words.LEAD_HANDED),
            *facts.site(),
            facts.say(words.ASK_FIRST),
        ),
    )


def _brand_wrote(facts: _Facts) -> Worded:
    """A brand reads no number here: it may have none of this case."""
    if facts.get("number"):
        return Worded(
            facts.say(words.BRAND_WROTE_NAMED_SUBJECT),
            (facts.say(words.BRAND_WROTE_NAMED),),
        )
    return Worded(facts.say(words.BRAND_WROTE_SUBJECT), (facts.say(words.BRAND_WROTE),))


def _brand_reminder(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.BRAND_REMINDER_SUBJECT),
        (
            facts.say(words.BRAND_REMINDER),
            *facts.site(),
            *facts.country(),
            *facts.lead(),
            *facts.answer(),
            facts.say(words.ASK_FIRST),
        ),
    )


def _silent(facts: _Facts) -> Worded:
    said = words.SILENT.get(str(facts.get("silent")), words.SILENT_OTHERWISE)
    return Worded(
        facts.say(words.SILENT_SUBJECT),
        (
            facts.say(said),
            *facts.site(),
            facts.say(words.SILENT_DO),
            *facts.answer(),
            facts.say(words.DISCREET),
        ),
    )


def _missed_general(facts: _Facts) -> Worded:
    is_brand = facts.get("rung") == "brand"
    return Worded(
        facts.say(words.GENERAL_SUBJECT),
        (
            facts.say(words.GENERAL),
            *facts.site(),
            facts.say(words.ASK_FIRST if is_brand else words.GENERAL_HEAD),
        ),
    )


def _first_tier_missed(facts: _Facts) -> Worded:
    return Worded(
        facts.say(words.FIRST_TIER_SUBJECT),
        (facts.say(words.FIRST_TIER), *facts.site(), facts.say(words.FIRST_TIER_DO)),
    )


def _cluster(facts: _Facts) -> Worded:
    code = str(facts.get("category"))
    kind = words.KINDS.get(code)
    return Worded(
        facts.say(words.CLUSTER_SUBJECT),
        (
            facts.say(words.CLUSTER),
            Line(words.KIND, {"kind": Line(kind) if kind else code}),
            *facts.site(),
            *facts.country(),
            *facts.lead(),
            facts.say(words.ASK_FIRST),
        ),
    )


def _brand_missed_protected(facts: _Facts) -> Worded:
    number = (facts.say(words.PROTECTED_NUMBER),) if facts.get("number") else ()
    return Worded(
        facts.say(words.PROTECTED_SUBJECT),
        (
            facts.say(words.PROTECTED),
            *facts.country(),
            *facts.by_clock(words.PROTECTED_STEP),
            *number,
            *facts.partner(),
        ),
    )


_TEMPLATES: Mapping[str, Callable[[_Facts], Worded]] = {
    "case_new": _case_new,
    "case_handed": _case_handed,
    "reminder": _reminder,
    "missed": _missed,
    "not_solved": _not_solved,
    "second_miss": _second_miss,
    "review_missed": _review_missed,
    "law_missed": _look(words.LAW_SUBJECT, words.LAW, words.LAW_DO),
    "law_said": _look(words.SAID_SUBJECT, words.SAID, words.SAID_DO),
    "second_named": _look(words.SECOND_SUBJECT, words.SECOND, words.SECOND_DO),
    "withdraw_check": _withdraw_check,
    "worker_wrote": _worker_wrote,
    "worker_calls": _worker_calls,
    "words_wait": _words_wait,
    "words_released": _words_released,
    "voice_new": _voice_new,
    "file_new": _file_new,
    "worker_unreachable": _worker_unreachable,
    "brand_alert": _brand_alert,
    "brand_missed": _brand_missed,
    "brand_missed_protected": _brand_missed_protected,
    "brand_reminder": _brand_reminder,
    "lead_handed": _lead_handed,
    "brand_wrote": _brand_wrote,
    "silent": _silent,
    "missed_general": _missed_general,
    "first_tier_missed": _first_tier_missed,
    "cluster": _cluster,
}

TEMPLATES = frozenset({*_TEMPLATES, "worker_news"})
# What concerns no case.
AT_THE_DOOR = tuple(_AT_THE_DOOR)
