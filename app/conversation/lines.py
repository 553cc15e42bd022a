"""Everything the hotline says to a worker, one sentence or two at a time.

Each text stands alone on a shared phone: no factory, no subject, at most two
SMS parts in every language. Keywords in capitals are what a worker may write;
each language has its own, listed in locales/glossary.md.
"""

from app.wording.line import N_, Line

WELCOME = Line(
    # Translators: What any stranger's phone gets for a greeting or a test. Says who
    # we are; must fit a worker of a factory, a mill or a home.
    N_(
        "Hello. This is the workers' helpline, from outside the factory. Tell us in "
        "your own words what is wrong at work, with the 6 digits on our poster. No "
        "name needed. The factory never sees your number."
    )
)

HELP = Line(
    # Translators: The keywords, each with what it does. Keep the line breaks.
    N_(
        "You can write:\n"
        "STATUS and your PIN - is there news\n"
        "NEW - tell us another thing\n"
        "CALL ME - we ring you\n"
        "LANGUAGE - change it\n"
        "WITHDRAW and your PIN - take it back\n"
        "STOP - no more texts"
    )
)

ACK = Line(
    # Translators: The first answer to a worker who told us something. "It" is what
    # they told us. {date} is a day by which there is news; they ask for
    # it, or we text if they allow it. Nothing may follow {emergency}.
    N_(
        "We have it, thank you. Number {number}, PIN {pin}: keep these, show nobody. "
        "You will have news by {date}. In danger now: {emergency}."
    )
)

# Translators: Something more came from a phone that has rested: one neutral
# sentence that gives nothing away to whoever holds the phone.
NOTED = Line(N_("We have your message. Thank you."))

ASK_WHAT = Line(
    # Translators: Only the digits from the poster came, no words yet.
    N_(
        "Thank you. Now tell us in your own words: what happened? We do not need "
        "your name."
    )
)

ASK_SITE = Line(
    # Translators: Say "place" so that a mill, a workshop or a home fits as well.
    N_(
        "Which place is it? Please send the 6 digits on our poster there. If you "
        "cannot find them, send the name of the place."
    )
)

ASK_SITE_AGAIN = Line(
    # Translators: The digits or the name did not lead us to a place. Never "invalid".
    N_(
        "Sorry, that did not lead us to the place. Please look at the 6 digits on the "
        "poster once more and send them, or send the name of the place."
    )
)

ASK_CONFLICT = Line(
    # Translators: The reason comes first, so that the question does not frighten.
    N_(
        "So that the wrong person does not read it: is it about someone on the "
        "committee, in HR, or the owner? 1 yes  2 no  3 do not know"
    )
)

ASK_CONFLICT_AGAIN = Line(
    # Translators: Asked a second and last time.
    N_(
        "Please send just one digit. Is it about someone on the committee, in HR, or "
        "the owner? 1 yes  2 no  3 do not know"
    )
)

ASK_TOPIC = Line(
    # Translators: Spoken words, not legal ones. "Hours" is working time, "leave" is
    # days off, "a child at work" is a child made to work.
    N_(
        "What is it about? Send one digit.\n"
        "1 pay or insurance\n"
        "2 hours or leave\n"
        "3 bad treatment\n"
        "4 sexual harassment\n"
        "5 safety, water, toilets\n"
        "6 a child at work\n"
        "7 something else"
    )
)

ASK_TOPIC_AGAIN = Line(
    # Translators: Asked a second and last time; same choices, same order.
    N_(
        "Please send just one digit, 1 to 7.\n"
        "1 pay or insurance\n"
        "2 hours or leave\n"
        "3 bad treatment\n"
        "4 sexual harassment\n"
        "5 safety, water, toilets\n"
        "6 a child at work\n"
        "7 something else"
    )
)

# Translators: {menu} is four lines, each a number and a language's own name.
ASK_LANGUAGE = Line(N_("Send the number of your language:\n{menu}"))

ASK_MAY_TEXT = Line(
    # Translators: "This phone" may be shared; that is why we ask.
    N_(
        "May we text this phone when there is news? We never write what it is about. "
        "1 yes  2 no"
    )
)

ASK_MAY_TEXT_AGAIN = Line(
    # Translators: Asked a second and last time.
    N_(
        "Please send 1 or 2. May we text this phone when there is news? We never "
        "write what it is about. 1 yes  2 no"
    )
)

