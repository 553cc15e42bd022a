"""The sentences of the owed messages, whole, as the translators see them."""

from app.wording.line import N_

COUNTRIES = {"BD": N_("Bangladesh"), "IN": N_("India")}

# Translators: a label and a value on a line of their own.
SITE = N_("Site: {site}")
SITE_UNKNOWN = N_("Site: not known yet. The worker has not named it.")
# Translators: {country} is a country's name, on a line of its own.
COUNTRY = N_("Country: {country}")
# Translators: {command} is typed into a computer; it is never translated.
COMMAND = N_("The command for it: {command}")
# Translators: {link} is an address on the web; who opens it must sign in first.
ROOM = N_("To see it, sign in here: {link}")
# Translators: "rooms" are the pages on which committees, partners and brands work.
INVITE_SUBJECT = N_("Your way into the rooms of Threadline")
INVITE = N_(
    "You have been invited to the rooms of Threadline, where the complaints that are "
    "yours to work on are kept."
)
# Translators: {link} is an address on the web, at the end of the line.
INVITE_LINK = N_("Open this address and choose a password: {link}")
INVITE_ONCE = N_(
    "It opens once, until {until}, and whoever opens it comes in as you: send it to "
    "nobody. If you do not know what this is about, delete this message."
)
# Translators: a text message; keep it short. {link} is an address on the web.
INVITE_TEXT = N_(
    "Threadline: open {link} by {until} and choose a password. It opens once; "
    "send it to nobody."
)
# Translators: subject; a "head" is a signed number over all events so far.
HEAD_SUBJECT = N_("Heads {first} to {last} of the Threadline ledger")
HEAD = N_(
    "Keep this message. With these lines you can show later that nothing in the "
    "ledger was altered or removed; they say nothing about any case.\n\n"
    "{heads}"
)
# Translators: a text message; keep it short.
HEAD_TEXT = N_("Threadline: heads {first} to {last} of the ledger are ready for you.")
# Translators: to the partners and the secretariat, of whom nobody adds one alone.
PARTNER_ADDED_SUBJECT = N_("A partner was added")
PARTNER_INVITED_SUBJECT = N_("A partner was invited")
# Translators: {name} is a person, {where} the codes of places, {by} who did it.
PARTNER_ADDED = N_("A partner was added: {name}, for {where}. It was done by {by}.")
PARTNER_INVITED = N_(
    "A partner was invited to sign in: {name}, for {where}. It was done by {by}."
)
PARTNER_DO = N_(
    "A partner reads what workers said. If nobody of you knows of it, ask the "
    "secretariat at once to end this role."
)
EVERY_CASE = N_("every case")
COMMAND_LINE = N_("whoever runs the service")
CODE_SUBJECT = N_("Your code to sign in")
# Translators: a text message; {code} is six digits.
CODE = N_(
    "{code} is your code to sign in to Threadline. It is good for 10 minutes. "
    "Give it to nobody, whoever asks."
)
PIN_STOPPED_SUBJECT = N_("Your PIN for text messages is off")
# Translators: also a text message; keep it short.
PIN_STOPPED = N_(
    "Threadline: many wrong PINs came from your phone number. Your PIN is off. "
    "Set another in the rooms, under My account."
)
SIGNED_BY_TEXT_SUBJECT = N_("You signed by text message")
SIGNED_BY_TEXT = N_(
    "From your phone number, with your PIN, it was signed that a case is solved. "
    "If that was not you, set another PIN at once and tell your partner."
)
# Translators: for committee members, partners and the secretariat.
DISCREET = N_(
    "Do not try to find out who wrote. "
    "Speak about this case only with those who handle it with you."
)
ASK_PARTNER = N_(
    "To learn more and to help, write to the programme's partner: {partner}"
)
ASK_MANAGEMENT = N_(
    "Please ask the factory's management what they will do, and by which date. "
    "Do not ask who spoke up: it can cost a worker the job."
)
ASK_FIRST = N_(
    "Before you speak with the factory, ask the programme's partner or secretariat: "
    "some cases must stay outside the factory. "
    "Do not ask who spoke up: it can cost a worker the job."
)

DO_BY = {
    "acknowledge": N_("Please confirm by {due_at} that you have taken up the case."),
    "first_action": N_("Please take the first step in the case by {due_at}."),
    "resolve": N_("Please have the case solved by {due_at}."),
    "plan": N_("Please have a plan to put things right, with its dates, by {due_at}."),
    "review": N_("Please look at the case again by {due_at} and set the next date."),
}

NEW_SUBJECT = N_("New case {number}")
NEW = N_("A new case has come in and is with you. Its number is {number}.")

