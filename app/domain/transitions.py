"""The one table of what may be done to a case in which state.

Who of the staff may is the other table's: `app.domain.permissions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.authority import Hat, Refusal
from app.domain.permissions import relations_that, verbs
from app.domain.taxonomy import Role, State

CLOSED = frozenset(state for state in State if state.is_closed)
ANY = frozenset(State)
OPEN = ANY - CLOSED
UNDER_WAY = OPEN - {State.RESOLVED}
WORKING = UNDER_WAY - {State.IN_REMEDIATION}
UNTOUCHED = frozenset({State.RECEIVED, State.ACKNOWLEDGED, State.REOPENED})

WORKER = frozenset({Hat.WORKER})
TIME = frozenset({Hat.CLOCK})
NOBODY: frozenset[Hat] = frozenset()  # it follows from another act


@dataclass(frozen=True, slots=True)
class Row:
    """One verb, from these states, to that one (None: it stays).

    `who` is the worker, time, or nobody where it follows from another act; None:
    somebody of the staff, as `app.domain.permissions` says and nothing else.
    """

    verb: str
    states: frozenset[State]
    to: State | None
    who: frozenset[Hat] | None = None


ROWS: tuple[Row, ...] = (
    # The body works the case.
    Row("acknowledge", frozenset({State.RECEIVED}), State.ACKNOWLEDGED),
    Row("start", UNTOUCHED, State.IN_REVIEW),
    Row("plan", UNTOUCHED, State.IN_REVIEW),
    Row("plan", UNDER_WAY - UNTOUCHED, None),
    Row("propose", WORKING, State.REMEDY_PROPOSED),
    Row("resolve", UNDER_WAY, State.RESOLVED),
    Row("category", OPEN, None),
    Row("severity", OPEN, None),
    # Only a partner ends a case without a solution, or keeps it in remediation.
    Row("refer", UNDER_WAY, State.CLOSED_REFERRED),
    Row("unfounded", UNDER_WAY, State.CLOSED_UNFOUNDED),
    Row("no-contact", UNDER_WAY, State.CLOSED_NO_CONTACT),
    Row("withdraw", UNDER_WAY, State.CLOSED_WITHDRAWN),
    Row("remediate", WORKING, State.IN_REMEDIATION),
    Row("review", frozenset({State.IN_REMEDIATION}), None),
    # Who gains by a later date never stops the clocks.
    Row("pause", WORKING, None),
    Row("resume", WORKING, None),
    Row("recalculate", UNDER_WAY, None),
    # Who holds it, and who must not.
    Row("release", OPEN, None),
    Row("hand-back", OPEN, None),
    Row("take-over", OPEN, None),
    Row("take", UNDER_WAY, None),
    Row("recuse", ANY, None),
    Row("hand-to-partner", OPEN, None),
    Row("exclude", ANY, None),
    Row("include", ANY, None),
    Row("site", OPEN, None),
    Row("release-to-brand", ANY, None),
    Row("attempt", OPEN, None),
    Row("undo-withdraw", OPEN, None),
    Row("note", ANY, None),
    # What the law looks at: it runs on when the case has ended.
    Row("happened", ANY, None),
    Row("formal", OPEN, None),
    Row("extend", ANY, None),
    # Whoever was told says that they act on it; a partner may say it for them.
    Row("answer", OPEN, None),
    # A voice is the partner's alone; what it said in words may go further.
    Row("transcribe", ANY, None),
    Row("summarise", ANY, None),
    Row("translate", ANY, None),
    # Several of one matter go together; each stays its worker's own.
    Row("join", WORKING, None),
    Row("unjoin", OPEN, None),
    # Her words, and a committee's to her, pass through the partner.
    Row("release-words", ANY, None),
    Row("release-told", ANY, None),
    Row("tell", ANY, None),
    Row("ask", OPEN, None),
    Row("reopen", CLOSED | {State.RESOLVED}, State.REOPENED),
    # The worker's word.
    Row("answer-conflict", OPEN, None, WORKER),
    Row("choose-site", OPEN, None, WORKER),
    Row("choose-country", OPEN, None, WORKER),
    Row("suggest-sites", OPEN, None, WORKER),
    Row("choose-topic", OPEN, None, WORKER),
    Row("raise-danger", ANY, None, WORKER),
    Row("say", ANY, None, WORKER),
    Row("speak", ANY, None, WORKER),
    Row("allow-texts", ANY, None, WORKER),
    Row("allow-calls", ANY, None, WORKER),
    Row("choose-part", ANY, None, WORKER),
    Row("file-for", OPEN, None, WORKER),
    Row("renew-pin", ANY, None, WORKER),
    Row("give-phone", ANY, None, WORKER),
    Row("add-file", ANY, None, WORKER),
    Row("rate", ANY, None, WORKER),
    Row("ask-callback", ANY, None, WORKER),
    Row("write-again", CLOSED, State.REOPENED, WORKER),
    Row("ask-withdraw", OPEN, None, WORKER),
    Row("undo-withdraw-by-worker", OPEN, None, WORKER),
    Row(
        "say-solved",
        frozenset({State.RESOLVED, State.CLOSED_DECLARED}),
        State.CLOSED_CONFIRMED,
        WORKER,
    ),
    Row("put-reprisal", CLOSED, None, WORKER),
    Row("answer-reprisal", CLOSED, None, WORKER),
    Row("say-not-solved", CLOSED | {State.RESOLVED}, State.REOPENED, WORKER),
    # What follows from another act.
    Row("danger-reopens", frozenset({State.RESOLVED}), State.REOPENED, NOBODY),
    Row("remediation-ends", frozenset({State.IN_REMEDIATION}), State.IN_REVIEW, NOBODY),
    Row("main-resolved", UNDER_WAY, State.RESOLVED, NOBODY),
    Row("main-unfounded", OPEN, State.CLOSED_UNFOUNDED, NOBODY),
    Row("main-referred", OPEN, State.CLOSED_REFERRED, NOBODY),
    Row(
        "main-reopens",
        frozenset(
            {
                *(State.RESOLVED, State.CLOSED_DECLARED),
                *(State.CLOSED_UNFOUNDED, State.CLOSED_REFERRED),
            }
        ),
        State.REOPENED,
        NOBODY,
    ),
    Row("child-stays", frozenset({State.RESOLVED}), State.IN_REMEDIATION, NOBODY),
    # Time alone.
    Row(
        "confirmation-passed", frozenset({State.RESOLVED}), State.CLOSED_DECLARED, TIME
    ),
    Row("withdrawal-passed", OPEN, State.CLOSED_WITHDRAWN, TIME),
)

TRANSITIONS: Mapping[tuple[State, str], State] = MappingProxyType(
    {(state, row.verb): row.to or state for row in ROWS for state in row.states}
)
WHO_MAY: Mapping[str, frozenset[Hat]] = MappingProxyType(
    {row.verb: relations_that(row.verb) if row.who is None else row.who for row in ROWS}
)


def allowed(
    state: State, verb: str, worn: frozenset[Hat], role: Role | None = None
) -> State:
    """Return the state that the verb leads to; raise `Refusal` otherwise.

    `role` is that of the person who acts; without one it is the worker or time.
    """
    may = WHO_MAY[verb] & worn if role is None else verb in verbs(role, worn)
    if not may:
        raise Refusal("role", _not_you(verb))
    to = TRANSITIONS.get((state, verb))
    if to is None:
        raise Refusal(
            "state", f"This case is {_worded(state)}: {verb} is not possible now."
        )
    return to


def following(state: State, cause: str) -> State:
    """Return the state that follows from an act that names no state itself."""
    return TRANSITIONS[state, cause]


def _not_you(verb: str) -> str:
    if WHO_MAY[verb] == {Hat.PARTNER}:
        return f"Only a partner may do this: {verb}."
    if WHO_MAY[verb] == {Hat.HOLDER}:
        return (
            f"Only the body that holds the case may do this: {verb}."
            " A partner takes the case over first."
        )
    return f"Only a partner or the secretariat may do this: {verb}."


def _worded(state: State) -> str:
    return state.value.replace("_", " ")
