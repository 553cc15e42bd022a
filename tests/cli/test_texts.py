"""`threadline texts`: out to be registered, and back with the ids."""

import asyncio
import csv
import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.cli.test_verbs import Command
from tests.conftest import Ground, on_server

SETTINGS = {
    "SMS_PROVIDERS": "exotel",
    "SMS_ROUTES": "IN:exotel",
    **{
        f"SMS_EXOTEL_{name}": "made-up-and-long-enough"
        for name in (
            *("ACCOUNT_SID", "API_KEY", "API_TOKEN", "SENDER", "ENTITY_ID"),
            "SECRET",
        )
    },
}


@pytest.fixture(scope="module")
def threadline(ground: Ground, root: Path) -> Iterator[Command]:
    name = f"texts_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}"'))
    with TemporaryDirectory(prefix="threadline-texts-") as folder:
        yield Command(Path(folder), ground.database(name), ground.redis_url, root)
    asyncio.run(on_server(ground, f'DROP DATABASE "{name}" WITH (FORCE)'))


def test_texts_go_out_and_their_ids_come_back(threadline: Command) -> None:
    """One story: what is missing is exported, filled in, imported, and found."""
    missing = threadline.json("texts", "list", **SETTINGS)["exotel"]
    assert missing["registered"] == 0
    assert len(missing["missing"]) == missing["can_be"] > 300
    (found,) = [
        each
        for each in findings(threadline)
        if "have no registered id on exotel" in each["what"]
    ]
    assert found["is_grave"]
    assert found["what"].startswith(f"{missing['can_be']} of {missing['can_be']} texts")
    assert "threadline texts export --provider exotel --missing" in found["mend"]

    file = threadline.home / "texts.csv"
    done = threadline(
        *("texts", "export", "--provider", "exotel", "--missing", "--out", str(file)),
        **SETTINGS,
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row["text_id"] for row in rows] == missing["missing"]
    for number, row in enumerate(rows):
        row["template_id"] = f"1207{number:015}"
    kept, last = rows[:-1], rows[-1]
    write(file, [*kept, {**last, "template_id": ""}])
    done = threadline("texts", "import", str(file), "--provider", "exotel", **SETTINGS)
    assert done.stdout == (
        f"{len(kept)} added, 0 changed, 0 unchanged.\n"
        "1 rows have no template_id yet and were passed by.\n"
    )

    left = threadline.json("texts", "list", "--provider", "exotel", **SETTINGS)
    assert left["exotel"]["missing"] == [last["text_id"]]
    (found,) = [e for e in findings(threadline) if "on exotel" in e["what"]]
    assert found["what"] == (
        f"1 of {len(rows)} texts have no registered id on exotel and are never sent"
        f" through it: {last['text_id']}."
    )
    write(file, rows)
    threadline.json("texts", "import", str(file), "--provider", "exotel", **SETTINGS)
    assert not [each for each in findings(threadline) if "on exotel" in each["what"]]


def findings(threadline: Command) -> list[dict[str, str]]:
    done = threadline("doctor", "--json", **SETTINGS)
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_carrier_without_a_registry_is_said_to_need_no_ids(
    threadline: Command,
) -> None:
    listed = threadline("texts", "list", "--provider", "sslwireless")
    first, *each = listed.stdout.splitlines()
    assert first == "sslwireless: needs no ids here."
    assert each
    assert not [text for text in each if text.endswith("  missing")]
    of = threadline.json("texts", "list", "--provider", "sslwireless")["sslwireless"]
    assert (of["needs_ids"], of["registered"], of["missing"]) == (False, 0, [])
    missing = threadline("texts", "export", "--provider", "sslwireless", "--missing")
    assert len(missing.stdout.splitlines()) == 1  # the header


@pytest.mark.parametrize(
    ("form", "content"),
    [
        pytest.param("dlt", "PIN is now {#numeric#}. The old", id="India's"),
        pytest.param("var", "PIN is now {#var#}. The old", id="India's before"),
        pytest.param("csv", "PIN is now {pin}. The old", id="by names"),
        pytest.param("whatsapp", "PIN is now {{1}}. The old", id="by numbers"),
    ],
)
def test_variables_are_written_as_they_are_asked_for(
    threadline: Command, form: str, content: str
) -> None:
    done = threadline("texts", "export", "--provider", "kannel", "--format", form)
    assert done.returncode == 0, done.stderr
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(done.stdout))
        if row["text_id"].startswith("pin-changed-en-")
    ]
    assert content in row["template_content"]


def test_an_unknown_carrier_is_refused_by_name(threadline: Command) -> None:
    done = threadline("texts", "export", "--provider", "nobody")
    assert done.returncode == 1
    assert "nobody is no carrier: one of " in done.stderr
    assert "exotel" in done.stderr


def test_a_bad_file_is_refused_with_row_and_column(threadline: Command) -> None:
    file = threadline.home / "bad.csv"
    file.write_text("text_id,template_id\nnobody-en-abcdefab,1207160000000001\n")
    done = threadline("texts", "import", str(file), "--provider", "exotel")
    assert done.returncode == 1
    assert "row 2, text_id: 'nobody-en-abcdefab' is no text of ours" in done.stderr
