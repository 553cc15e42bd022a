"""Where embedded servers keep their files, and as whom they may."""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from app.runtime.processes import Account

ACCOUNT = "threadline-postgres"

# sun_path holds 104 bytes on macOS, with its closing zero; 108 on Linux.
_LONGEST_SOCKET = 103
_LONGEST_NAME = len("/postgres/.s.PGSQL.5432.lock")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")


class ServicesError(Exception):
    """A service that is ours to run does not run; says what to do about it."""


def socket_directory(home: Path) -> Path:
    """Return where the sockets of `home` are: inside, or by a short way round.

    A deep checkout exceeds what a socket's path may have, and a blank in it
    would have to be quoted differently by each client. Every process must come
    to the same answer, so it follows from the home alone, not from TMPDIR.
    """
    inside = home / "sockets"
    length = len(os.fsencode(inside)) + _LONGEST_NAME
    if length <= _LONGEST_SOCKET and _PLAIN_PATH.fullmatch(str(inside)):
        return inside
    owner = home.stat().st_uid
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    # make_private refuses what another user laid out there.
    return Path("/tmp") / f"threadline-{owner}-{name}"  # noqa: S108


def make_private(directory: Path, account: Account | None = None) -> None:
    """Make a directory of ours; refuse one that somebody else laid out for us."""
    mode = 0o700
    directory.mkdir(mode=mode, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {
        os.geteuid(),
        account.uid if account else os.geteuid(),
    }:
        raise ServicesError(
            f"{directory} belongs to somebody else: remove it, or set "
            "THREADLINE_HOME to a directory of your own."
        )
    if account and found.st_uid != account.uid:
        os.chown(directory, account.uid, account.gid)
    if stat.S_IMODE(found.st_mode) & 0o077 & ~0o001:
        directory.chmod(mode)


def account_for(data: Path) -> Account | None:
    """Return whom Postgres runs as; None means as ourselves.

    Postgres refuses to run as root. Data that is there already stays its
    owner's; new data goes to an account of its own, which is made here.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (found := data.stat()).st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        _add_account()
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


def _add_account() -> None:
    for tool, *arguments in (
        ("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"),
        ("adduser", "-S", "-D", "-H", "-s", "/sbin/nologin"),  # busybox
    ):
        found = shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if found is None:
            continue
        made = subprocess.run(
            [found, *arguments, ACCOUNT], capture_output=True, check=False
        )
        if made.returncode in {0, 9}:  # 9: another process was faster
            return
    raise ServicesError(
        f"Postgres does not run as root and no account {ACCOUNT} could be made: "
        "run as an ordinary user, or set DATABASE_URL."
    )


def open_the_way(places: Iterable[Path], home: Path) -> None:
    """Let the other account pass through (not list) the directories above.

    Only where we are root: /root is 0700 nearly everywhere, and a checkout
    below it would hide the server's own files from it. What is changed outside
    our own home is said.
    """
    opened = []
    for directory in {above for place in places for above in place.parents}:
        mode = stat.S_IMODE(directory.stat().st_mode)
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)
            if not directory.is_relative_to(home):
                opened.append(str(directory))
    if opened:
        sys.stderr.write(
            "Postgres does not run as root and runs as another account, which may "
            f"now pass through: {', '.join(sorted(opened))}\n"
        )


def open_tree(root: Path) -> None:
    """Let everyone read an installed package; a strict umask hides it."""
    samples = (root, *root.iterdir(), *(root / "bin").iterdir())
    if all(path.stat().st_mode & stat.S_IROTH for path in samples):
        return
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            search = stat.S_IXOTH if mode & stat.S_IXUSR else 0
            path.chmod(mode | stat.S_IROTH | search)
