"""The talk by web pages: one page sent, one page shown.

The same acts as by text and by telephone follow from it, on the same cases.
The first page is a case at once; every later answer can be left out.
"""

from collections.abc import Callable
from dataclasses import replace

from app.conversation import answers
from app.conversation.meaning import graver_topic, is_danger, topic_of
from app.conversation.pages import lines
from app.conversation.pages.following import HEARD_WHEN_FOLLOWING
from app.conversation.pages.session import (
    FILED_BY,
    TOPICS,
    At,
    FileFor,
    PageAct,
    PageFacts,
    PageSession,
    PageTurn,
    Sent,
    SetCountry,
    SetPhone,
)
from app.conversation.session import (
    Add,
    CountContact,
    Open,
    Raise,
    RenewPin,
    SetConflict,
    SetMayCall,
    SetMayText,
    SetPart,
    SetSite,
)
from app.domain.reach import PARTS
from app.domain.taxonomy import Category, Conflict
from app.wording.line import Line

_MOST_DECLINED = 2

Hear = Callable[[PageSession, Sent, PageFacts], PageTurn]


def advance(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    """Hear one page and decide what to do and which page comes next."""
    session = replace(session, turn=session.turn + 1)
    return _HEARD[session.at](session, sent, facts)


# ------------------------------------------------------------- the first page


def _hear_what(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    """Open a case with whatever there is: words, a topic, a photo, a voice."""
    heard, picked = sent.reading, _picked(sent)
    if not sent.has_files and picked is None:
        kind = answers.contact_kind(heard)
        if kind in ("empty", "digits", "code", "answer"):
            return PageTurn(session, (), (lines.TELL_US,))
        if kind is not None:
            return PageTurn(session, (CountContact(kind),), (lines.TEST,))
    by = sent.get("by")
    if sent.get("for") and by not in FILED_BY:
        return PageTurn(session, (), (lines.WHO_FILES,))
    site = sent.get("site")
    known = site if site in facts.known_sites else None
    category = graver_topic(topic_of(heard.plain), picked)
    danger = is_danger(heard.plain)
    acts: tuple[PageAct, ...] = (Open(known, category, danger),)
    if by in FILED_BY:
        acts = (*acts, FileFor(by))
    if category is Category.CRIS:
        # No form to fill in for somebody who may be about to die.
        session = replace(session, is_in_danger=True)
        return PageTurn(session.to(At.RECEIPT), acts, (lines.SAFE,))
    session = replace(session, is_in_danger=danger)
    at = At.ABOUT if known else At.WHERE
    return PageTurn(session.to(at), acts, (lines.SAFE,))


def _picked(sent: Sent) -> Category | None:
    """Return the topic that was chosen; None where none was."""
    return next((c for c in TOPICS if c.value == sent.get("topic")), None)


# -------------------------------------------------------- one question a page


def _hear_where(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    """Take a code; show what a name may mean; a name unknown is for a partner."""
    chosen = sent.get("country")
    country: tuple[PageAct, ...] = ()
    if chosen in facts.countries:
        country = (SetCountry(chosen),)
    if sent.get("do") == "skip":
        return _to_about(session, country)
    site = next((c for c in sent.reading.codes if c in facts.known_sites), None)
    if site is not None:
        return _to_about(session, (SetSite(site),))
    if sent.reading.tokens:
        if facts.matches:
            picking = replace(session, matches=facts.matches)
            return PageTurn(picking.to(At.PICK), (*country, Add()))
        return _to_about(session, (*country, Add()), (lines.PLACE_NOTED,))
    again = _again(session, lines.NOT_THE_PLACE)
    return again or _to_about(session, country)


def _hear_pick(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    picked = sent.get("site")
    if picked in session.matches and picked in facts.known_sites:
        return _to_about(session, (SetSite(picked),))
    if picked == "none":
        return _to_about(session, (), (lines.PLACE_NOTED,))
    return _again(session, lines.CHOOSE) or _to_about(session)


def _to_about(
    session: PageSession,
    acts: tuple[PageAct, ...] = (),
    notes: tuple[Line, ...] = (),
) -> PageTurn:
    return PageTurn(replace(session, matches=()).to(At.ABOUT), acts, notes)


def _hear_about(session: PageSession, sent: Sent, _facts: PageFacts) -> PageTurn:
    to = At.REACH if session.is_in_danger else At.DANGER
    if sent.get("answer") in tuple(Conflict):
        answer = Conflict(sent.get("answer"))
        return PageTurn(session.to(to), (SetConflict(answer),))
    return _again(session, lines.CHOOSE) or PageTurn(session.to(to))


def _hear_danger(session: PageSession, sent: Sent, _facts: PageFacts) -> PageTurn:
    match sent.get("answer"):
        case "yes":
            session = replace(session, is_in_danger=True)
            return PageTurn(session.to(At.REACH), (Raise(),))
        case "no":
            return PageTurn(session.to(At.REACH))
    return _again(session, lines.CHOOSE) or PageTurn(session.to(At.REACH))


def _hear_reach(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    """Until a yes, nothing unprompted goes to any phone."""
    to = At.FOLLOW if session.is_following else At.RECEIPT
    how = sent.get("how")
    if sent.get("do") == "back" and session.is_following:
        return PageTurn(session.to(At.FOLLOW))
    if how == "none":
        acts: tuple[PageAct, ...] = (SetMayText(False), SetMayCall(False))
        return PageTurn(session.to(to), acts, (lines.REACH_NO,))
    if how not in ("text", "call"):
        return _again(session, lines.CHOOSE) or PageTurn(session.to(to))
    typed = bool(sent.get("phone"))
    if facts.phone is None and (typed or not facts.has_phone):
        # No second chance only: a number that nobody can ring helps nobody.
        return PageTurn(session, (), (lines.PHONE_WRONG,))
    acts = (SetMayText(how == "text"), SetMayCall(how == "call"))
    if facts.phone is not None:
        acts = (SetPhone(facts.phone), *acts)
    if sent.get("part") in PARTS:
        acts = (*acts, SetPart(sent.get("part")))
    return PageTurn(session.to(to), acts, (lines.REACH_YES,))


def _again(session: PageSession, note: Line) -> PageTurn | None:
    """Put the question once more; None where that was done: then it is left out."""
    if session.at in session.asked:
        return None
    return PageTurn(replace(session, asked=(*session.asked, session.at)), (), (note,))


# ------------------------------------------------------------ number and PIN


def _hear_receipt(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    """Let go of the PIN's page when it was typed back, or declined twice.

    A new PIN that she cannot keep is not forced on her: then the old one stays.
    """
    to = At.FOLLOW if session.is_following else At.KEPT
    over = replace(session, is_renewing=False).to(to)
    if sent.get("do") == "decline":
        session = replace(session, declined=session.declined + 1)
        if session.declined >= _MOST_DECLINED:
            notes = (lines.OLD_PIN,) if session.is_renewing else ()
            return PageTurn(over, (), notes)
        return PageTurn(session, (), (lines.PIN_NEEDED,))
    if facts.is_pin_right:
        renewed: tuple[PageAct, ...] = (RenewPin(),) if session.is_renewing else ()
        return PageTurn(over, renewed, (lines.PIN_RIGHT,))
    wrong = replace(session, wrong_pins=session.wrong_pins + 1)
    return PageTurn(wrong, (), (lines.PIN_WRONG,))


def _hear_kept(session: PageSession, sent: Sent, _facts: PageFacts) -> PageTurn:
    if sent.get("do") == "proof":
        return PageTurn(replace(session.to(At.PROOF), back=session.at))
    return PageTurn(session)


def _hear_proof(session: PageSession, _sent: Sent, _facts: PageFacts) -> PageTurn:
    return PageTurn(replace(session.to(session.back or At.KEPT), back=None))


_HEARD: dict[At, Hear] = {
    At.WHAT: _hear_what,
    At.WHERE: _hear_where,
    At.PICK: _hear_pick,
    At.ABOUT: _hear_about,
    At.DANGER: _hear_danger,
    At.REACH: _hear_reach,
    At.RECEIPT: _hear_receipt,
    At.KEPT: _hear_kept,
    At.PROOF: _hear_proof,
    **HEARD_WHEN_FOLLOWING,
}
