"""What the web pages say above a question: short, and never what is wrong with her.

The questions themselves stand in the templates of `app.channels.web`.
"""

from app.wording.line import N_, Line

TELL_US = Line(
    # Translators: Nothing was written, chosen or added. Friendly, never "error".
    N_("Please write what is wrong, choose it from the list, or add a photo or voice.")
)

TEST = Line(
    # Translators: Somebody only tried the form, with "hello" or "test".
    N_("The form works, and we are here. When something is wrong, write it here.")
)

WHO_FILES = Line(
    # Translators: On a complaint for somebody else: relative, friend, union or NGO.
    N_("Please choose who you are to the worker.")
)

SAFE = Line(
    # Translators: The first page was sent. From now on nothing of it can be lost.
    N_("We have it. What you told us is safe now, even if you close this page.")
)

NOT_THE_PLACE = Line(
    # Translators: The digits or the name did not lead us to a place. Never "invalid".
    N_("That did not lead us to the place. Please look at the six digits once more.")
)

PLACE_NOTED = Line(
    # Translators: A name that we do not know was given: a person will find it.
    N_("We have written down the place. Someone from outside the factory will find it.")
)

CHOOSE = Line(
    # Translators: Nothing was chosen on a page with choices.
    N_("Please choose one of these.")
)

PHONE_WRONG = Line(
    # Translators: The phone number cannot be called. {hint} is how one begins there.
    N_("We cannot read this number. Please write all of it, beginning with {hint}.")
)

REACH_NO = Line(
    # Translators: She wants no call and no text.
    N_("All right, we will not call and not text. Come here when you want to know.")
)

REACH_YES = Line(
    # Translators: She allowed a text or a call.
    N_("Good. We will only say that there is news, and never what it is about.")
)

PIN_WRONG = Line(
    # Translators: She typed her new PIN back, and it was another one.
    N_("That was not quite it. Please look at the PIN below and type it once more.")
)

PIN_RIGHT = Line(
    # Translators: She typed her new PIN back and it was right.
    N_("Right. Keep the number and the PIN where only you find them.")
)

PIN_NEEDED = Line(
    # Translators: She wants to go on without noting number and PIN; asked once more.
    N_("Without them nobody can ask for news, and even we cannot find them again.")
)

NOT_TOGETHER = Line(
    # Translators: Number and PIN open nothing; the reason is never told.
    N_("This number and this PIN do not belong together. Please look once more.")
)

NOT_TAKEN = Line(
    # Translators: She went back and sent an answer once more that only a person may
    # change now. Nothing is lost.
    N_("We had your first answer. To change it, write to us with your number and PIN.")
)

CLOSED_DOOR = Line(
    # Translators: So many wrong PINs were tried everywhere that none is looked at now.
    N_("We cannot look at any number just now. Please come back in an hour.")
)

TOO_OFTEN = Line(
    # Translators: Too many wrong tries from this network; nothing is lost.
    N_("There were too many tries from here. Please wait an hour.")
)

RESTED = Line(
    # Translators: The page lay open for a long time.
    N_("This page has rested for a while, so we closed it. What came before is safe.")
)

NOTHING_WRITTEN = Line(
    # Translators: She pressed send, and there was nothing to send.
    N_("There was nothing written yet.")
)

ADDED = Line(
    # Translators: More words, photos or voices came to her case.
    N_("We have added it. Thank you.")
)

OPEN_AGAIN = Line(
    # Translators: Words came to a closed case, and opened it again.
    N_("We have added it, and your case is open again.")
)

CLOSED = Line(
    # Translators: Where the case stands: closed, and she may open it until {date}.
    N_(
        "Our work on this has ended. If it is not solved for you, tell us here by "
        "{date}, and we open it again."
    )
)

CLOSED_FINAL = Line(
    # Translators: Where the case stands: closed for good.
    N_("Our work on this has ended. If something is wrong again, tell us anew.")
)

LATE = Line(
    # Translators: A promised date has passed. No date, no blame.
    N_("It is late. We have told those above. Please look here again.")
)

WITHDRAWING = Line(
    # Translators: She has taken it back; on {date} it stops unless she undoes that.
    N_("You have taken it back. We stop on {date}. Until then you can still undo that.")
)

REPRISAL_NO = Line(
    # Translators: After "no" or "do not know" to whether anybody made trouble for her.
    N_("Thank you. If anybody makes trouble for you later, tell us here.")
)

REPRISAL_YES = Line(
    # Translators: After "yes". A new number and PIN stand below. Nobody at the factory
    # is told: this must be true in every language.
    N_(
        "Thank you for telling us. Someone from outside the factory sees to it, and "
        "nobody at the factory is told. It has a number and a PIN of its own."
    )
)

RATED = Line(
    # Translators: She gave one to five stars.
    N_("Thank you. That helps us to do better.")
)

NEW_PIN = Line(
    # Translators: The worker takes over what another person had filed for her. The
    # new PIN counts once she has typed it back.
    N_("Here is a PIN of your own. Once you type it back, the old one opens nothing.")
)

OLD_PIN = Line(
    # Translators: She did not note the new PIN, so it does not count.
    N_("Then the old PIN stays. You can take this over when you can write it down.")
)

# Translators: Why a file was not kept; the words and the other files are.
FILE_EMPTY = Line(N_("One file was empty. Everything else is safe."))
FILE_TOO_LARGE = Line(
    N_("One file is larger than 10 MB, too large for us. Everything else is safe.")
)
FILE_UNKNOWN = Line(
    N_("One file is no photo, voice or PDF that we can read. Everything else is safe.")
)
FILE_DAMAGED = Line(
    N_("One file is broken. Everything else is safe. Please try again.")
)
FILE_LOCKED = Line(
    N_("One PDF is locked with a password. Everything else is safe. Please unlock it.")
)
FILE_TOO_LONG = Line(
    N_("One file is too long or too big a picture. Everything else is safe.")
)
FILE_VIDEO = Line(
    N_("We cannot take films yet, only photos, voice and PDF. Everything else is safe.")
)
FILES_FULL = Line(
    # Translators: A case has as many files as we can keep.
    N_("There are as many files here as we can keep. Please tell us in words.")
)
FILE_BUSY = Line(
    N_("We could not look at one file just now. Everything else is safe. Try it again.")
)
TOO_MANY_FILES = Line(
    # Translators: More than five files; {most} is five.
    N_("We could take {most} files only. Those and your words are safe.")
)
