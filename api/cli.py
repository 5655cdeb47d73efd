"""The command line: serve, work, migrate, create-admin, import, seed-demo, openapi."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from api.app import openapi_json
from api.demo import load_demo
from api.parts import Parts, parts_of
from api.serve import NotFit, database_for_command, refuse_made_up_people, serve, words_of, work
from domain import migration
from domain.accounts import service as accounts
from domain.booking import jobs as booking
from domain.booking import watch_service
from domain.embedded_server import ServerFailed, ServerInUse
from domain.errors import DomainError, Invalid
from domain.licensing import import_service as registers
from domain.licensing import roster_import_service as rosters
from domain.licensing.list_edition import Edition, Handling
from domain.migration import SchemaNotReady
from domain.settings import Settings


def _serve(settings: Settings, options: argparse.Namespace) -> None:
    serve(settings, host=options.host, port=options.port, workers=options.workers, demo=options.demo)


def _work(settings: Settings, _options: argparse.Namespace) -> None:
    work(settings)


def _migrate(settings: Settings, _options: argparse.Namespace) -> None:
    url = settings.migration_database_url or settings.database_url
    if url is not None:
        migration.upgrade(database_url=url.get_secret_value())
    else:
        with database_for_command(settings):
            pass  # the embedded database is migrated when it is opened
    print("The schema is up to date.")


def _create_admin(settings: Settings, options: argparse.Namespace) -> None:
    async def create(parts: Parts) -> accounts.NewAdmin:
        async with parts.database.transaction() as session:
            return await accounts.create_admin(
                session, email=options.email, password=options.password, vault=parts.vault, now=parts.clock.now()
            )

    with database_for_command(settings) as ready:
        made = asyncio.run(_with_parts(ready, create))
    if options.json:
        print(json.dumps({"id": str(made.account_id), "email": made.email, "totp_secret": made.totp_secret}))
    else:
        print(f"{made.email} is an administrator. One-time-code secret, shown once: {made.totp_secret}")


def _openapi(_settings: Settings, _options: argparse.Namespace) -> None:
    sys.stdout.write(openapi_json())


def _import(settings: Settings, options: argparse.Namespace) -> None:
    path: Path = options.file
    content = path.read_bytes()
    handling = Handling(
        as_of=options.as_of,
        edition=None if options.edition is None else Edition(options.edition),
        allow_shrink=options.allow_shrink,
    )

    async def bring_in(parts: Parts) -> tuple[registers.ImportReport, watch_service.Watched]:
        now = parts.clock.now()
        async with parts.database.transaction() as session:
            if options.register == "nppes":
                report = await registers.import_nppes(session, content=content, file_name=path.name, now=now)
            elif options.register == "roster":
                report = await rosters.import_roster(
                    session, content=content, file_name=path.name, board=options.board, as_of=options.as_of, now=now
                )
            else:
                report = await registers.import_leie(
                    session, content=content, file_name=path.name, now=now, handling=handling
                )
        return report, await _watch(parts)

    with database_for_command(settings) as ready:
        report, watched = asyncio.run(_with_parts(ready, bring_in))
    print(f"{path.name}: {report.rows_new} new, {report.rows_known} known before, {report.rows_refused} refused")
    if isinstance(report, registers.ExclusionReport):
        _tell_of_the_list(report)
    unit = "record" if options.register == "nppes" else "line"
    for refusal in report.refusals:
        print(f"  {unit} {refusal.number}: {refusal.reason}")
    print(
        f"  looked at {watched.looked_at} credentials: {watched.suspended} suspended, {watched.to_review} to review, "
        f"{watched.cancelled} sessions cancelled, {len(watched.failed)} therapists could not be looked at"
    )


async def _watch(parts: Parts) -> watch_service.Watched:
    """Look at once at everybody whom a new register concerns, and look after the clients who lost sessions by it."""
    watched = await watch_service.watch(parts.database, vault=parts.vault, now=parts.clock.now())
    for therapist_id in watched.suspended_of:
        await booking.review_practice(therapist_id, database=parts.database, vault=parts.vault, clock=parts.clock)
    return watched


def _tell_of_the_list(report: registers.ExclusionReport) -> None:
    taken_off = report.taking_off
    left = f"nobody, for {taken_off}" if isinstance(taken_off, registers.Kept) else f"{taken_off} rows"
    print(f"  {report.edition}, given out on {report.as_of}; listed again: {report.rows_listed_again} rows")
    print(f"  taken off the list: {left}")


def _seed_demo(settings: Settings, _options: argparse.Namespace) -> None:
    refuse_made_up_people(settings)
    with database_for_command(settings) as ready:
        print(asyncio.run(_with_parts(ready, load_demo)))


Result = TypeVar("Result")


async def _with_parts(settings: Settings, use: Callable[[Parts], Awaitable[Result]]) -> Result:
    parts = parts_of(settings)
    try:
        return await use(parts)
    finally:
        await parts.database.close()


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(prog="attune", description="Attune: from somebody's own words to a first session.")
    commands = top.add_subparsers(dest="command", required=True)

    serving = commands.add_parser("serve", help="serve the API; without ATTUNE_DATABASE_URL on a database of its own")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--workers", type=int, default=1)
    serving.add_argument("--demo", action="store_true", help="load the demo therapists first, once")
    serving.set_defaults(run=_serve)

    commands.add_parser("work", help="work jobs apart from serve").set_defaults(run=_work)
    commands.add_parser("migrate", help="bring the schema up to date, as its owner").set_defaults(run=_migrate)
    commands.add_parser("seed-demo", help="load demo therapists, once").set_defaults(run=_seed_demo)
    commands.add_parser("openapi", help="print the contract as JSON").set_defaults(run=_openapi)

    admin = commands.add_parser("create-admin", help="make an administrator; there is no other way to be one")
    admin.add_argument("--email", required=True)
    admin.add_argument("--password", required=True)
    admin.add_argument("--json", action="store_true", help="print id, email and the one-time-code secret as JSON")
    admin.set_defaults(run=_create_admin)

    importing = commands.add_parser("import", help="bring in a public register from a file")
    importing.add_argument("register", choices=("leie", "nppes", "roster"))
    importing.add_argument("file", type=Path)
    importing.add_argument(
        "--as-of",
        type=date.fromisoformat,
        help="leie, roster: the day the file was given out, YYYY-MM-DD; today by default",
    )
    importing.add_argument("--board", default="", help="roster: whose it is, such as us-co")
    importing.add_argument(
        "--edition", choices=("full", "supplement"), help="leie: what the file is; guessed by default, and printed"
    )
    importing.add_argument(
        "--allow-shrink", action="store_true", help="leie: take a whole list that lacks many rows, or is hard to read"
    )
    importing.set_defaults(run=_import)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status; what is refused is said in a line on standard error."""
    options = parser().parse_args(arguments)
    try:
        options.run(Settings(), options)
    except Invalid as error:
        for flaw in error.flaws:
            print(f"attune: {flaw.pointer.lstrip('/') or 'input'}: {flaw.detail}", file=sys.stderr)
        return 2
    except ValidationError as error:
        # pydantic's own words may quote a setting, and a setting may be a secret
        for each in error.errors(include_input=False, include_url=False, include_context=False):
            print(f"attune: {'.'.join(map(str, each['loc'])) or 'settings'}: {each['msg']}", file=sys.stderr)
        return 2
    except ValueError as error:  # a key, an address or a URL among the settings that is none
        print(f"attune: {error}", file=sys.stderr)
        return 2
    except (DBAPIError, DomainError, NotFit, ServerInUse, ServerFailed, SchemaNotReady, OSError) as error:
        said = f"the database refuses: {words_of(error)}" if isinstance(error, DBAPIError) else error
        print(f"attune: {said}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
