"""Releases from the command line: made, shown, and refused with what to do."""

from pathlib import Path

from tests.cli.test_verbs import Command, threadline

__all__ = ["threadline"]  # the module's own database and home


def test_a_release_is_made_and_shown(threadline: Command, tmp_path: Path) -> None:
    refused = threadline("statistics", "show")
    assert refused.returncode == 1
    assert "`threadline statistics publish` at once" in refused.stderr
    late = threadline("statistics", "publish", "--as-of", "2999-01-01")
    assert late.returncode == 1
    assert "still to come: name a day until 2" in late.stderr
    wrong = threadline("statistics", "publish", "--as-of", "soon")
    assert "soon is no day: write it as 2026-07-01." in wrong.stderr

    old = tmp_path / "old.csv"
    rows = "".join(f"{n},2019-Q2,,BD,WAGE,resolved,yes\n" for n in range(40))
    old.write_text("ref,received,site,country,category,outcome,confirmed\n" + rows)
    threadline.json("import", "history", str(old), "--source", "paper")
    early = threadline("statistics", "publish", "--as-of", "2019-04-01")
    assert "No quarter in which anything was received is over yet" in early.stderr
    made = threadline.json("statistics", "publish", "--as-of", "2019-07-01")
    assert made["number"] == 1
    assert {"public", "auditor"} <= made["audiences"].keys()

    shown = threadline.json("statistics", "show", "--by", "whole")
    assert shown["release"]["sha256"] == made["audiences"]["public"]["sha256"]
    told = {(c["period"], c["figure"]): c["number"] for c in shown["cells"]}
    assert told["2019-Q2", "complaints"] == told["2019-Q2", "confirmed"] == 40
    assert "2019-Q2  whole" in threadline("statistics", "show").stdout

    for asked, said in (
        (("--period", "2099"), "the period 2099. There is 2019-Q2."),
        (("--by", "nonsense"), "There is no table nonsense. There is "),
        (("--audience", "factory"), "There is no audience factory. There is public,"),
        (("--audience", "brand:x"), "There is no audience brand:x. There is public,"),
    ):
        refused = threadline("statistics", "show", *asked)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert said in refused.stderr

    ledger = ("ledger", "export", "--site", "100001", "--out", str(tmp_path / "x.zip"))
    days = ("--from", "2026-01-01", "--to", "2026-03-31")
    wrong = threadline(*ledger, "--from", "soon", "--to", "2026-03-31")
    assert "soon is no day: write it as 2026-07-01." in wrong.stderr
    wrong = threadline(*ledger, *days, "--mandate", "7")
    assert "7 is no mandate: write its id as" in wrong.stderr


def test_an_empty_list_says_that_there_is_none(threadline: Command) -> None:
    assert "There is no mandate yet" in threadline("mandates", "list").stdout
    assert "No number is entered yet" in threadline("indicators", "list").stdout
