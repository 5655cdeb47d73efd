import json
import subprocess
import sys

from api.logs import ALLOWED, keep_allowed

SECRET = "ada@example.org"
LOGGING = """
import logging
import structlog
from api import logs

logs.configure()
logging.getLogger("library").info("quiet %s", "ada@example.org")
logging.getLogger("library").warning("loud %s", "ada@example.org", extra={"who": "ada@example.org"})
try:
    raise LookupError("ada@example.org")
except LookupError:
    logging.getLogger("library.part").exception("broke over ada@example.org")
log = structlog.get_logger()
log.debug("beneath")
log.info("request", status=200, email="ada@example.org")
try:
    raise LookupError("ada@example.org")
except LookupError:
    log.warning("broke", exc_info=True, stack_info=True)
"""


def test_keys_that_are_not_allowed_are_dropped_and_counted() -> None:
    kept = keep_allowed(None, "info", {"event": "request", "status": 200, "email": SECRET, "body": {"text": SECRET}})

    assert kept == {"event": "request", "status": 200, "count": 2}


def test_allowed_keys_pass_as_they_are() -> None:
    event = dict.fromkeys(ALLOWED, 1)

    assert keep_allowed(None, "info", dict(event)) == event


def test_no_allowed_key_is_one_for_what_people_are_or_say() -> None:
    assert not ALLOWED & {"path", "url", "query", "body", "email", "name", "text", "exception", "message", "detail"}


def test_what_libraries_log_is_told_by_its_kind_only_and_nothing_sent_is_written() -> None:
    written = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", LOGGING], capture_output=True, check=True, text=True
    )
    lines = [json.loads(line) for line in written.stderr.splitlines()]

    assert SECRET not in written.stderr + written.stdout
    assert [(line["event"], line.get("logger"), line.get("error_kind")) for line in lines] == [
        ("library_log", "library", "none"),
        ("library_log", "library.part", "LookupError"),
        ("request", None, None),
        ("broke", None, None),
    ]
    assert lines[2]["status"] == 200
    assert all(line["timestamp"].endswith("Z") for line in lines)