HANDED_SUBJECT = N_("Case {number} is now with you")
HANDED = {
    "danger": N_(
        "Case {number} is now with you, because somebody may be in danger. "
        "Please act at once, whatever the hour."
    ),
    "conflict": N_(
        "Case {number} is now with you, "
        "because it must be handled outside the factory. "
        "Nobody at the factory may learn of it."
    ),
    "partner": N_("The partner has handed case {number} to you."),
    "committee": N_(
        "The committee has given case {number} to you and does not work on it any more."
    ),
    "fallback": N_(
        "Case {number} is now with you, because the body that would handle it "
        "does not exist at the site or has too few members."
    ),
    "reopened": N_(
        "Case {number} is now with you, because the worker says "
        "that it is not solved. It has been opened again."
    ),
    # Nothing about the worker, who may have said nothing.
    "reopened_by_partner": N_(
        "Case {number} is now with you. It has been opened again."
    ),
    "stays": N_(
        "Nobody has said that case {number} is solved. It stays open and with you, "
        "and is looked at again every month."
    ),
}
HANDED_OTHERWISE = N_("Case {number} is now with you.")

REMINDER_SUBJECT = N_("Reminder: case {number}")
HALF_GONE = N_("Half of the time for the next step in case {number} has passed.")
MOST_GONE = N_(
    "Most of the time for the next step in case {number} has passed. Little is left."
)

MISSED_SUBJECT = N_("Case {number} is past its date")
MISSED = {
    "acknowledge": N_(
        "Nobody has confirmed taking up case {number}. "
        "It should have been done by {due_at}."
    ),
    "first_action": N_(
        "No first step has been taken in case {number}. "
        "It should have been done by {due_at}."
    ),
    "resolve": N_("Case {number} is not solved. It should have been by {due_at}."),
    "plan": N_(
        "There is no plan to put things right in case {number}. "
        "It should have been there by {due_at}."
    ),
    "review": N_(
        "Case {number} has not been looked at again. "
        "It should have been done by {due_at}."
    ),
}
MISSED_OTHERWISE = N_("A step in case {number} has not been taken in time.")
# What a missed date asks of whoever is told.
RUNG = {
    "committee": N_(
        "The whole committee gets this message. Please do it today: "
        "the next to be told stand above the committee."
    ),
    # Wherever it is not known that a committee holds the case, none is named.
    "partner": N_("Please find out today what holds it up, and see that it is done."),
    "factory_head": N_(
        "As head of the factory, please see to it today that the committee "
        "can do its work. Do not look into the case yourself."
    ),
    "secretariat": N_(
        "Please find out today why it was not done, and see to it that it is. "
        "Nobody at the factory may learn of the case through you."
    ),
    "brand": ASK_FIRST,
}
# The same where a committee holds the case: the factory knows of it.
RUNG_ABOVE_COMMITTEE = {
    "partner": N_(
        "Please find out today what holds it up, and see that it is done. "
        "If the committee cannot act, take the case over."
    ),
    "secretariat": N_(
        "Please ask the partner today why it was not done, "
        "and see to it that the partner acts."
    ),
}

# Whoever is told on a rung of the ladder, and is waited for.
ANSWER_BY = N_(
    "Please say by {answer_by} that you act on it: with the command below, "
    "or in an answer to the programme's partner or secretariat."
)
# To brands. {lead} is the name of a brand.
LEAD = {
    "lead": N_(
        "Of the brands that buy from this site you take the lead: "
        "please speak for all of them. The others get a copy of this message."
    ),
    "copy": N_(
        "{lead} takes the lead and speaks for all brands that buy from this site. "
        "This message is your copy."
    ),
}
BRAND_REMINDER_SUBJECT = N_("Reminder: a case in your supply chain waits for you")
BRAND_REMINDER = N_(
    "You were told of case {number} at a site in your supply chain. "
    "No brand has answered yet."
)

SILENT_SUBJECT = N_("Case {number}: nobody has answered")
SILENT = {
    "brand": N_(
        "The brands that buy from this site were told of case {number}. "
        "None of them has answered."
    ),
    "factory_head": N_(
        "The head of the factory was told of case {number} and has not answered."
    ),
    "partner": N_("The partner was told of case {number} and has not answered."),
}
SILENT_OTHERWISE = N_("Those who were told of case {number} have not answered.")
SILENT_DO = N_("Please reach them yourselves today, and write down what they say.")

# To a factory: neither which case, nor what it is about, nor since when.
GENERAL_SUBJECT = N_("Something promised at a site has not been done")
GENERAL = N_(
    "Something that was promised to workers at this site has not been done in time."
)
GENERAL_HEAD = N_(
    "As head of the factory, please see to it that the committee can do its work. "
    "Do not ask what it is about, and do not ask who spoke up."
)
FIRST_TIER_SUBJECT = N_("Something promised at a supplier of yours has not been done")
FIRST_TIER = N_(
    "Something that was promised to workers at a site that supplies you "
    "has not been done in time."
)
FIRST_TIER_DO = N_(
    "Please ask its management to keep what it promises its workers. "
    "Do not ask what it is about, and do not ask who spoke up: "
    "it can cost a worker the job."
)

