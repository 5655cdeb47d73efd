"""What each problem type means: `GET` on a problem's `type`."""

from fastapi import APIRouter

from api.problems import KINDS
from api.wire import View
from domain.errors import NotFound

router = APIRouter(tags=["process"])


class ProblemType(View):
    """A problem type, explained."""

    type: str
    title: str
    status: int
    meaning: str


class NoSuchProblem(NotFound):
    """No problem has this name."""


@router.get("/problems/{slug}")
async def explain(slug: str) -> ProblemType:
    """Explain a problem type."""
    kind = KINDS.get(slug)
    if kind is None:
        raise NoSuchProblem("There is no problem of this name.")
    return ProblemType(type=f"/problems/{slug}", title=kind.title, status=kind.status, meaning=kind.meaning)
