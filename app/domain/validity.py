"""What a committee lacks of what it must be: by the programme's rules, else the law.

A body is judged as it is composed, a case by who is left for it. What the
programme has imported is enforced: a body that lacks it gets no cases. What only
the law asks is shown, and takes no case from anybody. A member whose sex nobody
has recorded counts against nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.composition import Composition
from app.domain.directory import Directory, Person
from app.domain.taxonomy import Role, Route, Side

# A committee with fewer worker-side members left than this is none.
FEWEST_WORKERS = 2


class Missing(StrEnum):
    """What a committee may lack."""

    MEMBERS = "too_few_members"
    MOST = "too_many_members"
    WORKERS = "too_few_workers"
    PARITY = "parity"
    WOMEN = "too_few_women"
    SEX = "sex_not_recorded"  # so many; the share of women cannot be told
    CHAIR = "no_chair"
    WOMAN_CHAIR = "no_woman_chair"
    EXTERNAL = "no_external"
    QUORUM = "no_quorum"
    TERM = "term_ended"  # whose place has been empty since `day`


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: how much there is, and how much there must be.

    `is_enforced`: for want of it the body gets no cases. Numbers are members;
    of women the percentage.
    """

    code: Missing
    have: int | None = None
    need: int | None = None
    day: date | None = None
    is_enforced: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One thing that is asked: by whom, and whether that is enforced."""

    value: int | str
    source: str
    is_enforced: bool


def lacks(body: Route, site: str, directory: Directory, day: date) -> tuple[Lack, ...]:
    """Return what a site's committee lacks on `day`; an alternate is no member."""
    if not body.is_factory_side or site not in directory.sites:
        return ()
    members = directory.members(body, site, day)
    found = [
        *_by_number(members, body, site, directory),
        *_by_women(members, body, site, directory),
        *_by_office(members, body, site, directory),
    ]
    ended = _ended(members, body, site, directory, day)
    is_short = any(lack.code in _OF_NUMBER for lack in found) or not members
    return (*found, ended) if ended is not None and is_short else tuple(found)


_OF_NUMBER = frozenset(
    {Missing.MEMBERS, Missing.WORKERS, Missing.PARITY, Missing.QUORUM}
)


def is_fit(
    body: Route,
    site: str | None,
    left: Sequence[Person],
    directory: Directory,
    day: date,
) -> bool:
    """Tell whether the body may hold a case for which these members are left."""
    workers = sum(person.side is Side.WORKER for person in left)
    if workers < FEWEST_WORKERS:
        return False
    rule = directory.committee_rule(body, site)
    if site is None or rule is None:
        return True
    if rule.quorum is not None and len(left) < rule.quorum:
        return False
    return not any(lack.is_enforced for lack in lacks(body, site, directory, day))


def _asked(name: str, body: Route, site: str, directory: Directory) -> _Asked | None:
    """Return what the programme asks, else what the law does; None: nothing."""
    rule = directory.committee_rule(body, site)
    if rule is not None and _is_set(getattr(rule, name)):
        return _Asked(getattr(rule, name), rule.source, is_enforced=True)
    law = directory.committee_law(body, site)
    if law is not None and _is_set(getattr(law, name)):
        return _Asked(getattr(law, name), _named(law), is_enforced=False)
    return None


def _is_set(value: int | str | None) -> bool:
    return value is not None and value != ""


def _named(law: Composition) -> str:
    return f"{law.title}: {law.source} ({law.confidence})"


def _by_number(
    members: Sequence[Person], body: Route, site: str, directory: Directory
) -> list[Lack]:
    workers = sum(person.side is Side.WORKER for person in members)
    employers = sum(person.side is Side.MANAGEMENT for person in members)
    found = [
        _too_few(
            Missing.MEMBERS, len(members), _asked("fewest", body, site, directory)
        ),
        _too_few(Missing.WORKERS, workers, _workers_asked(body, site, directory)),
        _too_few(Missing.QUORUM, len(members), _asked("quorum", body, site, directory)),
    ]
    most = _asked("most", body, site, directory)
    if most is not None and len(members) > int(most.value):
        found.append(_lack(Missing.MOST, len(members), most))
    parity = _asked("parity", body, site, directory)
    if parity is not None and _is_uneven(str(parity.value), workers, employers):
        found.append(
            Lack(
                Missing.PARITY,
                workers,
                employers,
                is_enforced=parity.is_enforced,
                source=parity.source,
            )
        )
    return [lack for lack in found if lack is not None]


def _workers_asked(body: Route, site: str, directory: Directory) -> _Asked:
    """Two at least, whatever is imported."""
    asked = _asked("fewest_workers", body, site, directory)
    if asked is None or (asked.is_enforced and int(asked.value) < FEWEST_WORKERS):
        return _Asked(FEWEST_WORKERS, "", is_enforced=True)
    return asked


def _is_uneven(parity: str, workers: int, employers: int) -> bool:
    return workers != employers if parity == "equal" else workers < employers


def _too_few(code: Missing, have: int, asked: _Asked | None) -> Lack | None:
    if asked is None or have >= int(asked.value):
        return None
    return _lack(code, have, asked)


def _lack(code: Missing, have: int, asked: _Asked) -> Lack:
    return Lack(
        code,
        have,
        int(asked.value),
        is_enforced=asked.is_enforced,
        source=asked.source,
    )


def _by_women(
    members: Sequence[Person], body: Route, site: str, directory: Directory
) -> list[Lack]:
    """Hold the share of women against what is asked, were all unknown ones women."""
    asked = _asked("women_percent", body, site, directory)
    if asked is None or not members:
        return []
    women = sum(person.sex == "f" for person in members)
    unknown = sum(person.sex == "" for person in members)
    need = int(asked.value)
    if (women + unknown) * 100 < need * len(members):
        return [_lack(Missing.WOMEN, women * 100 // len(members), asked)]
    if women * 100 < need * len(members):
        return [Lack(Missing.SEX, unknown, 0, source=asked.source)]
    return []


def _by_office(
    members: Sequence[Person], body: Route, site: str, directory: Directory
) -> list[Lack]:
    """Whether somebody presides, and somebody is from outside; only the law asks."""
    found: list[Lack] = []
    chair = _asked("chair", body, site, directory)
    presiding = [person for person in members if person.chairs]
    if chair is not None and not presiding:
        found.append(_office(Missing.CHAIR, 0, 1, chair))
    elif chair is not None and chair.value == "woman":
        if all(person.sex == "m" for person in presiding):
            found.append(_office(Missing.WOMAN_CHAIR, 0, 1, chair))
        elif not any(person.sex == "f" for person in presiding):
            found.append(Lack(Missing.SEX, 1, 0, source=chair.source))
    externals = _asked("externals", body, site, directory)
    outside = sum(person.is_external for person in members)
    if externals is not None and outside < int(externals.value):
        found.append(
            _office(Missing.EXTERNAL, outside, int(externals.value), externals)
        )
    return found


def _office(code: Missing, have: int, need: int, asked: _Asked) -> Lack:
    return Lack(code, have, need, is_enforced=asked.is_enforced, source=asked.source)


def _ended(
    members: Sequence[Person],
    body: Route,
    site: str,
    directory: Directory,
    day: date,
) -> Lack | None:
    """Return since when a place has been empty that nobody has filled: the latest."""
    over = [
        person.until
        for person in directory.ever_seated(Role(body.value), site)
        if person.until is not None and person.until < day and not person.is_alternate
    ]
    return Lack(Missing.TERM, len(members), day=max(over)) if over else None
