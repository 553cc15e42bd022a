"""The one table of what may be done to a case, in which state, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.authority import Hat, Refusal
from app.domain.taxonomy import State

CLOSED = frozenset(state for state in State if state.is_closed)
ANY = frozenset(State)
OPEN = ANY - CLOSED
UNDER_WAY = OPEN - {State.RESOLVED}
WORKING = UNDER_WAY - {State.IN_REMEDIATION}
UNTOUCHED = frozenset({State.RECEIVED, State.ACKNOWLEDGED, State.REOPENED})

HOLDER = frozenset({Hat.HOLDER})
PARTNER = frozenset({Hat.PARTNER})
OUTSIDE = frozenset({Hat.PARTNER, Hat.SECRETARIAT})  # outside the factory
STAFF = frozenset({Hat.HOLDER, Hat.PARTNER, Hat.SECRETARIAT})
WORKER = frozenset({Hat.WORKER})
TIME = frozenset({Hat.CLOCK})
NOBODY: frozenset[Hat] = frozenset()  # it follows from another act


@dataclass(frozen=True, slots=True)
class Row:
    """One verb, from these states, to that one (None: it stays), by these."""

    verb: str
    states: frozenset[State]
    to: State | None
    who: frozenset[Hat]


ROWS: tuple[Row, ...] = (
    # The body works the case.
    Row("acknowledge", frozenset({State.RECEIVED}), State.ACKNOWLEDGED, HOLDER),
    Row("start", UNTOUCHED, State.IN_REVIEW, HOLDER),
    Row("plan", UNTOUCHED, State.IN_REVIEW, HOLDER),
    Row("plan", UNDER_WAY - UNTOUCHED, None, HOLDER),
    Row("propose", WORKING, State.REMEDY_PROPOSED, HOLDER),
    Row("resolve", UNDER_WAY, State.RESOLVED, HOLDER),
    Row("category", OPEN, None, STAFF),
    Row("severity", OPEN, None, STAFF),
    # Only a partner ends a case without a solution, or keeps it in remediation.
    Row("refer", UNDER_WAY, State.CLOSED_REFERRED, PARTNER),
    Row("unfounded", UNDER_WAY, State.CLOSED_UNFOUNDED, PARTNER),
    Row("no-contact", UNDER_WAY, State.CLOSED_NO_CONTACT, PARTNER),
    Row("withdraw", UNDER_WAY, State.CLOSED_WITHDRAWN, PARTNER),
    Row("remediate", WORKING, State.IN_REMEDIATION, PARTNER),
    Row("review", frozenset({State.IN_REMEDIATION}), None, OUTSIDE),
    # Who gains by a later date never stops the clocks.
    Row("pause", WORKING, None, OUTSIDE),
    Row("resume", WORKING, None, STAFF),
    Row("recalculate", UNDER_WAY, None, OUTSIDE),
    # Who holds it, and who must not.
    Row("release", OPEN, None, PARTNER),
    Row("hand-back", OPEN, None, PARTNER),
    Row("take-over", OPEN, None, PARTNER),
    Row("take", UNDER_WAY, None, HOLDER),
    Row("recuse", ANY, None, HOLDER),
    Row("hand-to-partner", OPEN, None, HOLDER),
    Row("exclude", ANY, None, STAFF),
    Row("include", ANY, None, OUTSIDE),
    Row("site", OPEN, None, OUTSIDE),
    Row("release-to-brand", ANY, None, PARTNER),
    Row("attempt", OPEN, None, OUTSIDE),
    Row("undo-withdraw", OPEN, None, OUTSIDE),
    Row("note", ANY, None, STAFF),
    # What the law looks at: it runs on when the case has ended.
    Row("happened", ANY, None, STAFF),
    Row("formal", OPEN, None, PARTNER),
    Row("extend", ANY, None, OUTSIDE),
    # Whoever was told says that they act on it; a partner may say it for them.
    Row("answer", OPEN, None, STAFF | {Hat.TOLD}),
    # A voice is the partner's alone; what it said in words may go further.
    Row("transcribe", ANY, None, PARTNER),
    Row("summarise", ANY, None, PARTNER),
    Row("translate", ANY, None, PARTNER),
    # Several of one matter go together; each stays its worker's own.
    Row("join", WORKING, None, PARTNER),
    Row("unjoin", OPEN, None, PARTNER),
    # Her words, and a committee's to her, pass through the partner.
    Row("release-words", ANY, None, PARTNER),
    Row("release-told", ANY, None, PARTNER),
    Row("tell", ANY, None, STAFF),
    Row("ask", OPEN, None, STAFF),
    Row("reopen", CLOSED | {State.RESOLVED}, State.REOPENED, OUTSIDE),
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
    {row.verb: row.who for row in ROWS}
)


def allowed(state: State, verb: str, worn: frozenset[Hat]) -> State:
    """Return the state that the verb leads to; raise `Refusal` otherwise."""
    if not WHO_MAY[verb] & worn:
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
    if WHO_MAY[verb] == PARTNER:
        return f"Only a partner may do this: {verb}."
    if WHO_MAY[verb] == HOLDER:
        return (
            f"Only the body that holds the case may do this: {verb}."
            " A partner takes the case over first."
        )
    return f"Only a partner or the secretariat may do this: {verb}."


def _worded(state: State) -> str:
    return state.value.replace("_", " ")
