"""Everything the line says to a caller, one sound file a prompt.

Spoken to somebody who may be frightened and may not read: short, one idea a
sentence, the action before its key, never "invalid". Nothing that is said
before a key is pressed, or a PIN is given, tells a bystander what it is about.
"""

from app.conversation.calls import spoken_rights
from app.wording.line import N_, Line
from app.wording.prompt import Prompt

# ---------------------------------------------------------------- the opening

LANGUAGE = Prompt(
    "language",
    Line(
        # Translators: Spoken. Name YOUR language, not English. The key follows as a
        # separate recording, so the sentence must end in "press" (or the key must fit
        # after it).
        N_("For English, press")
    ),
)

WELCOME = Prompt(
    "welcome",
    Line(
        # Translators: Spoken, the first words after the choice of a language.
        N_(
            "This is the workers' helpline. It is free. We do not ask your name. "
            "You can hang up at any time."
        )
    ),
)

MENU = Prompt(
    "menu",
    Line(
        # Translators: Spoken. Keep the pauses: each choice is a sentence of its own,
        # the action first, then the key. "Star" and "hash" are the keys * and #.
        N_(
            "To tell us what is wrong, press 1. If someone may hear you, press 2 and "
            "answer with keys only. For your rights at work, press 5. If you called "
            "before, press 9. For a person to call you back, press 0. To hear this "
            "again, press star."
        )
    ),
)

SPEAK = Prompt(
    "speak",
    Line(
        # Translators: Spoken just before the tone.
        N_(
            "Speak after the tone, as long as you like. When you are done, press "
            "hash, or just hang up."
        )
    ),
)

SPEAK_ON = Prompt("speak_on", Line(N_("Go on after the tone.")))

NOTHING_HEARD = Prompt(
    "nothing_heard",
    Line(
        # Translators: Spoken when the recording stayed empty.
        N_("We did not hear you. Please speak after the tone.")
    ),
)

NOTHING_KEPT = Prompt(
    "nothing_kept",
    Line(
        # Translators: Spoken at the very end, when nothing at all was said.
        N_("We did not hear anything. You can call again whenever you like.")
    ),
)

OUT_OF_ORDER = Prompt(
    "out_of_order",
    Line(
        # Translators: Spoken when our own machine is disturbed; the voice is kept.
        N_(
            "We are sorry, something here does not work just now. Please speak "
            "after the tone. We keep it and listen to it."
        )
    ),
)

RESUME = Prompt(
    "resume",
    Line(
        # Translators: Spoken when a call broke off and the same phone rings again
        # within a quarter of an hour. Whoever holds it may be somebody else.
        N_(
            "This is the workers' helpline. To go on where the call broke off, press "
            "1. To start again, press 2."
        )
    ),
)

# ------------------------------------------------------------ after the tone

SAFE = Prompt("safe", Line(N_("Thank you. We have it, and it is safe.")))

AFTER = Prompt(
    "after",
    Line(
        # Translators: Spoken after the caller has spoken.
        N_("To go on, press 1. To say more, press 2. To hear what you said, press 3.")
    ),
)

ONE_MOMENT = Prompt("one_moment", Line(N_("One moment.")))

NO_REPLAY = Prompt(
    "no_replay",
    Line(
        # Translators: Spoken when the playback is not ready yet.
        N_("It is kept safe, but we cannot play it to you just now.")
    ),
)

KEYS_ONLY = Prompt(
    "keys_only",
    Line(
        # Translators: Spoken to somebody who cannot be overheard speaking.
        N_("You need not say a word. Just press the keys.")
    ),
)

TOPIC = Prompt(
    "topic",
    Line(
        # Translators: Spoken. "A child" is a child made to work or in trouble at work;
        # "bad treatment" is shouting, hitting, being humiliated. Plain spoken words.
        N_(
            "What is it about? Someone is in danger now, press 1. A child works or is "
            "in trouble, press 2. Sexual harassment, press 3. Pay or insurance, press "
            "4. Bad treatment, press 5. Something else, press 6. To leave this out, "
            "press hash."
        )
    ),
)

DANGER = Prompt(
    "danger",
    Line(
        # Translators: Spoken after "someone is in danger now". Gently.
        N_(
            "If a person or the place is the danger, press 1. If you feel that you "
            "cannot go on living, press 2."
        )
    ),
)

HELP_NOW = Prompt(
    "help_now",
    Line(
        # Translators: Spoken; the emergency number follows digit by digit.
        N_("If you need help this very minute, call this number.")
    ),
)

