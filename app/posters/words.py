"""Every sentence on a poster, a card or a sticker.

Read slowly, standing, perhaps while somebody watches: one idea a sentence, no
word of complaint. Digits stay 0 to 9, as on the keypad.
"""

from app.wording.line import N_, Line

# Translators: The name over the number on a sticker. Two or three words.
HELPLINE = Line(N_("Workers' helpline"))

# Translators: The headline of the poster: who we are, and that we are not the factory.
WHO = Line(N_("Workers' helpline, from outside the factory"))

# Translators: Under the headline. Never "complaint".
ASK = Line(N_("Something wrong at work? Tell us, in your own words."))

# Translators: The hotline's number follows in very large digits. "Text" is an SMS.
CALL_OR_TEXT = Line(N_("Call or text this number:"))

# Translators: The hotline's number follows in very large digits; it takes no texts.
CALL = Line(N_("Call this number:"))

# Translators: The hotline's number follows in very large digits; it takes no calls.
TEXT = Line(N_("Text this number:"))

MISSED_CALL = Line(
    # Translators: The number follows in very large digits. A missed call: let it ring
    # and hang up. "It is free" means for the worker.
    N_("Give this number a missed call. It is free: we ring you back.")
)

MISSED_CALL_OR_TEXT = Line(
    # Translators: As above, for a number that takes texts as well.
    N_(
        "Give this number a missed call. It is free: we ring you back. You can also "
        "text it."
    )
)

# Translators: The six digits of the factory or mill follow, large.
CODE = Line(N_("The 6 digits of this place:"))

# Translators: Beside the six digits on a sticker. One word.
CODE_SHORT = Line(N_("Code"))

# Translators: Beside a QR code that opens our page. Nothing may follow it.
OPEN = Line(N_("Or hold the phone's camera here: our page opens"))

# Translators: A heading over three numbered steps.
NEXT = Line(N_("What happens next"))

# Translators: The first of three steps.
STEP_NUMBER = Line(N_("You get a number and a PIN, and a day by which there is news."))

STEP_BODY = Line(
    # Translators: The second of three steps. "It" is what the worker told us.
    N_(
        "The factory's committee looks into it. If the committee may be the problem, "
        "somebody from outside the factory does."
    )
)

# Translators: The third of three steps.
STEP_SOLVED = Line(N_("Whether it is solved, you say."))

# Translators: A heading over what anonymous means.
NAMELESS = Line(N_("No name needed"))

# Translators: Under the heading "No name needed".
NOBODY_ASKS = Line(N_("Nobody asks who you are. The factory never sees your number."))

TRACES = Line(
    # Translators: What we cannot hide. The PIN may have come in a text: it must be
    # noted before the text is deleted. "Ours" are our calls and texts.
    N_(
        "Your phone company keeps a list of calls and texts. Note your PIN, then "
        "delete ours from your phone."
    )
)

# Translators: {number} is the country's emergency number. Nothing may follow it.
DANGER = Line(N_("In danger now? Call {number}"))

STEPS = (STEP_NUMBER, STEP_BODY, STEP_SOLVED)

# What a worker can do with the number, by (calls, texts); see HotlineNumber.voice.
REACH = {
    ("answer", True): CALL_OR_TEXT,
    ("answer", False): CALL,
    ("missed_call", True): MISSED_CALL_OR_TEXT,
    ("missed_call", False): MISSED_CALL,
    ("none", True): TEXT,
}
