"""Who changed what of the programme, from the command line."""

import pytest

from tests.cli.test_verbs import Command, threadline

__all__ = ["threadline"]  # the module's own database and home


def test_what_was_imported_is_listed_with_who_did_it(
    threadline: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("files") / "holidays.csv"
    file.write_text("scope,date,name,hours\n482170,2027-03-01,Stock taking,\n")
    threadline.json("import", "holidays", str(file))
    [event] = threadline.json("audit", "list", "--kind", "holiday", "--last", "1")
    assert (event["kind"], event["key"]) == ("holiday.added", "482170/2027-03-01")
    assert event["by"] is None
    assert event["through"].startswith("cli:")
    assert event["fields"]["name"] == [None, "Stock taking"]
    done = threadline("audit", "list", "--kind", "site", "--key", "482170")
    assert done.returncode == 0
    assert "site.added" in done.stdout
