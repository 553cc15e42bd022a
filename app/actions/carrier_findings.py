"""What carriers did not take of us, and which of their calls nobody returns."""

from collections.abc import Iterator, Sequence

from app.actions.finding import Finding
from app.actions.stray_call import PROVIDER, UNKNOWN, VOICE
from app.store.refusals import Stray, WentPast

_WHY = {
    UNKNOWN: "nobody imported that number",
    PROVIDER: "numbers.csv says that it is another carrier's",
    VOICE: "numbers.csv says that it is no line for them",
}


def went_past(found: Sequence[WentPast]) -> Iterator[Finding]:
    """Say how many texts another carrier had to take."""
    for each in found:
        yield Finding(
            f"{each.texts} texts since yesterday went past {each.carrier}: {each.why}."
            " Another carrier took them.",
            "Look the code up in the carrier's manual and mend what it names, or put"
            " the other one first in SMS_ROUTES.",
        )


def stray_calls(found: Sequence[Stray]) -> Iterator[Finding]:
    """Say at which of our lines calls are missed that nobody returns."""
    for each in found:
        why = _WHY.get(each.reason)
        if why is not None:
            yield Finding(
                f"{each.calls} missed calls to {each.dialled} since yesterday are not"
                f" returned: {why}.",
                "Import it with its carrier as provider and voice `missed_call`:"
                " `threadline import numbers`.",
                is_grave=True,
            )