HELP_CHILD = Prompt(
    "help_child",
    Line(
        # Translators: Spoken; the number of the children's helpline follows.
        N_("For a child there is a free line, day and night. Its number is this.")
    ),
)

HELP_CRISIS = Prompt(
    "help_crisis",
    Line(
        # Translators: Spoken to somebody who may be about to die. The number follows.
        N_(
            "You are not alone. Someone will listen to you now. Please call this "
            "number."
        )
    ),
)

ONCE_MORE = Prompt("once_more", Line(N_("Once more.")))

SITE = Prompt(
    "site",
    Line(
        # Translators: Spoken. "Place" so that a mill, a workshop or a home fits too.
        N_(
            "Which place is it? Key in the 6 digits on our poster there. If you do "
            "not know them, press hash."
        )
    ),
)

SITE_AGAIN = Prompt(
    "site_again",
    Line(
        # Translators: Spoken; never "invalid".
        N_(
            "These digits did not lead us to a place. Please key them in once more. "
            "If you do not know them, press hash."
        )
    ),
)

SITE_IS = Prompt(
    "site_is",
    Line(
        # Translators: Spoken; the place's name, or its digits, follows.
        N_("You gave us this place.")
    ),
)

SITE_CHECK = Prompt(
    "site_check", Line(N_("If that is right, press 1. If not, press 2."))
)

CONFLICT = Prompt(
    "conflict",
    Line(
        # Translators: Spoken. The reason comes first, so that it does not frighten.
        N_(
            "So that the wrong person does not hear it: is it about someone on the "
            "committee, in HR, or the owner? Yes, press 1. No, press 2. If you do "
            "not know, press 3."
        )
    ),
)

# ------------------------------------------------------------ number and PIN

NUMBERS = Prompt(
    "numbers",
    Line(
        # Translators: Spoken before the case number and the PIN.
        N_(
            "Now we give you two numbers, so that you can ask about it later. Keep "
            "them, and let nobody know them."
        )
    ),
)

NUMBER_IS = Prompt("number_is", Line(N_("Your number is this.")))

PIN_IS = Prompt("pin_is", Line(N_("Your secret number is this.")))

PIN_CHECK = Prompt(
    "pin_check",
    Line(N_("Now please key in your secret number once, so that you have it right.")),
)

PIN_RIGHT = Prompt("pin_right", Line(N_("That is right.")))

PIN_WRONG = Prompt("pin_wrong", Line(N_("That did not match. Here it is once more.")))

PIN_LEFT = Prompt(
    "pin_left",
    Line(
        # Translators: Spoken when the PIN was not keyed back rightly.
        N_("It does not matter. If you lose the numbers, just call us again.")
    ),
)

REACH = Prompt(
    "reach",
    Line(
        # Translators: Spoken. "This phone" may be shared; that is why we ask.
        N_(
            "May we reach you on this phone later? We never say what it is about. If "
            "we may call, press 1. If we may send a text, press 2. If not, press 3."
        )
    ),
)

WHEN = Prompt(
    "when",
    Line(
        N_(
            "When is a good time? In the morning, press 1. In the afternoon, press 2. "
            "In the evening, press 3. At any time of the day, press 4."
        )
    ),
)

REACH_YES = Prompt(
    "reach_yes",
    Line(
        # Translators: Spoken. We never call at another time, nor say the subject.
        N_("Good. We will be careful.")
    ),
)

REACH_NO = Prompt(
    "reach_no",
    Line(
        N_(
            "All right, we will not call and not write. Call us when you like, with "
            "your two numbers."
        )
    ),
)

NEWS_BY = Prompt(
    "news_by",
    Line(
        # Translators: Spoken near the end; weekday, day and month follow.
        N_("There will be news by this day.")
    ),
)

GOODBYE = Prompt(
    "goodbye", Line(N_("Thank you for telling us. Take care of yourself."))
)

CALL_NOTED = Prompt(
    "call_noted",
    Line(
        # Translators: Spoken after "a person shall call me back".
        N_(
            "Someone from outside the factory will call this phone. If it is a bad "
            "moment then, just do not answer."
        )
    ),
)

NO_PHONE = Prompt(
    "no_phone",
    Line(
        # Translators: Spoken to a caller who hides the number and wants a call back.
        N_(
            "We cannot see your number, so we cannot call you. Please tell us after "
            "the tone instead."
        )
    ),
)

# -------------------------------------------------------------- to follow up

