"""The contract as OpenAPI tells it: every operation may be refused with a problem, and only with one.

The framework describes a 422 of its own, which is never sent: it is taken out, and the problem document stands in its
place for every refusal of every operation.
"""

from typing import Final

from fastapi import FastAPI
from pydantic import ConfigDict, Field

from api.problems import KINDS, MEDIA_TYPE
from api.wire import View

FRAMEWORKS_OWN: Final = ("HTTPValidationError", "ValidationError")
REFERENCE: Final = "#/components/schemas/{model}"


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
            "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
        }
        for operations in contract["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = refusal
        return contract

    app.openapi = described  # type: ignore[method-assign]  # the framework's documented way to extend it