MAY_TEXT_YES = Line(
    # Translators: Goodbye after "yes, you may text this phone".
    N_(
        "Good, we will text when there is news. To ask us yourself, send STATUS and "
        "your PIN at any time. Take care."
    )
)

MAY_TEXT_NO = Line(
    # Translators: Goodbye after "no, do not text this phone".
    N_(
        "All right, we will not text this phone. When you want news, send STATUS and "
        "your PIN at any time. Take care."
    )
)

PASSED_ON = Line(
    # Translators: After two answers that we could not follow: nothing is lost.
    N_(
        "That is all right. Someone from outside the factory will read what you wrote "
        "and take it from here."
    )
)

STOPPED = Line(
    # Translators: Answer to STOP; a stranger's phone gets the same words.
    N_(
        "We will not text this phone any more. You can write to us again whenever you "
        "like."
    )
)

# Translators: Name your own language, not English.
LANGUAGE_SET = Line(N_("From now on we write to you in English."))

# Translators: A keyword that needs the PIN came without it. "The word" is that
# keyword. A stranger's phone gets the same words.
NEED_PIN = Line(N_("Please send that word and your 6 digit PIN together in one text."))

DIGITS_UNKNOWN = Line(
    # Translators: A PIN or a poster's digits that we do not know.
    N_(
        "We do not know these digits. Please look at them again and send them "
        "once more."
    )
)

STATUS_RECEIVED = Line(
    # Translators: Answers to STATUS with the right PIN, one for each state.
    N_("We have what you told us. It will be read soon. You will have news by {date}.")
)

STATUS_ACKNOWLEDGED = Line(
    # Translators: Someone has read it and looks after it.
    N_(
        "Someone has read what you told us and is looking after it. You will have "
        "news by {date}."
    )
)

STATUS_IN_REVIEW = Line(
    # Translators: People are finding out what happened.
    N_("We are finding out what happened. You will have news by {date}.")
)

STATUS_REMEDY_PROPOSED = Line(
    # Translators: Someone has proposed how to put it right.
    N_("There is a plan to put it right. You will have news by {date}.")
)

STATUS_RESOLVED = Line(
    # Translators: Others say it is solved; the worker's own word is what counts. The
    # question whether it is solved follows.
    N_(
        "We were told that it has been put right. Your word is what counts: please "
        "tell us by {date}."
    )
)

STATUS_IN_REMEDIATION = Line(
    # Translators: It takes long, and someone from outside the factory keeps watch.
    N_(
        "It is being put right step by step. Someone from outside the factory keeps "
        "watch. You will have news by {date}."
    )
)

STATUS_REOPENED = Line(
    # Translators: It was closed or declared solved, and is being looked at anew.
    N_("It is open again and being looked at anew. You will have news by {date}.")
)

STATUS_LATE = Line(
    # Translators: A promised date has passed, and no later one is promised. Those
    # above whoever should have seen to it have been told. No date, no blame.
    N_("It is late. We have told those above. Ask again with STATUS and your PIN.")
)

MESSAGE = Line(
    # Translators: After STATUS with the right PIN: what a person wrote to her, {words}
    # just as they stand.
    N_("There is a message for you: {words}")
)

MESSAGE_CUT = Line(
    # Translators: The same, where it is too long for a text: its beginning.
    N_(
        "There is a message for you: {words} ... To read or hear all of it, open "
        "our page or call us, with your number and PIN."
    )
)

MESSAGE_WAITS = Line(
    # Translators: The same, where the carrier lets no words of a person's through.
    # {hotline} is a phone number of ours.
    N_(
        "There is a message for you. To hear it, call {hotline}. Have your number "
        "and PIN with you."
    )
)

MESSAGE_WAITS_FOR_CALL = Line(
    # Translators: The same, where none of our numbers can be called. CALL ME is a
    # keyword: somebody of ours calls then.
    N_("There is a message for you. To hear it, send CALL ME: we ring you.")
)

STATUS_CLOSED = Line(
    # Translators: Closed, whatever the reason; NOT SOLVED is a keyword.
    N_(
        "Our work on this has ended. If it is not solved for you, send NOT SOLVED and "
        "your PIN by {date} and we open it again."
    )
)

STATUS_CLOSED_FINAL = Line(
    # Translators: Closed for good; NEW is a keyword.
    N_(
        "Our work on this has ended. If something is wrong again, send NEW and tell "
        "us. We are here."
    )
)