ASK_NUMBER = Prompt("ask_number", Line(N_("Please key in your number, 8 digits.")))

ASK_PIN = Prompt("ask_pin", Line(N_("Now key in your secret number, 6 digits.")))

NOT_TOGETHER = Prompt(
    "not_together",
    Line(
        # Translators: Spoken when number and PIN do not fit. Say no more than this.
        N_("These two numbers did not match. Please try once more.")
    ),
)

STATUS_RECEIVED = Prompt(
    "status_received", Line(N_("We have what you told us. It will be looked at soon."))
)

STATUS_ACKNOWLEDGED = Prompt(
    "status_acknowledged",
    Line(N_("Someone knows what you told us and looks after it.")),
)

STATUS_IN_REVIEW = Prompt(
    "status_in_review", Line(N_("We are finding out what happened."))
)

STATUS_REMEDY_PROPOSED = Prompt(
    "status_remedy_proposed", Line(N_("There is a plan to put it right."))
)

STATUS_RESOLVED = Prompt(
    "status_resolved",
    Line(
        # Translators: Spoken; the question whether it is solved comes next.
        N_("We were told that it has been put right. Your word is what counts.")
    ),
)

STATUS_IN_REMEDIATION = Prompt(
    "status_in_remediation",
    Line(
        N_(
            "It is being put right step by step. Someone from outside the factory "
            "makes sure that it is done."
        )
    ),
)

STATUS_REOPENED = Prompt(
    "status_reopened", Line(N_("It is open again and is looked at again."))
)

STATUS_LATE = Prompt(
    "status_late",
    Line(
        # Translators: Spoken; a promised day has passed. No blame.
        N_("It is late. We have told those above us. Please ask again soon.")
    ),
)

STATUS_CLOSED = Prompt(
    "status_closed",
    Line(
        N_(
            "Our work on this has ended. If it is not solved for you, you can have it "
            "opened again until this day."
        )
    ),
)

STATUS_CLOSED_FINAL = Prompt(
    "status_closed_final",
    Line(N_("Our work on this has ended. If something is wrong again, call us.")),
)

LIMIT_UNTIL = Prompt(
    "limit_until",
    Line(
        # Translators: Spoken after the PIN. Weekday, day and month follow: the last
        # day on which the right can still be used.
        N_("One of your rights can end after this day.")
    ),
)

LIMIT_BEFORE = Prompt(
    "limit_before",
    Line(
        # Translators: Spoken after that day; then whom to call. They help after it
        # as well: only the right can end.
        N_("Before then, people outside can tell you what to do.")
    ),
)

LIMIT_LABOUR = Prompt(
    "limit_labour",
    Line(
        # Translators: Spoken; the number follows digit by digit.
        N_("You can call the labour office. Its number is this.")
    ),
)

LIMIT_LEGAL_AID = Prompt(
    "limit_legal_aid",
    Line(
        # Translators: Spoken; the number follows digit by digit.
        N_("You can call a lawyer, free of charge. The number is this.")
    ),
)

LIMIT_WOMEN = Prompt(
    "limit_women",
    Line(
        # Translators: Spoken; the number follows digit by digit.
        N_("You can call the helpline for women. Its number is this.")
    ),
)

LIMIT_OUTSIDE = Prompt(
    "limit_outside",
    Line(
        # Translators: Spoken where we have no number to give.
        N_("Ask us whom you can call.")
    ),
)

LIMIT_CHOICE = Prompt(
    "limit_choice",
    Line(
        # Translators: Spoken; "they" are those of the number just given.
        N_("You decide. We are no lawyers, they can advise you.")
    ),
)

FOLLOW_MESSAGE = Prompt(
    "follow_message",
    Line(N_("There is a message for you. To hear it, press 1.")),
)

FOLLOW_ADD = Prompt("follow_add", Line(N_("To tell us more, press 2.")))

FOLLOW_SOLVED = Prompt(
    "follow_solved", Line(N_("To tell us whether it is solved, press 3."))
)

FOLLOW_RATE = Prompt(
    "follow_rate", Line(N_("To say how well you were helped, press 4."))
)

FOLLOW_OWN = Prompt(
    "follow_own",
    Line(
        # Translators: Spoken where somebody else told us for the worker.
        N_("If somebody else told us this for you, press 6.")
    ),
)

# Translators: After key 6; the number follows, is said again, and is keyed back.
OWN_PIN = Prompt("own_pin", Line(N_("This is a secret number of your own.")))

