"""The rights at work, one short text a topic and country, to whoever asks.

The English is the `short` of the pages in `app/data/rights/en`; a test holds
the two together. Each text says what the law gives and whom to call, and
nothing of anybody's own case. At most two SMS parts in every language.
"""

from collections.abc import Mapping

from app.wording.line import N_, Line

# In the order of the keys.
TOPICS = (
    "wages",
    "insurance",
    "maternity",
    "children",
    "harassment",
    "safety",
    "water",
    "dismissal",
    "outside",
)
COUNTRIES = ("BD", "IN")

# What may follow a text that nobody else should find on the phone.
DELETE = " You can delete this text."

HELP = Line(
    # Translators: One more line of the list of keywords, in a text of its own.
    N_("RIGHTS - your rights at work")
)

MENU = Line(
    # Translators: Answer to RIGHTS. Keep the line breaks and the order. Name the
    # keyword of your language with the 3 behind it.
    N_(
        "Send RIGHTS and a digit, like RIGHTS 3:\n"
        "1 pay, overtime\n"
        "2 insurance\n"
        "3 having a baby\n"
        "4 children at work\n"
        "5 harassment\n"
        "6 safety\n"
        "7 water, toilets, rest\n"
        "8 losing the job\n"
        "9 help from outside"
    )
)

ELSEWHERE = Line(
    # Translators: Said and written where we do not know the law of the country.
    N_(
        "We have not written this down for your country yet. Tell us in your own "
        "words what you want to know."
    )
)

# Every figure is the law's, or somebody's telephone: keep them all.
SHORT: Mapping[tuple[str, str], Line] = {
    ("wages", "BD"): Line(
        # Translators: Bangladesh. Two SMS parts; keep every figure.
        N_(
            "Pay is due within 7 working days after the month. Overtime is double the "
            "basic rate. Help, free: 16357."
        )
    ),
    ("wages", "IN"): Line(
        # Translators: India. Two SMS parts; keep every figure. Free legal help is a
        # lawyer who costs nothing.
        N_(
            "Pay is due by the 7th of the next month. Overtime is paid double. Free "
            "legal help: 15100."
        )
    ),
    ("insurance", "BD"): Line(
        # Translators: Bangladesh. Two SMS parts; keep every figure.
        N_(
            "Hurt at work? Your employer must pay for your treatment until you are "
            "well. Keep every paper. Help: 16357."
        )
    ),
    ("insurance", "IN"): Line(
        # Translators: India. Two SMS parts; keep every figure.
        N_(
            "ESI and PF money must be paid in by the 15th of the next month. Ask for "
            "your ESI number and your UAN."
        )
    ),
    ("maternity", "BD"): Line(
        # Translators: Bangladesh. Two SMS parts; keep every figure.
        N_(
            "For a birth you have at least 16 weeks of paid leave after 6 months of "
            "work. Help, free: 16357."
        )
    ),
    ("maternity", "IN"): Line(
        # Translators: India. Two SMS parts; keep every figure.
        N_(
            "For a birth you have 26 weeks of paid leave if you worked 80 days in the "
            "last year. Free legal help: 15100."
        )
    ),
    ("children", "BD"): Line(
        # Translators: Bangladesh. The last sentence may be left out for two SMS parts.
        N_(
            "Free help for a child or a young worker, day and night: 1098. In danger "
            "now: 999. You can delete this text."
        )
    ),
    ("children", "IN"): Line(
        # Translators: India. The last sentence may be left out for two SMS parts.
        N_(
            "Free help for a child or a young worker, day and night: 1098. In danger "
            "now: 112. You can delete this text."
        )
    ),
    ("harassment", "BD"): Line(
        # Translators: Bangladesh. Gently. The last sentence may be left out for two
        # SMS parts.
        N_(
            "You are not to blame. Free help for women, day and night: 109. In danger "
            "now: 999. You can delete this text."
        )
    ),
    ("harassment", "IN"): Line(
        # Translators: India. Gently. The last sentence may be left out for two SMS
        # parts.
        N_(
            "You are not to blame. Free help for women, day and night: 181. In danger "
            "now: 112. You can delete this text."
        )
    ),
    ("safety", "BD"): Line(
        # Translators: Bangladesh. Two SMS parts; keep every figure.
        N_(
            "Exits must never be locked while you work. Fire, smoke or cracks: get "
            "out and call 999. Help: 16357."
        )
    ),
    ("safety", "IN"): Line(
        # Translators: India. Two SMS parts; keep every figure.
        N_(
            "Tell your employer and the inspector of a danger at once. Fire or smoke: "
            "get out and call 112."
        )
    ),
    ("water", "BD"): Line(
        # Translators: Bangladesh. Two SMS parts; keep every figure.
        N_(
            "Clean water, toilets and a break are your right: 1 hour after 6 hours of "
            "work. Help, free: 16357."
        )
    ),
    ("water", "IN"): Line(
        # Translators: India. Two SMS parts; keep every figure.
        N_(
            "Clean water, toilets, a break and a day of rest each week are your "
            "right. Free legal help: 15100."
        )
    ),
    ("dismissal", "BD"): Line(
        # Translators: Bangladesh. Two SMS parts; keep every figure.
        N_(
            "Sent away? Write to your employer within 30 days, or you may lose your "
            "way to court. Help: 16357."
        )
    ),
    ("dismissal", "IN"): Line(
        # Translators: India. Two SMS parts; keep every figure.
        N_(
            "Sent away? Go to the grievance committee within 1 year. All pay is due "
            "in 2 working days. Help: 15100."
        )
    ),
    ("outside", "BD"): Line(
        # Translators: Bangladesh. Names and numbers; line breaks help.
        N_(
            "Labour office 16357. Legal aid 16699. Women 109. Children 1098. "
            "Emergency 999. All are free."
        )
    ),
    ("outside", "IN"): Line(
        # Translators: India. Names and numbers; line breaks help.
        N_("Free legal help 15100. Women 181. Children 1098. Emergency 112.")
    ),
}

_TOPIC_OF = {line.message: topic for (topic, _), line in SHORT.items()}


def answer(key: int | None) -> Line:
    """Return what a key beside RIGHTS is answered with; the menu without one.

    The line is one country's: `in_country` makes it the worker's own.
    """
    if key is None or not 1 <= key <= len(TOPICS):
        return MENU
    return SHORT[TOPICS[key - 1], COUNTRIES[0]]


def in_country(line: Line, country: str) -> Line:
    """Return the text on the same right in this country; other lines as they are.

    Where we do not know a country's law, another's is not told instead.
    """
    topic = _TOPIC_OF.get(line.message)
    return SHORT.get((topic, country), ELSEWHERE) if topic else line
