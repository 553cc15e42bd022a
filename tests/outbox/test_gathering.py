"""Which notices may become one message, and when each goes out."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.directory import Person
from app.domain.taxonomy import PROTECTED, Category, Role, Route, Severity
from app.outbox.gathering import GATHERED, Notice, may_gather, when_to_send
from app.outbox.messages import TEMPLATES
from tests.builders import GAZIPUR, TUESDAY, person

MEMBER = person("gaz-com-w1", Role.COMMITTEE, GAZIPUR)
HEAD = person("gaz-head", Role.FACTORY_HEAD, GAZIPUR)
PARTNER = person("partner-bd", Role.PARTNER, "BD")
ADMIN = person("admin", Role.ADMIN)
BUYER = person("norda-buyer", Role.BRAND, "norda")

PLAIN = Notice(
    template="reminder",
    reason="",
    severity=Severity.S3,
    category=Category.WAGE,
    route=Route.COMMITTEE,
    owed_at=TUESDAY,
    due_at=TUESDAY + timedelta(days=2),
)
QUARTER = TUESDAY + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("reader", "changes", "may"),
    [
        pytest.param(MEMBER, {}, True, id="a-reminder-to-the-body"),
        pytest.param(MEMBER, {"template": "missed"}, True, id="a-miss-to-the-body"),
        pytest.param(HEAD, {"template": "missed"}, False, id="a-miss-to-the-head"),
        pytest.param(
            PARTNER, {"template": "missed"}, False, id="a-miss-to-who-stands-above"
        ),
        pytest.param(
            PARTNER,
            {"template": "missed", "route": Route.PARTNER},
            True,
            id="a-miss-to-the-partner-who-holds-it",
        ),
        pytest.param(
            ADMIN,
            {"template": "missed", "route": Route.PARTNER},
            False,
            id="a-miss-to-the-secretariat-above-a-partner",
        ),
        pytest.param(
            ADMIN,
            {"template": "review_missed", "route": Route.SECRETARIAT},
            True,
            id="the-secretariat-that-holds-it",
        ),
        pytest.param(
            PARTNER, {"template": "case_new"}, True, id="a-new-case-that-has-moved-on"
        ),
        pytest.param(BUYER, {"template": "missed"}, False, id="a-brand"),
        pytest.param(MEMBER, {"severity": Severity.S1}, False, id="a-grave-case"),
        pytest.param(
            MEMBER,
            {"template": "case_handed", "reason": "danger"},
            False,
            id="a-case-handed-over-for-danger",
        ),
        pytest.param(
            MEMBER,
            {"template": "case_handed", "reason": "fallback"},
            True,
            id="a-case-handed-over-otherwise",
        ),
        pytest.param(MEMBER, {"awaits_answer": True}, False, id="a-rung-that-waits"),
        pytest.param(MEMBER, {"template": "not_solved"}, False, id="the-workers-no"),
        *(
            pytest.param(MEMBER, {"category": c}, False, id=f"protected-{c}")
            for c in sorted(PROTECTED)
        ),
    ],
)
def test_may_gather(reader: Person, changes: dict[str, object], may: bool) -> None:
    assert may_gather(reader, replace(PLAIN, **changes)) is may  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "free_at", "then"),
    [
        pytest.param({}, None, TUESDAY, id="the-first-goes-at-once"),
        pytest.param({}, TUESDAY, TUESDAY, id="the-window-has-just-ended"),
        pytest.param({}, QUARTER, QUARTER, id="within-the-window-it-waits"),
        pytest.param({"due_at": None}, QUARTER, QUARTER, id="undated-it-waits-too"),
        pytest.param(
            {"severity": Severity.S1}, QUARTER, TUESDAY, id="a-grave-case-never-waits"
        ),
        pytest.param(
            {"due_at": QUARTER},
            QUARTER,
            TUESDAY,
            id="what-falls-due-meanwhile-does-not",
        ),
        pytest.param(
            {"owed_at": TUESDAY - timedelta(minutes=10)},
            *(QUARTER, TUESDAY + timedelta(minutes=5)),
            id="no-longer-than-one-window",
        ),
        pytest.param(
            {"owed_at": TUESDAY - timedelta(minutes=15)},
            *(QUARTER, TUESDAY),
            id="what-has-waited-its-window-goes-at-once",
        ),
        pytest.param(
            {"due_at": TUESDAY - timedelta(days=1)},
            QUARTER,
            QUARTER,
            id="what-fell-due-before-can-wait",
        ),
    ],
)
def test_when_to_send(
    changes: dict[str, object], free_at: datetime | None, then: datetime
) -> None:
    notice = replace(PLAIN, **changes)  # type: ignore[arg-type]
    window = timedelta(minutes=15)
    found = when_to_send(MEMBER, notice, TUESDAY, free_at=free_at, window=window)
    assert found == then


def test_only_what_is_worded_can_be_gathered() -> None:
    assert GATHERED < TEMPLATES
