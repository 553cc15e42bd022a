"""Nothing in the repository tells on which machine it was made."""

import configparser
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
_BINARY = {".mp3", ".png", ".jpg", ".ico", ".woff2", ".mo", ".wav", ".ogg", ".ttf"}
_INDEXES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")
_PUBLIC = {"pypi.org", "files.pythonhosted.org", "localhost", ""}


def tracked() -> list[Path]:
    """Return the files that are, or are about to be, under version control."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [p for p in paths if p.is_file() and p.suffix not in _BINARY]


def registry_hosts() -> set[str]:
    """Return the hosts from which this machine gets its packages."""
    urls = [os.environ.get(name, "") for name in _INDEXES]
    for path in (
        Path("/etc/pip.conf"),
        Path.home() / ".pip/pip.conf",
        Path.home() / ".config/pip/pip.conf",
    ):
        if path.exists():
            config = configparser.RawConfigParser()
            config.read(path)
            urls += [
                config[section].get(key, "")
                for section in config.sections()
                for key in ("index-url", "extra-index-url")
            ]
    hosts = {urlsplit(url).hostname or "" for text in urls for url in text.split()}
    return hosts - _PUBLIC


def marks() -> list[re.Pattern[str]]:
    """Return what would give this machine away."""
    places = {str(ROOT), str(Path.home()), "/root", "/home/" + Path.home().name}
    words = [rf"{re.escape(place)}/" for place in sorted(places) if place != "/"]
    words += [re.escape(host) for host in sorted(registry_hosts())]
    name = socket.gethostname()
    if len(name) > 8:
        words.append(rf"\b{re.escape(name)}\b")
    words += [r"--(extra-)?index-url\s+\S", r"/(Users|home)/[a-z][a-z0-9_]+/"]
    return [re.compile(word) for word in words]


def test_no_tracked_file_names_a_place_of_this_machine_or_its_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {mark.pattern}"
        for path in tracked()
        if path != Path(__file__).resolve()
        for mark in marks()
        if mark.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_no_tracked_file_holds_a_secret_made_here() -> None:
    """Keys and tokens of `threadline run` stay under .threadline/."""
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert not [
        name
        for name in names
        if name.startswith((".threadline/", ".env.")) and name != ".env.example"
    ]
    assert not [name for name in names if name.endswith(("secrets.env", ".mo"))]
