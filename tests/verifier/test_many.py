"""Several processes check a large export; what they find is what one finds."""

import io
import json
from random import Random

from app.verifier.verify_ledger import (
    Archive,
    Ground,
    Part,
    check_all_events,
    in_batches,
)
from tests.verifier import edits
from tests.verifier.book import a_book, lines, zipped


def found_by(inner: bytes, processes: int) -> Part:
    book = a_book()
    archive = Archive(io.BytesIO(inner), "the opened part")
    ground = Ground(
        b"".join(event.leaf for event in book.events),
        book.site,
        archive.json("calendars.json"),
        sorted({book.claims["last_seq"], *(r["last_seq"] for r in book.published)}),
    )
    return check_all_events(archive, ground, processes)


def test_two_find_what_one_finds() -> None:
    honest = zipped(a_book().opened())
    _, edited, _ = edits.an_opened_fact(Random(1), a_book())
    for inner, problems in ((honest, 0), (edited, 1)):
        alone, together = found_by(inner, 1), found_by(inner, 2)
        assert len(alone.problems) == problems
        assert alone == together


def test_no_case_is_cut_in_two() -> None:
    told = lines(a_book().opened_events()).splitlines()
    batches = [*in_batches(told, 20)]
    assert b"\n".join(batches).split(b"\n") == told
    assert len(batches) > 3
    cases = [
        {json.loads(line)["case"] for line in batch.split(b"\n")} for batch in batches
    ]
    assert sum(map(len, cases)) == len(set.union(*cases))
