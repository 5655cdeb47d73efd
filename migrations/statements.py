"""Run a block of SQL statement by statement: the driver prepares each one, and can't prepare several at once."""

import re

from alembic import op

_DOLLAR = re.compile(r"\$[a-z_]*\$")


def run(block: str) -> None:
    """Execute the statements of a block, in order. Statements end with ; outside $$ bodies and quotes."""
    for statement in split(block):
        op.execute(statement.replace(":", r"\:"))


def run_apart(block: str) -> None:
    """Execute the statements of a block each outside any transaction, as CREATE INDEX CONCURRENTLY needs it.

    What stands before it is committed first, so a step that breaks off here is run again by hand.
    """
    with op.get_context().autocommit_block():
        run(block)


def split(block: str) -> list[str]:
    """Split a block of SQL into statements; comments that stand on a line of their own are dropped.

    What is said to the linter stays.
    """
    lines = [line for line in block.splitlines() if _is_said(line.lstrip())]
    statements: list[str] = []
    current: list[str] = []
    within: str | None = None
    for line in lines:
        for mark in _DOLLAR.findall(line):
            if within is None:
                within = mark
            elif within == mark:
                within = None
        current.append(line)
        if within is None and line.rstrip().endswith(";"):
            statements.append("\n".join(current).strip())
            current = []
    rest = "\n".join(current).strip()
    return [*statements, rest] if rest else statements


def _is_said(line: str) -> bool:
    return not line.startswith("--") or line.startswith("-- squawk-ignore")
