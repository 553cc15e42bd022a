"""Nothing that a person said, and no way to reach them, gets into a log."""

import json
import subprocess
import sys
from typing import Any

import pytest

from app.runtime.logs import BLANKED, UNLISTED, blank_unlisted

PHONE = "+8801712345678"

PROGRAM = """
import logging, sys, threading
import structlog
from app.runtime.logs import configure_logs
configure_logs()
log = structlog.get_logger()
PHONE = "+8801712345678"
"""


def run(code: str) -> tuple[str, list[dict[str, Any]]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    return done.stderr, [json.loads(line) for line in done.stderr.splitlines()]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("log.warning('case.escalated', phone=PHONE)", id="a-field"),
        pytest.param("log.warning('case.escalated', reason=PHONE)", id="a-listed-one"),
        pytest.param("log.warning('x.y', reason=['t', PHONE])", id="in-a-list"),
        pytest.param("log.warning('x.y', count=int(PHONE))", id="as-a-number"),
        pytest.param("log.warning('x.y', reason='0171 234-5678 9')", id="spaced"),
        pytest.param("log.warning('x.y', **{PHONE: 1})", id="as-a-fields-name"),
        pytest.param("log.warning('called ' + PHONE)", id="in-the-event"),
        pytest.param("log.bind(phone=PHONE).info('x.y')", id="bound"),
        pytest.param(
            "structlog.contextvars.bind_contextvars(phone=PHONE); log.info('x.y')",
            id="bound-to-the-context",
        ),
        pytest.param(
            "try: raise ValueError(PHONE)\n"
            "except ValueError: log.exception('turn.failed')",
            id="in-an-exception",
        ),
        pytest.param(
            "try: raise ValueError(PHONE)\n"
            "except ValueError as error:\n"
            "  try: raise KeyError(PHONE) from error\n"
            "  except KeyError: log.error('turn.failed', exc_info=True)",
            id="in-its-cause",
        ),
        pytest.param(
            "try: raise ValueError(PHONE)\n"
            "except ValueError: logging.getLogger('uvicorn.error').exception("
            "'Exception in ASGI application')",
            id="in-a-librarys-exception",
        ),
        pytest.param("raise ValueError(PHONE)", id="uncaught"),
        pytest.param(
            "def fail(): raise ValueError(PHONE)\n"
            "t = threading.Thread(target=fail); t.start(); t.join()",
            id="uncaught-in-a-thread",
        ),
        pytest.param(
            "logging.getLogger('arq.worker').warning("
            "'%6.2fs ! %s(%s)', 0.5, 'deliver', repr(PHONE))",
            id="a-job-and-its-arguments",
        ),
        pytest.param(
            "logging.getLogger('some.library').error(f'no answer from {PHONE}')",
            id="a-librarys-words",
        ),
        pytest.param(
            "logging.getLogger('some.library').error('%d', PHONE)",
            id="a-line-that-cannot-be-formatted",
        ),
    ],
)
def test_a_phone_number_never_reaches_the_output(code: str) -> None:
    output, lines = run(code)

    assert lines, "the line itself must be there"
    for digits in ("8801712345678", "1712345678", "0171 234"):
        assert digits not in output


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("logging.getLogger('arq.worker').info('job %s', PHONE)", id="arq"),
        pytest.param("logging.getLogger('httpx').info('POST %s', PHONE)", id="httpx"),
        pytest.param(
            "logging.getLogger('twilio.http_client').info('%s', PHONE)", id="twilio"
        ),
        pytest.param(
            "logging.getLogger('uvicorn.access').error('GET /?q=%s', PHONE)",
            id="access-log",
        ),
    ],
)
def test_loggers_that_speak_of_people_are_silent(code: str) -> None:
    output, _ = run(code)
    assert output == ""


def test_a_line_of_ours_keeps_what_is_listed() -> None:
    case = "5f0c6c62-3c49-4b5e-9a51-01d2f0c3a111"
    _, (line,) = run(f"log.warning('case.escalated', case_id='{case}', rung='brand')")

    assert line["event"] == "case.escalated"
    assert (line["case_id"], line["rung"]) == (case, "brand")
    assert line["level"] == "warning"
    assert line["timestamp"].endswith("Z")


def test_an_exception_keeps_its_type_place_and_cause() -> None:
    _, (line,) = run(
        "try:\n"
        "  try: int('x')\n"
        "  except ValueError as error: raise RuntimeError('secret') from error\n"
        "except RuntimeError: log.exception('turn.failed')"
    )
    assert line["exc_type"] == "RuntimeError"
    assert line["exc_cause"] == "ValueError"
    assert line["exc_place"].startswith("__main__.<module> line ")
    assert "secret" not in json.dumps(line)


def test_a_librarys_line_keeps_its_logger_level_and_place() -> None:
    _, (line,) = run("logging.getLogger('some.library').error('words %s', 1)")

    assert line["event"] == "library.logged"
    assert (line["logger"], line["level"]) == ("some.library", "error")
    assert "words" not in json.dumps(line)


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        pytest.param("phone", PHONE, False, id="a-field-that-is-not-listed"),
        pytest.param("rung", "brand", True, id="a-word-of-ours"),
        pytest.param("count", 3, True, id="a-count"),
        pytest.param("seconds", 0.25, True, id="a-duration"),
        pytest.param("reason", "someone@example.org", False, id="a-mail-address"),
        pytest.param("reason", "https://a.example/x", False, id="a-url"),
        pytest.param("reason", b"bytes", False, id="bytes"),
        pytest.param("revision", "20261124_the_spine", True, id="a-revision"),
    ],
)
def test_blank_unlisted(field: str, value: object, kept: bool) -> None:
    line = blank_unlisted(None, "info", {"event": "noun.verbed", field: value})

    assert line["event"] == "noun.verbed"
    if kept:
        assert line[field] == value
    else:
        assert str(value) not in str(line)
        assert set(line.values()) & {BLANKED, UNLISTED, "<bytes>"}
