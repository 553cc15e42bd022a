"""What can be refused, and the rule that each refusal guards."""


class ThreadlineError(Exception):
    """The root of every expected refusal; `str(error)` says what to do."""


class Refused(ThreadlineError):
    """The rules do not allow this act; the message is for the person acting."""


class NotFound(ThreadlineError):
    """Nothing of that name is visible to this person."""


class BadInput(ThreadlineError):
    """Something handed in is malformed; nothing was kept of it."""


class Busy(ThreadlineError):
    """The store could not take it now; the sender should try again."""
