"""What is sent no more because it has been overtaken."""

from dataclasses import replace

import pytest

from app.outbox.messages import TEMPLATES
from app.outbox.rechecking import (
    MOOT_WHEN_CLOSED,
    MOOT_WHEN_SOLVED,
    Reminded,
    why_overtaken,
)

TRUE = Reminded(is_closed=False, is_over=False, is_met=False, is_with_reader=True)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        pytest.param(TRUE, None, id="it-is-still-true"),
        pytest.param(replace(TRUE, is_met=True), "met", id="it-has-been-done"),
        pytest.param(replace(TRUE, is_met=None), "redated", id="it-has-another-date"),
        pytest.param(replace(TRUE, is_over=True), "over", id="the-case-is-over"),
        pytest.param(replace(TRUE, is_with_reader=False), "moved", id="others-hold-it"),
    ],
)
def test_a_reminder(now: Reminded, why: str | None) -> None:
    assert why_overtaken("reminder", now) == why


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES - {"reminder"} - MOOT_WHEN_SOLVED)
)
def test_what_has_happened_stays_true(template: str) -> None:
    gone = replace(TRUE, is_over=True, is_met=True, is_with_reader=False)
    gone = replace(gone, is_answered=True)
    assert why_overtaken(template, gone) is None


@pytest.mark.parametrize("template", sorted(MOOT_WHEN_CLOSED))
def test_nobody_is_asked_to_act_on_a_closed_case(template: str) -> None:
    """Night or a delay held it back; what was declared solved may yet be denied."""
    solved = why_overtaken(template, replace(TRUE, is_over=True))
    assert solved == ("over" if template in MOOT_WHEN_SOLVED else None)
    closed = replace(TRUE, is_over=True, is_closed=True)
    assert why_overtaken(template, closed) == "over"


@pytest.mark.parametrize("template", ["brand_reminder", "silent"])
def test_nobody_is_said_to_be_silent_who_has_answered(template: str) -> None:
    assert why_overtaken(template, TRUE) is None
    assert why_overtaken(template, replace(TRUE, is_answered=True)) == "met"
