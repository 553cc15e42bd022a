"""What becomes of a message, by why it failed."""

from datetime import timedelta

import pytest

from app.outbox.settlement import (
    DELIVERY_RANKS,
    AccountBlocked,
    BadContent,
    GatewayError,
    Misconfigured,
    OptedOut,
    OutcomeUnknown,
    Permanent,
    Transient,
    failure_of,
    is_unanswered,
    rank_of,
    wait_before,
    wait_to_ring,
)

SECOND, MINUTE, HOUR = (timedelta(seconds=n) for n in (1, 60, 3600))


@pytest.mark.parametrize(
    ("attempt", "error", "wait"),
    [
        pytest.param(0, Transient(429), 30 * SECOND, id="a-first-refusal-waits-30-s"),
        pytest.param(1, Transient(429), MINUTE, id="the-wait-doubles"),
        pytest.param(6, Transient(429), 32 * MINUTE, id="and-doubles"),
        pytest.param(7, Transient(429), HOUR, id="up-to-an-hour"),
        pytest.param(9_999, Transient(429), HOUR, id="and-no-attempt-is-the-last"),
        pytest.param(0, OutcomeUnknown("x"), 30 * SECOND, id="unknown-is-looked-up"),
        pytest.param(0, Misconfigured(20003), 15 * MINUTE, id="a-setting-to-be-mended"),
        pytest.param(50, Misconfigured(20003), 15 * MINUTE, id="is-asked-for-steadily"),
        pytest.param(0, AccountBlocked(30002), 15 * MINUTE, id="so-is-an-account"),
        pytest.param(0, OptedOut(21610), None, id="who-opted-out-is-left-alone"),
        pytest.param(0, Permanent(21211), None, id="no-such-number-is-final"),
        pytest.param(0, BadContent(30007), None, id="refused-words-are-final"),
    ],
)
def test_wait_before(attempt: int, error: GatewayError, wait: timedelta | None) -> None:
    assert wait_before(attempt, error) == wait


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        pytest.param(21610, 400, OptedOut, id="21610-is-an-opt-out"),
        pytest.param(21610, None, OptedOut, id="also-from-a-status-callback"),
        pytest.param(21211, 400, Permanent, id="not-a-number"),
        pytest.param(21614, 400, Permanent, id="a-landline"),
        pytest.param(30005, None, Permanent, id="an-unknown-handset"),
        pytest.param(21408, 400, Misconfigured, id="a-country-not-switched-on"),
        pytest.param(20003, 401, Misconfigured, id="a-wrong-token"),
        pytest.param(None, 404, Misconfigured, id="a-wrong-account-or-base-url"),
        pytest.param(None, 307, Misconfigured, id="a-redirect"),
        pytest.param(21617, 400, BadContent, id="too-long"),
        pytest.param(30007, None, BadContent, id="filtered-by-a-carrier"),
        pytest.param(20429, 429, Transient, id="429-was-never-processed"),
        pytest.param(None, 429, Transient, id="with-or-without-a-code"),
        pytest.param(30003, None, Transient, id="a-handset-that-is-off"),
        pytest.param(30002, None, AccountBlocked, id="a-suspended-account"),
        pytest.param(20500, 500, OutcomeUnknown, id="5xx-may-hide-an-acceptance"),
        pytest.param(None, 503, OutcomeUnknown, id="so-may-an-html-page"),
        pytest.param(21610, 503, OutcomeUnknown, id="whatever-code-it-carries"),
        pytest.param(99999, 400, Permanent, id="a-refusal-nobody-knows"),
        pytest.param(None, None, Transient, id="a-failure-without-a-reason"),
        pytest.param(20500, None, Transient, id="their-fault-in-a-callback"),
        pytest.param(20503, None, Transient, id="their-overload-in-a-callback"),
        pytest.param(None, 408, Transient, id="a-request-that-timed-out"),
        pytest.param(None, 409, Transient, id="a-conflict"),
        pytest.param(99999, 425, Transient, id="too-early"),
    ],
)
def test_failure_of(
    code: int | None, status: int | None, kind: type[GatewayError]
) -> None:
    assert type(failure_of(code, status)) is kind


def test_a_failure_names_its_class_and_code_and_nothing_else() -> None:
    assert str(failure_of(21610, 400)) == "opted_out:21610"


def test_delivery_words_are_ranked_as_they_can_happen() -> None:
    order = ["accepted", "queued", "sending", "sent", "delivered", "read"]
    ranks = [DELIVERY_RANKS[word] for word in order]
    assert ranks == sorted(set(ranks))
    assert rank_of("undelivered") == rank_of("failed") == rank_of("delivered")
    assert rank_of("teleported") is None


@pytest.mark.parametrize(
    ("status", "by", "expected"),
    [
        ("completed", "human", False),
        ("completed", "unknown", False),
        ("completed", None, False),
        ("completed", "machine_start", True),
        ("completed", "machine_end_beep", True),
        ("completed", "fax", True),
        ("busy", None, True),
        ("no-answer", "human", True),
        ("canceled", None, True),
        ("failed", None, True),
    ],
)
def test_is_unanswered(status: str, by: str | None, expected: bool) -> None:
    assert is_unanswered(status, by) is expected


@pytest.mark.parametrize(
    ("rings", "is_ring_back", "wait"),
    [
        pytest.param(1, False, 30 * MINUTE, id="news-wait-half-an-hour"),
        pytest.param(2, False, 30 * MINUTE, id="and-once-more"),
        pytest.param(3, False, None, id="the-third-ring-is-the-last"),
        pytest.param(1, True, 5 * MINUTE, id="a-missed-call-is-returned-soon"),
        pytest.param(2, True, 30 * MINUTE, id="then-later"),
        pytest.param(3, True, None, id="then-no-more"),
    ],
)
def test_wait_to_ring(rings: int, is_ring_back: bool, wait: timedelta | None) -> None:
    assert wait_to_ring(rings, is_ring_back=is_ring_back) == wait


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(13227, Misconfigured, id="a-country-not-switched-on-for-calls"),
        pytest.param(21210, Misconfigured, id="a-number-that-is-not-ours"),
        pytest.param(21219, Misconfigured, id="a-trial-account"),
        pytest.param(10001, AccountBlocked, id="an-account-that-is-not-active"),
        pytest.param(10004, Transient, id="too-many-calls-at-once"),
    ],
)
def test_a_refused_call_is_of_its_class(code: int, kind: type[GatewayError]) -> None:
    assert type(failure_of(code, 400)) is kind
