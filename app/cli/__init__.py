"""The `threadline` command: one verb a function, each calling an action."""

import sys

from app.cli.verbs import app
from app.domain.errors import ThreadlineError
from app.runtime.embedded import ServicesError
from app.runtime.settings import SettingsError


def main() -> None:
    """Run one verb. Exit 0 done, 1 refused with the reason, 2 wrong usage."""
    try:
        app()
    except (ThreadlineError, SettingsError, ServicesError) as refusal:
        print(f"threadline: {refusal}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
