"""What the line says of the rights at work, one sound file a prompt.

The same as in writing (`rights_lines`), in words that a voice need not guess;
numbers to call follow digit by digit. Where both countries give the same, one
prompt serves both.
"""

from collections.abc import Mapping

from app.conversation import rights_lines
from app.wording.line import N_, Line
from app.wording.prompt import Prompt

MENU = Prompt(
    "rights",
    Line(
        # Translators: Spoken. Each choice is a sentence of its own, then its key.
        N_(
            "Your rights at work. Pay and overtime, press 1. Insurance, press 2. "
            "Having a baby, press 3. Children at work, press 4. Harassment, press 5. "
            "Safety, press 6. Water, toilets and rest, press 7. Losing the job, press "
            "8. Help from outside, press 9. To go back, press 0."
        )
    ),
)

AFTER = Prompt(
    "rights_after",
    Line(
        # Translators: Spoken after one of the rights was told.
        N_(
            "To hear it again, press star. For another one, press 1. If that is all, "
            "press hash."
        )
    ),
)

GOODBYE = Prompt(
    "rights_goodbye",
    Line(
        # Translators: Spoken to somebody who has only asked for a right.
        N_("You can call us again whenever you like. Take care of yourself.")
    ),
)

ELSEWHERE = Prompt("rights_elsewhere", rights_lines.ELSEWHERE)

_CHILDREN = Prompt(
    "right_children",
    Line(
        # Translators: Spoken. The number of the children's line follows, then that
        # for an emergency.
        N_("There is free help for a child and for a young worker.")
    ),
)

_HARASSMENT = Prompt(
    "right_harassment",
    Line(
        # Translators: Spoken, gently. The number of the women's line follows, then
        # that for an emergency.
        N_("You are not to blame. Help for women is free, day and night.")
    ),
)

_OUTSIDE = Prompt(
    "right_outside",
    Line(
        # Translators: Spoken; who they are and their numbers follow.
        N_("These are the people outside the factory whom you can call.")
    ),
)

# By topic and country.
RIGHTS: Mapping[tuple[str, str], Prompt] = {
    ("wages", "BD"): Prompt(
        "right_wages_bd",
        Line(
            # Translators: Spoken; the law of Bangladesh.
            N_(
                "Pay is due within seven working days after the month. Overtime is "
                "double the basic rate."
            )
        ),
    ),
    ("wages", "IN"): Prompt(
        "right_wages_in",
        Line(
            # Translators: Spoken; the law of India.
            N_("Pay is due by the seventh of the next month. Overtime is paid double.")
        ),
    ),
    ("insurance", "BD"): Prompt(
        "right_insurance_bd",
        Line(
            # Translators: Spoken; the law of Bangladesh.
            N_(
                "If you were hurt at work, your employer must pay for your treatment "
                "until you are well. Keep every paper."
            )
        ),
    ),
    ("insurance", "IN"): Prompt(
        "right_insurance_in",
        Line(
            # Translators: Spoken; the law of India.
            N_(
                "ESI and PF money must be paid in by the fifteenth of the next month. "
                "Ask for your ESI number and your UAN."
            )
        ),
    ),
    ("maternity", "BD"): Prompt(
        "right_maternity_bd",
        Line(
            # Translators: Spoken; the law of Bangladesh.
            N_(
                "For a birth you have at least sixteen weeks of paid leave after six "
                "months of work."
            )
        ),
    ),
    ("maternity", "IN"): Prompt(
        "right_maternity_in",
        Line(
            # Translators: Spoken; the law of India.
            N_(
                "For a birth you have twenty-six weeks of paid leave if you worked "
                "eighty days in the last year."
            )
        ),
    ),
    ("children", "BD"): _CHILDREN,
    ("children", "IN"): _CHILDREN,
    ("harassment", "BD"): _HARASSMENT,
    ("harassment", "IN"): _HARASSMENT,
    ("safety", "BD"): Prompt(
        "right_safety_bd",
        Line(
            # Translators: Spoken; the law of Bangladesh. Two numbers follow.
            N_(
                "Exits must never be locked while you work. If there is fire, smoke or "
                "a crack in the wall, get out and call for help."
            )
        ),
    ),
    ("safety", "IN"): Prompt(
        "right_safety_in",
        Line(
            # Translators: Spoken; the law of India. The emergency number follows.
            N_(
                "Tell your employer and the inspector of a danger at once. If there is "
                "fire or smoke, get out and call for help."
            )
        ),
    ),
    ("water", "BD"): Prompt(
        "right_water_bd",
        Line(
            # Translators: Spoken; the law of Bangladesh.
            N_(
                "Clean water, toilets and a break are your right. After six hours of "
                "work you have a break of one hour."
            )
        ),
    ),
    ("water", "IN"): Prompt(
        "right_water_in",
        Line(
            # Translators: Spoken; the law of India.
            N_(
                "Clean water, toilets, a break and a day of rest each week are your "
                "right."
            )
        ),
    ),
    ("dismissal", "BD"): Prompt(
        "right_dismissal_bd",
        Line(
            # Translators: Spoken; the law of Bangladesh.
            N_(
                "If you were sent away, write to your employer within thirty days, or "
                "you may lose your way to court."
            )
        ),
    ),
    ("dismissal", "IN"): Prompt(
        "right_dismissal_in",
        Line(
            # Translators: Spoken; the law of India. The committee is the one that the
            # law calls grievance redressal committee; do not use that word.
            N_(
                "If you were sent away, go to the committee for workers' problems "
                "within one year. All your pay is due within two working days."
            )
        ),
    ),
    ("outside", "BD"): _OUTSIDE,
    ("outside", "IN"): _OUTSIDE,
}

PROMPTS: tuple[Prompt, ...] = (
    *(MENU, AFTER, GOODBYE, ELSEWHERE),
    *{prompt.id: prompt for prompt in RIGHTS.values()}.values(),
)
