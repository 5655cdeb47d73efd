"""Run a block of SQL statement by statement: the driver prepares each one, and can't prepare several at once."""

import re

from alembic import op

_DOLLAR = re.compile(r"\$[a-z_]*\$")


def run(block: str) -> None:
    """Execute the statements of a block, in order. Statements end with ; outside $$ bodies and quotes."""
    for statement in split(block):
        op.execute(statement.replace(":", r"\:"))


def split(block: str) -> list[str]:
    """Split a block of SQL into statements; comments that stand on a line of their own are dropped."""
    lines = [line for line in block.splitlines() if not line.lstrip().startswith("--")]
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
