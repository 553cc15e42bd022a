"""From the command line: a key, a mandate, an export, and both ends of it."""

import asyncio
import json
from pathlib import Path

from app.store.engine import Store
from tests.cli.test_verbs import Command
from tests.exports.conftest import PERIODS, cell, publish
from tests.store.told_rows import add_sites, complaints, count

KEYS = {"THREADLINE_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}
AUDITOR = "auditor@example.org"
TERM = ("--since", "2026-01-01", "--until", "2028-12-31", "--purpose", "Yearly audit")


async def test_a_mandate_is_used_and_ended(
    store: Store, database_url: str, redis_url: str, tmp_path: Path, root: Path
) -> None:
    run = Command(tmp_path, database_url, redis_url, root)
    await add_sites(store)
    await count(store, complaints(3, 300))
    await publish(store, [cell(p, "", "", "complaints", 60.0) for p in PERIODS])

    def threadline(*argv: str) -> str:
        done = run(*argv, **KEYS)
        assert done.returncode == 0, done.stderr
        return done.stdout

    key = tmp_path / "auditor.key"
    public = threadline("mandates", "keygen", str(key)).strip()
    assert public.startswith("age1")
    given = ("mandates", "add", AUDITOR, *TERM, "--recipient", public)
    refused = await asyncio.to_thread(run, *given, **KEYS)
    assert refused.returncode == 1
    assert "--whole for the programme" in refused.stderr
    made = json.loads(threadline(*given, "--whole", "--json"))
    assert made["holds"]
    folder = tmp_path / "out"
    took = json.loads(
        threadline(
            *("export", "--mandate", made["id"], "--out", str(folder)),
            *("--from", "2025-01-01", "--json"),
        )
    )
    assert took["files"]["cases.csv.age"]["rows"] > 100
    opened = tmp_path / "cases.csv"
    sealed = str(folder / "cases.csv.age")
    threadline(
        *("export", "open", sealed, "--identity", str(key), "--out", str(opened))
    )
    assert opened.read_bytes().startswith(b"id,country,region,kind,tier,site,received")
    assert "as they were signed" in threadline("export", "check", str(folder))
    (folder / "figures.csv").write_text("period\n")
    bad = run("export", "check", str(folder), "--json", **KEYS)
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["problems"] == [
        "figures.csv: is not the file that was signed."
    ]
    (listed,) = json.loads(threadline("mandates", "list", "--json"))
    assert (listed["id"], listed["exports"]) == (made["id"], 1)
    threadline("mandates", "end", made["id"])
    done = run("export", "--mandate", made["id"], "--out", str(tmp_path / "x"), **KEYS)
    assert done.returncode == 1
    assert "This mandate was ended" in done.stderr