OWN_DONE = Prompt(
    "own_done",
    Line(
        # Translators: She keyed her own secret number back.
        N_("From now on it is yours alone. The old one opens nothing.")
    ),
)

OWN_LEFT = Prompt("own_left", Line(N_("Then the old secret number stays.")))

FOLLOW_END = Prompt("follow_end", Line(N_("If that is all, just hang up.")))

MESSAGE_UNREAD = Prompt(
    "message_unread",
    Line(
        # Translators: Spoken; the machine has no good voice for this language.
        N_("We cannot read the message to you here. For a person to call you, press 0.")
    ),
)

ADDED = Prompt("added", Line(N_("We have it. Thank you.")))

SOLVED = Prompt("solved", Line(N_("Is it solved for you? Yes, press 1. No, press 2.")))

SOLVED_THANKS = Prompt("solved_thanks", Line(N_("That is good to hear. Thank you.")))

NOT_SOLVED = Prompt(
    "not_solved",
    Line(
        # Translators: Spoken. Never say who looks at it now.
        N_(
            "Thank you for telling us. It is open again. Those who must see to it "
            "have been told."
        )
    ),
)

REPRISAL = Prompt(
    "reprisal",
    Line(
        # Translators: Spoken 30 and 90 days after the end, after the PIN. "Trouble" is
        # anything done to her: sent away, less pay, threats, another line or shift.
        N_(
            "Since you told us, has anybody at work made trouble for you because of "
            "it? Yes, press 1. No, press 2. If you do not know or would rather not "
            "say, press 3."
        )
    ),
)

REPRISAL_NO = Prompt(
    "reprisal_no",
    Line(
        # Translators: Spoken after "no" or "do not know".
        N_("Thank you for telling us. If anybody makes trouble for you later, call us.")
    ),
)

REPRISAL_YES = Prompt(
    "reprisal_yes",
    Line(
        # Translators: Spoken. A new number and a new PIN follow. Nobody at the factory
        # is told: this must be true in every language.
        N_(
            "Thank you for telling us. Someone from outside the factory sees to it "
            "now, and nobody at the factory is told. This has a number of its own."
        )
    ),
)

# All of them, or the question is not asked.
REPRISALS = (REPRISAL, REPRISAL_NO, REPRISAL_YES)

RATE = Prompt(
    "rate",
    Line(
        N_(
            "How well were you helped? Press a key from 1 to 5. 1 is not at all, 5 "
            "is very well."
        )
    ),
)

RATE_THANKS = Prompt("rate_thanks", Line(N_("Thank you for saying so.")))

# ---------------------------------------------------------- when we ring first

RING_BACK = Prompt(
    "ring_back",
    Line(
        # Translators: Spoken when a missed call is returned. Anybody may answer: not
        # a word of what the number is for. Name YOUR language; its key follows.
        N_("Hello. This phone called us just now. To go on in English, press")
    ),
)

OUR_CALL = Prompt(
    "our_call",
    Line(
        # Translators: Spoken when the worker asked to be called with news. Anybody may
        # answer: not a word of what it is about.
        N_(
            "Hello. This call was asked for. If it is a good moment, press 1. If not, "
            "just hang up."
        )
    ),
)

ANOTHER_TIME = Prompt("another_time", Line(N_("All right. Another time, then.")))

# ------------------------------------------------- recording the prompts by phone

STUDIO_CODE = Prompt(
    "studio_code",
    Line(
        # Translators: Spoken to the person who records these prompts by phone.
        N_("Please key in your code, 6 digits.")
    ),
)

STUDIO_ITEM = Prompt(
    "studio_item",
    Line(
        # Translators: Spoken to that person; the sentence's number follows.
        N_(
            "After the tone, please read this sentence from your sheet, then press "
            "hash."
        )
    ),
)

STUDIO_CHECK = Prompt(
    "studio_check",
    Line(
        # Translators: Spoken to that person.
        N_("To keep it, press 1. To read it again, press 2. To skip it, press 3.")
    ),
)

STUDIO_DONE = Prompt(
    "studio_done",
    Line(
        # Translators: Spoken to that person.
        N_("That was all. Thank you for your voice.")
    ),
)

# The studio speaks to staff; what a worker hears must be there without it.
STUDIO = (STUDIO_CODE, STUDIO_ITEM, STUDIO_CHECK, STUDIO_DONE)

PROMPTS: tuple[Prompt, ...] = (
    tuple(value for value in globals().values() if isinstance(value, Prompt))
    + spoken_rights.PROMPTS
)
