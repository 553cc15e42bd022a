"""How tries at a PIN are slowed, per case and overall."""

from datetime import datetime, timedelta

FREE_TRIES = 5  # within 24 hours, before a case makes anybody wait
MOST_OVERALL = 300  # wrong tries an hour in the whole programme
LONGEST_WAIT = timedelta(hours=1)


def may_try(
    tries: int,
    tried_at: datetime | None,
    tries_overall: int,
    at: datetime,
    *,
    is_own: bool,
) -> bool:
    """Tell whether a PIN is looked at now.

    After five wrong ones within 24 hours each further one doubles the wait,
    from one minute to an hour: about 33 tries a day at 900,000 PINs. Tries
    from the case's own phone and from all others are counted apart, and only
    the others are braked overall, so that nobody locks a worker out. What is
    not looked at is no try.
    """
    if not is_own and tries_overall >= MOST_OVERALL:
        return False
    if tries < FREE_TRIES or tried_at is None:
        return True
    wait = min(timedelta(minutes=1 << min(tries - FREE_TRIES, 6)), LONGEST_WAIT)
    return at - tried_at >= wait
