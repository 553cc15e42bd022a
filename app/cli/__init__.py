"""The `threadline` command: one verb a function, each calling an action."""

import os
import sys

from app.cli.verbs import app
from app.domain.errors import ThreadlineError
from app.runtime.embedded import ServicesError
from app.runtime.settings import SettingsError
from app.store.engine import UNREACHABLE


def main() -> None:
    """Run one verb. Exit 0 done, 1 refused with the reason, 2 wrong usage."""
    try:
        app()
    except (ThreadlineError, SettingsError, ServicesError) as refusal:
        print(f"threadline: {refusal}", file=sys.stderr)
        sys.exit(1)
    except (OSError, *UNREACHABLE) as trouble:
        where = "DATABASE_URL" if os.environ.get("DATABASE_URL") else "THREADLINE_HOME"
        print(
            f"threadline: something this stands on does not answer"
            f" ({type(trouble).__name__}). Look at {where}, then at the log above.",
            file=sys.stderr,
        )
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
