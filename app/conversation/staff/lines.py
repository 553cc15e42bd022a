"""Everything that a member who works by text is answered.

Short enough for three SMS parts in every language; no number of a case, no
place, and not a word of a worker's. Keywords in capitals are what she may write;
each language has its own (`vocabulary`).
"""

from collections.abc import Mapping

from app.wording.line import N_, Line

LISTED = 5  # cases in one text; more would be no text message

NOTICE = Line(
    # Translators: Sent first, to a committee member who works by text message. LIST is
    # what she writes; it is answered with her list. Threadline is our name.
    N_("Threadline: something is waiting for you. Send LIST and your PIN.")
)

WRONG_PIN = Line(N_("That PIN is not right. Nothing was done."))
WAIT = Line(
    N_("Too many wrong PINs. Nothing was done. Please wait a minute and try again.")
)

HELP = Line(
    # Translators: A text to a committee member; at most three SMS parts. Each word in
    # capitals is what she writes. Keep the line breaks.
    N_(
        "Write the word, your PIN, the number in the list:\n"
        "CASES - the list\n"
        "TAKE - I work on it\n"
        "ACK - I have read it\n"
        "DONE - what was done\n"
        "ASK - a question\n"
        "PROPOSE - a remedy\n"
        "SOLVED - how"
    )
)

# Translators: One line of a list in a text message; short, see KINDS and STEPS.
# {short} is the line's number, {kind} what it is about, {step} what comes
# next, {date} a day and month in figures.
ITEM = N_("{short} {kind}: {step} {date}")
# Translators: The same, where the date lies behind.
ITEM_LATE = N_("{short} {kind}: {step} {date}, late")
# Translators: The same, where nothing is dated.
ITEM_OPEN = N_("{short} {kind}: {step}")
# Translators: Below the lines of a list. {count} is a number.
MORE = N_("and more: {count}")
# Translators: Two lines of one text message, kept apart. Leave it as it is.
TOGETHER = N_("{first}\n{rest}")
NONE_OPEN = Line(N_("No open case waits for you."))

# Translators: What a case is about, as short as can be, for a list in a text message.
KINDS: Mapping[str, Line] = {
    "WAGE": Line(N_("wages")),
    "HOUR": Line(N_("hours")),
    "SOCS": Line(N_("insurance")),
    "MATC": Line(N_("maternity")),
    "ABUS": Line(N_("treatment")),
    "OSHS": Line(N_("safety")),
    "WASH": Line(N_("water")),
    "TERM": Line(N_("dismissal")),
    "FOAS": Line(N_("union")),
    "DORM": Line(N_("hostel")),
    "INFO": Line(N_("a question")),
    "OTHR": Line(N_("other")),
}
# Translators: In the place of what a case is about, where that must not be in a text.
CONFIDENTIAL = Line(N_("confidential"))

# Translators: The next step of a case, as short as can be.
STEPS: Mapping[str, Line] = {
    "acknowledge": Line(N_("confirm")),
    "first_action": Line(N_("first step")),
    "resolve": Line(N_("solve")),
    "plan": Line(N_("plan")),
    "review": Line(N_("review")),
}
NO_STEP = Line(N_("in hand"))

# Translators: CASES is what she may write.
NOT_IN_LIST = N_(
    "{short} is not in your list. Nothing was done. CASES and your PIN: list."
)
NEEDS_NUMBER = Line(
    N_(
        "Nothing was done. Write the word, your PIN and the number in your list. "
        "CASES and your PIN: list."
    )
)
NEEDS_WORDS = Line(
    N_("Nothing was done. After the number, write in your own words what it is.")
)
# Translators: {short} is the number of a case in her list; so in all that follow.
NOT_POSSIBLE = N_("{short}: this cannot be done now. Nothing was done.")
TAKEN = N_("{short}: you work on it for the others now.")
CONFIRMED = N_("{short}: noted that you have read it.")
NOTED = N_("{short}: noted what was done.")
# Translators: The worker reads the question when she next asks for news.
ASKED = N_("{short}: your question waits for the worker.")
PROPOSED = N_("{short}: the remedy is noted.")
SIGNED = N_("{short}: you have signed. It counts when the other side has signed too.")
SIGNED_ALREADY = N_(
    "{short}: your side has signed already. It counts when the other side has signed "
    "too."
)
SOLVED = N_("{short}: declared solved. The worker is asked.")
# Translators: After one of these. {step} is one of STEPS.
NEXT = N_("Next: {step}, {date}")


def together(said: list[Line]) -> Line:
    """Return several lines as one text message."""
    first, *rest = said
    return Line(TOGETHER, {"first": first, "rest": together(rest)}) if rest else first