LIMIT_LABOUR = Line(
    # Translators: After the PIN: {date} is the last day on which a right of
    # hers can still be used. The number, {helpline}, helps after it as well:
    # only the right can end. Warm and plain. Where it makes three parts,
    # leave out the last sentence.
    N_(
        "One of your rights can end after {date}. Before then the labour office can "
        "tell you what to do: {helpline}. You decide. We are no lawyers."
    )
)

LIMIT_LEGAL_AID = Line(
    # Translators: The same; legal aid, a lawyer who costs nothing.
    N_(
        "One of your rights can end after {date}. Before then a lawyer can tell you "
        "what to do, free of charge: {helpline}. You decide. We are no lawyers."
    )
)

LIMIT_OUTSIDE = Line(
    # Translators: The same, where we have no number to give, or where its
    # name in an inbox would tell what it is about.
    N_(
        "One of your rights can end after {date}. Before then, ask us whom to call "
        "outside. You decide."
    )
)

# Translators: Asked when others say that it is solved.
ASK_SOLVED = Line(N_("Is it solved for you? 1 yes  2 no"))

SOLVED_THANKS = Line(
    # Translators: After "yes, it is solved".
    N_(
        "That is good to hear. Thank you for telling us. If anything is wrong again, "
        "write to us."
    )
)

NOT_SOLVED_NOTED = Line(
    # Translators: After "no, it is not solved". Who is told differs: never say that
    # somebody else looks at it now, or that it is in other hands.
    N_(
        "Thank you for telling us. It is open again, and those who must see to it "
        "have been told. You will have news by {date}."
    )
)

ASK_REPRISAL = Line(
    # Translators: Asked 30 and 90 days after the end, with the PIN. "Trouble" is
    # anything done to her: sent away, less pay, threats, another line or shift.
    # The answer comes with the PIN, so that nobody else gives it.
    N_(
        "Since you told us, has anybody at work made trouble for you because of it? "
        "Send your PIN and 1 yes  2 no  3 do not know"
    )
)

REPRISAL_NO = Line(
    # Translators: After "no" or "do not know". NEW is a keyword.
    N_(
        "Thank you for telling us. If anybody makes trouble for you later, send NEW "
        "and tell us."
    )
)

REPRISAL_YES = Line(
    # Translators: After "yes". What we have to say next is a new number and PIN.
    # Nobody at the factory is told: this must be true in every language.
    N_(
        "Thank you for telling us. Someone from outside the factory sees to it now, "
        "and nobody at the factory is told."
    )
)

WITHDRAW_NOTED = Line(
    # Translators: Answer to WITHDRAW with the PIN; UNDO is a keyword.
    N_(
        "As you wish, we stop on {date}. If you change your mind before then, send "
        "UNDO and your PIN and we go on."
    )
)

WITHDRAW_TALK_FIRST = Line(
    # Translators: Answer to WITHDRAW where danger or pressure is possible.
    N_(
        "We have heard you. Before anything stops, someone from outside the factory "
        "will talk with you."
    )
)

# Translators: Answer to UNDO with the PIN.
UNDONE = Line(N_("Good. Nothing stops, we go on as before."))

PIN_CHANGED = Line(
    # Translators: Answer to CHANGE with the old PIN. {pin} is the new one.
    N_("Your PIN is now {pin}. The old one opens nothing any more. Show it to nobody.")
)

TAKE_OVER = Line(
    # Translators: After STATUS, where somebody else told us for the worker and knows
    # the PIN. CHANGE is a keyword.
    N_(
        "Did somebody else write this for you? Send CHANGE and the PIN, and you get a "
        "PIN of your own."
    )
)

CALL_NOTED = Line(
    # Translators: Answer to CALL ME; a stranger's phone gets the same words.
    N_(
        "All right, someone from outside the factory will call this phone. If it is a "
        "bad moment, just do not answer."
    )
)

WORKER_NEWS = Line(
    # Translators: The only text we ever send first, for every occasion. Whoever reads
    # over the shoulder must learn nothing from it.
    N_("There is news for you. When you like, send STATUS and your PIN.")
)

STAFF_NOTICE = Line(
    # Translators: To a committee member who has no e-mail. Threadline is our name.
    N_("Threadline: something is waiting for you. Please look at it today.")
)