CLUSTER_SUBJECT = N_("Several cases of one kind at a site in your supply chain")
# Translators: {count} and {days} are numbers of at least 5 and 1. {kind} is one of
# the kinds below, on a line of its own.
CLUSTER = N_(
    "{count} or more cases of the same kind have come from this site "
    "within {days} days."
)
KIND = N_("Kind: {kind}")
# Translators: kinds of cases, each on a line of its own.
KINDS = {
    "WAGE": N_("pay"),
    "HOUR": N_("working hours and leave"),
    "SOCS": N_("social insurance"),
    "MATC": N_("maternity and childcare"),
    "ABUS": N_("abuse and threats"),
    "FORC": N_("forced labour"),
    "OSHS": N_("safety and health"),
    "WASH": N_("water, toilets and canteen"),
    "TERM": N_("dismissal and dues"),
    "FOAS": N_("union and committee rights"),
    "DORM": N_("hostel and transport"),
}

NOT_SOLVED_SUBJECT = N_("Case {number} is not solved")
NOT_SOLVED = N_(
    "The worker says that case {number} is not solved. "
    "It has been opened again, with new dates."
)
NOT_SOLVED_AGAIN = N_(
    "The worker says once more that case {number} is not solved. "
    "It has been opened again, with new dates."
)
NOT_SOLVED_DO = N_(
    "Please see to it that it is solved this time. "
    "Nobody may press the worker to be content."
)

SECOND_MISS_SUBJECT = N_("A site has missed its date again")
# Translators: it may be the second time, or the fifth.
SECOND_MISS = N_(
    "Again within 90 days the committee at this site has taken "
    "no first step in time. This time it is case {number}."
)

REVIEW_SUBJECT = N_("Case {number}: the review is past its date")
REVIEW = N_(
    "Case {number} should have been looked at again by {due_at}. It has not been."
)
REVIEW_DO = N_("Please do it today and set the date of the next review.")

LAW_SUBJECT = N_("Case {number}: a date of the law has passed")
# Translators: never which law, nor what it is about.
LAW = N_(
    "In case {number} the law asks for something by {due_at}. "
    "Nothing on record says that it was done."
)
# Translators: the command that follows shows the law with its source.
LAW_DO = N_(
    "Please look at it today: if it was done, record the day; if not, see that it "
    "is done. This is no legal advice. In doubt ask a lawyer."
)

SECOND_SUBJECT = N_("Case {number}: you were named as the second person")
# Translators: two people must agree before the dates of a case are moved.
SECOND = N_(
    "The due dates of case {number} were moved, and you were named as the person "
    "who agreed."
)
SECOND_DO = N_(
    "If you did not agree, please say so to the secretariat today. "
    "The case shows who moved the dates, and why."
)

SAID_SUBJECT = N_("Case {number}: please confirm a day")
# Translators: never which law, nor what it is about.
SAID = N_(
    "In case {number} somebody has recorded the day of a step. A date of the worker's "
    "may depend on it, so it counts only once you confirm it."
)
# Translators: the command that follows shows what was recorded.
SAID_DO = N_(
    "Please find out today, without asking at the factory, and record the right day "
    "yourself. The case shows what was recorded."
)

WITHDRAW_SUBJECT = N_("Case {number}: please check a withdrawal")
WITHDRAW = N_(
    "Somebody has asked by text message to withdraw case {number}. "
    "It takes effect on {until}, unless it is undone before."
)
WITHDRAW_DO = N_(
    "Please make sure before then that the worker wants this freely "
    "and is not under pressure. If in doubt, keep the case open."
)
WITHDRAW_TALK = N_(
    "Somebody has asked by text message to withdraw case {number}. "
    "A case like this one is never withdrawn by text alone: it stays open."
)
WITHDRAW_TALK_DO = N_(
    "Please talk with the worker and make sure that nobody puts them under pressure."
)

WROTE_SUBJECT = N_("Case {number}: the worker has written")
WROTE = N_("The worker has written again about case {number}.")
# Translators: the command that follows shows the case and its messages.
WROTE_DO = N_("Please read it and answer by what you do in the case.")

CALLS_SUBJECT = N_("Case {number}: the worker asks for a call")
CALLS = N_("The worker of case {number} asks to be called.")
CALLS_DO = N_("Please call soon, at a time that suits the worker if one was given.")

