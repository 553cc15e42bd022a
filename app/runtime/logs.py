"""Logs that cannot tell: listed fields, no messages of others, no texts.

A line is a fixed `noun.verbed` with fields from `FIELDS`. A library's line
keeps its logger, level and place and loses its words, because they may hold a
phone number, an address or what a person said; so does an exception, which
keeps its type and place.
"""

import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any
from uuid import UUID

import structlog
from structlog.types import Processor

FIELDS = frozenset(
    {
        # every line
        *("event", "level", "timestamp", "logger", "place", "request_id"),
        *("exc_type", "exc_place", "exc_cause"),
        # which one: opaque ids only
        *("case_id", "site_id", "outbox_id", "message_id", "job_id", "import_id"),
        *("conversation_id", "deadline_id", "event_id", "delivery_id", "worker_id"),
        *("recording_id", "medium_id", "person_id"),
        # what and how: words of ours, never of a person
        *("kind", "name", "state", "verb", "rung", "clock", "route", "channel"),
        *("direction", "template", "gateway", "status", "code", "reason", "outcome"),
        *("error", "language", "role", "policy", "revision", "process", "provider"),
        *("method", "path_template", "table", "problem", "percent", "encoding"),
        "carrier",
        # how many and how long
        *("count", "added", "changed", "unchanged", "attempt", "parts", "due"),
        *("seconds", "milliseconds", "duration", "days_late", "lateness", "age"),
        *("delay", "restart_in", "exit_code", "pid", "port", "oldest", "owed"),
    }
)

UNLISTED = "<unlisted>"
BLANKED = "<blanked>"

Event = MutableMapping[str, Any]

_NAME = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)*")
_DIGITS_OF_A_PHONE = re.compile(r"\+?\d(?:[ ()./-]?\d){8,}")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F-]{32,36}")
_ADDRESS = re.compile(r"\w://|\w@\w")
_PLAIN = (int, float, bool, type(None), UUID)
# Their lines on starting and stopping are wanted, with the arguments cut off.
_SPEAKERS = {
    "uvicorn.error": {
        "Started server process [%d]": "server.started",
        "Waiting for application startup.": "server.waiting",
        "Application startup complete.": "application.started",
        "Waiting for application shutdown.": "application.stopping",
        "Application shutdown complete.": "application.stopped",
        "Finished server process [%d]": "server.stopped",
        "Shutting down": "server.stopping",
    }
}
_QUIET = (
    "alembic",
    "arq",
    "twilio",
    "twilio.http_client",
    "httpx",
    "httpcore",
    "asyncio",
)


def blank_unlisted(_logger: Any, _method: str, event: Event) -> Event:
    """Blank any field not in FIELDS, so a phone number cannot slip out.

    The second line of defence is the value: one that looks like a phone number
    or an address is blanked under any name, and an object is never printed.
    """
    return {
        # A field's name is written by whoever spreads a mapping into a line.
        (key if key in FIELDS else UNLISTED): (
            _safe(key, value) if key in FIELDS else UNLISTED
        )
        for key, value in event.items()
    }


def _safe(key: str, value: Any) -> Any:
    if key == "timestamp" or isinstance(value, _PLAIN):
        return BLANKED if _is_long_number(value) else value
    if key == "event":
        return value if _NAME.fullmatch(str(value)) else UNLISTED
    if not isinstance(value, str):
        return f"<{type(value).__name__}>"
    if _HEXADECIMAL.fullmatch(value):
        return value
    told = _DIGITS_OF_A_PHONE.search(value) or _ADDRESS.search(value)
    return BLANKED if told else value


def _is_long_number(value: Any) -> bool:
    return type(value) is int and abs(value) >= 10**9


def name_exception(_logger: Any, _method: str, event: Event) -> Event:
    """Replace the exception by its type and place; its message may quote."""
    found = event.pop("exc_info", None)
    event.pop("exception", None)
    event.pop("stack_info", None)
    error = _exception_in(found)
    if error is not None:
        event["exc_type"] = _type_name(error)
        event["exc_place"] = _place_of(error.__traceback__)
        if error.__cause__ is not None:
            event["exc_cause"] = _type_name(error.__cause__)
    return event


def _exception_in(found: Any) -> BaseException | None:
    if isinstance(found, BaseException):
        return found
    if isinstance(found, tuple):
        return found[1] if isinstance(found[1], BaseException) else None
    return sys.exc_info()[1] if found else None


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")


def _place_of(traceback: TracebackType | None) -> str:
    """Return module, function and line of the innermost frame that is ours."""
    place = ours = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        place = f"{module}.{code.co_name} line {traceback.tb_lineno}"
        if module.partition(".")[0] in {"app", "workers"}:
            ours = place
        traceback = traceback.tb_next
    return ours or place


def drop_foreign_words(_logger: Any, _method: str, event: Event) -> Event:
    """Keep of a library's line which logger wrote it and where, not what."""
    record: logging.LogRecord = event["_record"]
    known = _SPEAKERS.get(record.name, {})
    kept: Event = {
        "event": known.get(str(record.msg), "library.logged"),
        "logger": record.name,
        "level": record.levelname.lower(),
        "place": f"{record.module}.{record.funcName} line {record.lineno}",
        "exc_info": event.get("exc_info") or record.exc_info,
        "_record": record,
        "_from_structlog": False,
    }
    return kept


def configure_logs(level: str = "INFO") -> None:
    """Route every line, ours and the libraries', through the guards to stderr.

    JSON where stderr is no terminal. Uncaught exceptions too are one guarded
    line instead of a traceback. Give uvicorn `log_config=None` and
    `access_log=False`, arq's worker `log_results=False`.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(shared))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in list(logging.root.manager.loggerDict):
        other = logging.getLogger(name)
        other.handlers, other.propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True
    # A handler that fails prints the record, arguments and all, to stderr.
    logging.raiseExceptions = False
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _formatter(shared: list[Processor]) -> logging.Formatter:
    renderer: Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(
            exception_formatter=lambda _stream, _error: None
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[drop_foreign_words, *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_exception,
            blank_unlisted,
            renderer,
        ],
        keep_exc_info=False,
        keep_stack_info=False,
        use_get_message=False,  # never even put a library's arguments into words
    )


def _log_uncaught(
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType | None,
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().error(
        "process.failed", exc_info=error.with_traceback(traceback)
    )


def _log_uncaught_in_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        structlog.get_logger().error("thread.failed", exc_info=failed.exc_value)
