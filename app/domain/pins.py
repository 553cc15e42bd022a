"""How tries at a PIN are slowed, per case and overall."""

from datetime import datetime, timedelta

FREE_TRIES = 5  # within 24 hours, before a case makes anybody wait
MOST_OVERALL = 300  # wrong tries an hour in the whole programme
MOST_A_CASE = 60  # within 24 hours, from all strangers' phones together
LONGEST_WAIT = timedelta(hours=1)


def may_try(
    tries: int,
    tried_at: datetime | None,
    tries_overall: int,
    at: datetime,
    *,
    is_own: bool,
    tries_of_case: int = 0,
) -> bool:
    """Tell whether a PIN is looked at now.

    `tries` are those from this phone: after five wrong ones within 24 hours
    each further one doubles the wait, from one minute to an hour. So nobody's
    tries make another phone wait, be it the case's own or a borrowed one;
    phones that withhold their number count as one. Against many phones at
    once a case takes 60 strangers' tries a day (of 900,000 PINs) and the
    programme 300 an hour; the case's own phone is never braked by either.
    """
    if not is_own and (tries_overall >= MOST_OVERALL or tries_of_case >= MOST_A_CASE):
        return False
    if tries < FREE_TRIES or tried_at is None:
        return True
    wait = min(timedelta(minutes=1 << min(tries - FREE_TRIES, 6)), LONGEST_WAIT)
    return at - tried_at >= wait
