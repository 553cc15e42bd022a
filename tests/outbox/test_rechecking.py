"""What is sent no more because it has been overtaken."""

import pytest

from app.outbox.messages import TEMPLATES
from app.outbox.rechecking import Reminded, why_overtaken

TRUE = Reminded(is_over=False, is_met=False, is_with_reader=True)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        pytest.param(TRUE, None, id="it-is-still-true"),
        pytest.param(Reminded(False, True, True), "met", id="it-has-been-done"),
        pytest.param(Reminded(False, None, True), "redated", id="it-has-another-date"),
        pytest.param(Reminded(True, False, True), "over", id="the-case-is-over"),
        pytest.param(Reminded(False, False, False), "moved", id="others-hold-it-now"),
    ],
)
def test_a_reminder(now: Reminded, why: str | None) -> None:
    assert why_overtaken("reminder", now) == why


@pytest.mark.parametrize("template", sorted(TEMPLATES - {"reminder"}))
def test_what_has_happened_stays_true(template: str) -> None:
    gone = Reminded(is_over=True, is_met=True, is_with_reader=False)
    assert why_overtaken(template, gone) is None