WAIT_SUBJECT = N_("Case {number}: words wait for your reading")
WAIT = N_(
    "In case {number} the committee waits for you: it reads nothing of what the worker "
    "says before you have read it and released what may be read."
)
WAIT_HELD = N_(
    "In case {number} a message of the committee to the worker waits for you: read it "
    "and send it on."
)
WAIT_DATE = N_("The next date of the case is {due_at}.")

RELEASED_SUBJECT = N_("Case {number}: there is something to read")
RELEASED = N_("The partner has released what the worker said in case {number}.")

VOICE_SUBJECT = N_("Case {number}: a voice to be written down")
VOICE = N_("The worker in case {number} has spoken. Only you may hear it.")
# Translators: the commands that follow open the recording and keep the two texts.
VOICE_DO = N_(
    "Please listen, write down what is said without names, and add a summary in "
    "English. Nobody else can work with the case before that."
)

FILE_SUBJECT = N_("Case {number}: a photo, a voice or a paper")
FILE = N_(
    "The worker in case {number} has sent a photo, a voice clip or a paper. Only you "
    "may open it."
)
# Translators: the commands that follow open the files and keep a summary.
FILE_DO = N_(
    "Please look at it, and write down in English what it shows, without names. "
    "Nobody else can work with it before that."
)

UNREACHABLE_SUBJECT = N_("Case {number}: the worker cannot be reached")
UNREACHABLE = N_(
    "The phone of the worker in case {number} does not take our texts or calls."
)
UNREACHABLE_DO = N_(
    "Please find another way to reach the worker, one that puts them in no danger. "
    "Never ask at the factory."
)

# Translators: {count} is 2 or more; nothing of any case may stand in the subject.
DIGEST_SUBJECT = N_("Notices waiting for you: {count}")
DIGEST = N_("Several notices have come for you. Number of them: {count}.")
DIGEST_BY = N_(
    "Several notices have come for you. Number of them: {count}. "
    "The nearest date is {due_at}."
)
# Translators: below several notices, for those who handle the cases.
DIGEST_DISCREET = N_(
    "Do not try to find out who wrote. "
    "Speak about these cases only with those who handle them with you."
)
# Translators: a text message to staff on a phone that others may read.
DIGEST_TEXT = N_(
    "Threadline: things waiting for you: {count}. Please look at them today."
)
DIGEST_TEXT_BY = N_(
    "Threadline: things waiting for you: {count}. The nearest date is {due_at}. "
    "Please look at them today."
)

BRAND_ALERT_SUBJECT = N_("A protected case in your supply chain needs attention")
BRAND_ALERT = N_(
    "A protected case in your supply chain needs attention at once. "
    "To protect the people in it, this message says no more. "
    "When you ask about it, give the number {number}."
)
BRAND_ALERT_NUMBERLESS = N_(
    "A protected case in your supply chain needs attention at once. "
    "To protect the people in it, this message says no more."
)
BRAND_DO = N_(
    "Please do not ask the factory about it: that could harm the person. "
    "The partner will tell you how you can help."
)

# The same where no partner's address can be given.
BRAND_DO_ALONE = N_(
    "Please do not ask the factory about it: that could harm the person. "
    "The programme's secretariat will write to you."
)

LEAD_HANDED_SUBJECT = N_("Case {number}: your brand takes the lead")
LEAD_HANDED = N_(
    "{brand} has handed the lead in case {number} to your brand: "
    "from now on please speak for all brands that were told of it."
)

BRAND_WROTE_SUBJECT = N_("There is a message about a case in your supply chain")
BRAND_WROTE = N_(
    "Somebody wrote to the brands that were told of a case in your supply chain. "
    "Please sign in to read it."
)
BRAND_WROTE_NAMED_SUBJECT = N_("Case {number}: a brand wrote")
BRAND_WROTE_NAMED = N_(
    "There is a new message between you and the brands that were told of "
    "case {number}. Please sign in to read it."
)

BRAND_MISSED_SUBJECT = N_("A case in your supply chain is past its date")
BRAND_MISSED = N_(
    "A case at a site in your supply chain is past its date, and so you are told of it."
)

PROTECTED_SUBJECT = N_("A protected case in your supply chain is past its date")
PROTECTED = N_(
    "A protected case in your supply chain is past its date. "
    "To protect the people in it, this message says no more."
)
PROTECTED_STEP = {
    "acknowledge": N_("The step that was missed: to confirm taking up the case."),
    "first_action": N_("The step that was missed: the first action."),
    "resolve": N_("The step that was missed: to have the case solved."),
    "plan": N_("The step that was missed: a plan to put things right."),
    "review": N_("The step that was missed: to look at the case again."),
}
PROTECTED_NUMBER = N_("When you ask about it, give the number {number}.")
