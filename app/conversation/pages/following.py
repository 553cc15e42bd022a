"""Following a case by pages: what may be done about it after its PIN."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from app.conversation import lines as texts
from app.conversation.filing import file_words
from app.conversation.pages import lines
from app.conversation.pages.session import (
    At,
    PageAct,
    PageFacts,
    PageSession,
    PageTurn,
    Reopen,
    Sent,
)
from app.conversation.session import (
    AskWithdraw,
    CaseView,
    Facts,
    Raise,
    Session,
    SetRating,
    SetReprisal,
    SetSolved,
    SetTopic,
    TakeBackWithdraw,
)
from app.domain.taxonomy import Category, Reprisal, State

_STARS = ("1", "2", "3", "4", "5")
_MAY_CONFIRM = (State.RESOLVED, State.CLOSED_DECLARED)


def may_confirm(case: CaseView) -> bool:
    """Tell whether her yes would be news."""
    return case.state in _MAY_CONFIRM and (not case.state.is_closed or case.may_reopen)


def may_deny(case: CaseView) -> bool:
    """Tell whether her no would open it again."""
    if case.state is State.RESOLVED:
        return True
    return case.state.is_closed and case.may_reopen


def _hear_who(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    if sent.get("do") == "mine" and facts.is_for_another:
        return _make_mine(session)
    return PageTurn(session.to(At.FOLLOW))


def _make_mine(session: PageSession) -> PageTurn:
    """Show a PIN of her own: it counts once she has it, and the old one till then.

    A page that does not arrive must not lock her out.
    """
    fresh = replace(session, declined=0, wrong_pins=0, is_renewing=True)
    return PageTurn(fresh.to(At.RECEIPT), (), (lines.NEW_PIN,))


def _hear_follow(session: PageSession, sent: Sent, facts: PageFacts) -> PageTurn:
    case = facts.case
    if case is None:
        return PageTurn(session)
    match sent.get("do"):
        case "add":
            return _add(session, sent, case)
        case "solved" if may_confirm(case):
            return PageTurn(session, (SetSolved(True),), (texts.SOLVED_THANKS,))
        case "not-solved" if may_deny(case):
            return PageTurn(session, (SetSolved(False),), (texts.NOT_SOLVED_NOTED,))
        case "trouble-yes" if case.asks_reprisal:
            return _tell_trouble(session)
        case "trouble-no" | "trouble-unsaid" as told if case.asks_reprisal:
            answer = Reprisal(told.removeprefix("trouble-"))
            return PageTurn(session, (SetReprisal(answer),), (lines.REPRISAL_NO,))
        case "rate" if sent.get("stars") in _STARS:
            rated = (SetRating(int(sent.get("stars"))),)
            return PageTurn(session, rated, (lines.RATED,))
        case "rate":
            return PageTurn(session, (), (lines.CHOOSE,))
        case "withdraw" if not case.state.is_closed:
            return PageTurn(session.to(At.WITHDRAW))
        case "undo":
            return PageTurn(session, (TakeBackWithdraw(),), (texts.UNDONE,))
        case "reach":
            return PageTurn(session.to(At.REACH))
        case "proof":
            return PageTurn(replace(session.to(At.PROOF), back=At.FOLLOW))
        case "mine" if facts.is_for_another:
            return _make_mine(session)
        case "end":
            return PageTurn(session.to(At.OVER))
    return PageTurn(session)


def _tell_trouble(session: PageSession) -> PageTurn:
    """A yes is a case of its own, and her words and files are that one's."""
    fresh = replace(session, is_following=False, declined=0, wrong_pins=0)
    opened = (SetReprisal(Reprisal.YES),)
    return PageTurn(fresh.to(At.RECEIPT), opened, (lines.REPRISAL_YES,))


def _add(session: PageSession, sent: Sent, case: CaseView) -> PageTurn:
    """File words and files; to a closed case they are a no, for thirty days.

    Where it asks whether she was made to pay for it, whatever she writes is a yes.
    """
    if not sent.get("words") and not sent.has_files:
        return PageTurn(session, (), (lines.NOTHING_WRITTEN,))
    if case.asks_reprisal:
        return _tell_trouble(session)
    if case.state.is_closed and not case.may_reopen:
        return PageTurn(session, (), (lines.CLOSED_FINAL,))
    _, filed = file_words(Session(), sent.reading, Facts(languages=()), case)
    is_danger = session.is_in_danger or speaks_of_danger(filed)
    session = replace(session, is_in_danger=is_danger)
    acts: tuple[PageAct, ...] = filed
    if case.state.is_closed:
        return PageTurn(session, (Reopen(), *acts), (lines.OPEN_AGAIN,))
    return PageTurn(session, acts, (lines.ADDED,))


def speaks_of_danger(acts: Iterable[PageAct]) -> bool:
    """Tell whether numbers to call stand above the next page, whatever it is."""
    return any(
        isinstance(act, Raise)
        or (isinstance(act, SetTopic) and act.category is Category.CRIS)
        for act in acts
    )


def _hear_withdraw(session: PageSession, sent: Sent, _facts: PageFacts) -> PageTurn:
    session = session.to(At.FOLLOW)
    if sent.get("do") != "withdraw-yes":
        return PageTurn(session)
    return PageTurn(session, (AskWithdraw(),))


HEARD_WHEN_FOLLOWING: dict[At, Callable[[PageSession, Sent, PageFacts], PageTurn]] = {
    At.WHO: _hear_who,
    At.FOLLOW: _hear_follow,
    At.WITHDRAW: _hear_withdraw,
}
