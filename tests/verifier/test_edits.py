"""Whatever is edited in an export is named, by whomever it was edited."""

import io
import json
import os
from dataclasses import replace
from random import Random

import pytest

from app.verifier.verify_ledger import (
    Report,
    Unreadable,
    as_json,
    check,
    in_words,
)
from tests.verifier import edits
from tests.verifier.book import KEY, Book, a_book, releases_of
from tests.verifier.edits import BEHIND_HEADS, EDITS, Edit, exported

TRIES = 1000 if os.environ.get("THREADLINE_TEST_TIER") == "all" else 150


def held(book: Book) -> list[tuple[str, bytes]]:
    """Return the heads that an auditor was sent."""
    return [
        (f"{made.head.number}.json", json.dumps(made.file()).encode())
        for made in book.heads
    ]


def examined(outer: bytes, inner: bytes, *, book: Book | None = None) -> Report:
    heads = held(book) if book else ()
    return check(
        io.BytesIO(outer), opened=io.BytesIO(inner), heads=heads, key=str(KEY.public)
    )


def test_an_honest_export_has_no_problem() -> None:
    for seed in (1, 2):
        book = a_book(seed)
        report = examined(*exported(book), book=book)
        assert report.problems == []
        assert report.counts["held_heads"] == report.counts["heads"] == 12


def test_what_is_not_of_the_site_is_counted_and_said() -> None:
    report = examined(*exported(a_book()))
    cells = [cell for each in releases_of(a_book()) for cell in each["cells"]]
    assert report.counts["releases"] == 2
    assert report.counts["figures_elsewhere"] == 6
    own = [cell for cell in cells if cell[1:3] == ["site", a_book().site]]
    assert len(cells) - len(own) == 6
    said = in_words(report)
    assert "6  figures of the whole programme, of other tables" in said
    for number, each in enumerate(releases_of(a_book()), 1):
        line = f"Release {number} (public): SHA-256 {each['sha256']}: compare it with"
        assert line in said
    assert [each["release"] for each in as_json(report)["releases"]] == [1, 2]


def test_without_a_release_it_is_said_that_none_was_judged() -> None:
    book = replace(a_book(), published=())
    report = examined(*exported(book))
    assert report.problems == []
    assert "No release is in it: what was published is not judged." in report.notes


@pytest.mark.parametrize("part", range(10))
def test_every_edit_is_detected_and_named(part: int) -> None:
    book = a_book()
    for number in range(part, TRIES, 10):
        edit = EDITS[number // 10 % len(EDITS)]
        outer, inner, named = edit(Random(number), book)
        try:
            report = examined(outer, inner, book=book)
        except Unreadable:
            assert edit in (edits.a_byte_outside, edits.a_file_more_or_less)
            continue
        said = [f"{problem.where} {problem.what}" for problem in report.problems]
        assert any(named in one for one in said), (edit.__name__, number, named, said)


@pytest.mark.parametrize("edit", BEHIND_HEADS, ids=lambda edit: edit.__name__)
def test_without_heads_it_is_said_that_a_tail_cannot_be_judged(edit: Edit) -> None:
    outer, inner, _ = edit(Random(3), a_book())
    report = examined(outer, inner)
    assert any("cannot be judged" in note for note in report.notes)
    assert not [p for p in report.problems if p.check in ("chain", "heads", "opened")]


# Each check, an edit that it alone sees, and what else may follow from that.
ALONE: list[tuple[str, Edit, set[str]]] = [
    ("held", edits.a_tail_less, set()),
    ("due times", edits.a_due_time, {"figures"}),
    ("figures", edits.a_claim, set()),
    ("figures", edits.a_published_number, set()),
    ("figures", edits.a_number_said_to_be_unopened, set()),
    ("figures", edits.a_row_less, set()),
    ("figures", edits.a_cell_of_a_release, set()),
    ("figures", edits.an_event_withheld, {"due times"}),
    ("heads", edits.a_place_in_the_tree, set()),
    ("files", edits.a_file_more_or_less, set()),
    ("opened", edits.facts_exchanged, {"figures"}),
    ("signature", edits.another_key, {"heads"}),
]


@pytest.mark.parametrize(
    ("name", "edit", "more"), ALONE, ids=[edit.__name__ for _, edit, _ in ALONE]
)
def test_no_check_stands_in_for_another(name: str, edit: Edit, more: set[str]) -> None:
    """Were it switched off, the edit would pass, or look like something else."""
    for seed in range(3):
        outer, inner, _ = edit(Random(seed), a_book())
        is_held = edit is edits.a_tail_less
        report = examined(outer, inner, book=a_book() if is_held else None)
        found = {problem.check for problem in report.problems}
        assert {name} <= found <= {name} | more, report.problems
