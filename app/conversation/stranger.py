"""What any phone gets that does not carry a PIN.

Nothing here looks at a case: what is said to a greeting, a test, a keyword, a
bare answer or digits is the same for the worker's phone and for a stranger's.
"""

from dataclasses import replace

from app.conversation import answers, lines, rights_lines
from app.conversation.asking import language_menu
from app.conversation.filing import site_of
from app.conversation.reading import Reading
from app.conversation.session import (
    OPENING,
    AskCall,
    CountContact,
    Facts,
    Session,
    Step,
    StopTexts,
    Turn,
)
from app.wording.line import Line


def hear_keyword(session: Session, heard: Reading, named: str) -> Turn:
    """Answer a keyword with the words that any phone gets for it."""
    counted = CountContact("keyword")
    match named:
        case "new":
            fresh = Session(
                language=session.language, fresh=True, is_locked=session.is_locked
            )
            return Turn(fresh, (lines.WELCOME,), (counted,))
        case "stop":
            return Turn(session, (lines.STOPPED,), (StopTexts(), counted))
        case "help":
            return Turn(session, (lines.HELP, rights_lines.HELP), (counted,))
        case "rights":
            return _tell_rights(session, heard)
        case "language":
            return _ask_language(session, (), counted)
        case "call_me":
            return Turn(session, (lines.CALL_NOTED,), (AskCall(), counted))
    assert named in answers.NEEDS_PIN
    said = lines.DIGITS_UNKNOWN if heard.pins or heard.numbers else lines.NEED_PIN
    return Turn(session, (said,), (counted,))


def _tell_rights(session: Session, heard: Reading) -> Turn:
    """Say what a right is, to anybody; a question that waits keeps waiting.

    Of which country it is said, the action knows.
    """
    said = rights_lines.answer(answers.right_asked(heard))
    return Turn(session, (said,), (CountContact("rights"),))


def _ask_language(
    session: Session, said: tuple[Line, ...], counted: CountContact
) -> Turn:
    if session.step not in (None, *OPENING):
        session = replace(session, kept=session.step)
    # Whoever asks for the choice gets it, however often.
    put = tuple(step for step in session.put if step is not Step.LANGUAGE)
    asked = replace(session, put=put).putting(Step.LANGUAGE)
    return Turn(asked, (*said, lines.ASK_LANGUAGE), (counted,))


def hear_language(session: Session, heard: Reading, facts: Facts) -> Turn | None:
    """Hear the choice of a language; None where the text chooses none."""
    chosen = answers.language_asked(heard)
    if chosen is None and session.step is Step.LANGUAGE:
        chosen = answers.language(heard, language_menu(facts.languages))
    if chosen is None:
        return None
    step = Step.WHAT if session.site else None
    spoken = replace(session, language=chosen, step=step)
    said = lines.ASK_WHAT if session.site else lines.WELCOME
    return Turn(spoken, (said,), (CountContact("keyword"),))


def hear_contact(session: Session, heard: Reading, facts: Facts) -> Turn | None:
    """Answer what is no case; None where the text has substance."""
    kind = answers.contact_kind(heard)
    if kind == "code":
        return _hear_code(session, heard, facts)
    if kind == "digits":
        return Turn(session, (lines.DIGITS_UNKNOWN,), (CountContact(kind),))
    return _welcome(session, facts, kind) if kind else None


def _hear_code(session: Session, heard: Reading, facts: Facts) -> Turn:
    """A poster's code and nothing else: keep it, and ask what is wrong."""
    site = site_of(heard, facts)
    if site is None:
        return Turn(session, (lines.DIGITS_UNKNOWN,), (CountContact("digits"),))
    kept = replace(session, site=site, step=Step.WHAT)
    return _say(kept, facts, lines.ASK_WHAT, "code")


def _welcome(session: Session, facts: Facts, kind: str) -> Turn:
    said = lines.ASK_WHAT if session.step is Step.WHAT else lines.WELCOME
    return _say(session, facts, said, kind)


def _say(session: Session, facts: Facts, line: Line, kind: str) -> Turn:
    """Say it in the number's own language; offer the others once, where
    nothing has told yet which one it should be."""
    counted = CountContact(kind)
    if is_unsure(session, facts):
        return Turn(
            session.putting(Step.LANGUAGE), (line, lines.ASK_LANGUAGE), (counted,)
        )
    return Turn(session, (line,), (counted,))


def is_unsure(session: Session, facts: Facts) -> bool:
    """Tell whether the language is still open, and was not asked for."""
    return (
        session.language is None
        and len(facts.languages) > 1
        and Step.LANGUAGE not in session.put
    )
