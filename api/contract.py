"""The contract as OpenAPI tells it: every operation may be refused with a problem, and only with one; headers too.

The framework describes a 422 of its own, which is never sent: it is taken out, and the problem document stands in its
place for every refusal of every operation.
"""

from typing import Final, TypedDict

from fastapi import FastAPI
from pydantic import ConfigDict, Field

from api.problems import KINDS, MEDIA_TYPE
from api.wire import View

FRAMEWORKS_OWN: Final = ("HTTPValidationError", "ValidationError")
REFERENCE: Final = "#/components/schemas/{model}"

# What has versions: an answer that is one of these carries its version's entity tag.
VERSIONED: Final = (
    "AppointmentView",
    "BusyCalendarView",
    "ChangedAppointmentView",
    "ClientView",
    "LicenseView",
    "OwnTherapistView",
    "ResponseView",
    "ScheduleView",
    "TaskView",
)


def _header(description: str, *, kind: str = "string") -> dict[str, object]:
    return {"description": description, "schema": {"type": kind}}


REQUEST_ID: Final = {"X-Request-Id": _header("The request's id in our log: the one sent, or one of ours")}
ENTITY_TAG: Final = {"ETag": _header("The version, for `If-Match`; not on a replayed answer")}
REPLAYED: Final = {"Idempotent-Replayed": _header("`true` where an answer is the stored one of an Idempotency-Key")}
OF_REFUSALS: Final = {
    "Retry-After": _header("Seconds to wait, with 429 and 503", kind="integer"),
    "WWW-Authenticate": _header("`Bearer`, with 401"),
}


class ProblemFlaw(View):
    """What is wrong with one place of the request. pointer: RFC 6901, from the body's root."""

    pointer: str
    detail: str


class ProblemStep(View):
    """Something that can be done now."""

    action: str
    method: str
    path: str


class Problem(View):
    """A refusal (RFC 9457). Some kinds carry more: `alternatives`, `safety`, `resources`, `conflicts`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = Field(description="GET it to have it explained", examples=["/problems/slot-taken"])
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemFlaw] | None = Field(default=None, description="with validation-failed")
    next_steps: list[ProblemStep] = Field(min_length=1, description="ways on, the best first")


class _Schema(TypedDict, total=False):
    schema: dict[str, str]


class _Answer(TypedDict, total=False):
    content: dict[str, _Schema]


class _Operation(TypedDict, total=False):
    parameters: list[dict[str, object]]
    responses: dict[str, _Answer]


def _headers(operation: _Operation) -> dict[str, object]:
    """Give the headers an operation's answers may carry when it is not refused."""
    replays = any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    models = {
        media.get("schema", {}).get("$ref", "").rpartition("/")[2]
        for answer in operation["responses"].values()
        for media in answer.get("content", {}).values()
    }
    return {
        **REQUEST_ID,
        **(ENTITY_TAG if models.intersection(VERSIONED) else {}),
        **(REPLAYED if replays else {}),
    }


def describe(app: FastAPI) -> None:
    """Make the application's OpenAPI name problems as its refusals."""
    framework = app.openapi

    def described() -> dict[str, object]:
        contract = framework()
        schemas = contract.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" in schemas:
            return contract
        for name in FRAMEWORKS_OWN:
            schemas.pop(name, None)
        schema = Problem.model_json_schema(ref_template=REFERENCE)
        schemas.update(schema.pop("$defs"))
        schemas["Problem"] = schema
        refusal = {
            "description": "A refusal, with ways on. Kinds: " + ", ".join(sorted(KINDS)),
            "headers": {**REQUEST_ID, **OF_REFUSALS},
            "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
        }
        for operations in contract["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
                headers = _headers(operation)
                for answer in operation["responses"].values():
                    answer["headers"] = headers
                operation["responses"]["default"] = refusal
        return contract

    app.openapi = described  # type: ignore[method-assign]  # the framework's documented way to extend it
