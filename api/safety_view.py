"""How safety stands on the wire, in every answer that carries it: a level, and whom to turn to.

It lies beside the areas and not in one of them, because matching, intake, clients and refusals all carry it.
"""

from collections.abc import Sequence
from datetime import date

from pydantic import Field

from api.wire import View
from domain.safety.levels import Level
from domain.safety.resources import ChannelKind, Need
from domain.safety.triage import Safety


class ChannelView(View):
    """One way to reach a resource."""

    kind: ChannelKind
    address: str = Field(description='A number, "WORD to number", or an https address')


class ResourceView(View):
    """A service that helps in a crisis. last_checked: when somebody made sure that this is right."""

    id: str
    name: str
    needs: Sequence[Need]
    channels: Sequence[ChannelView]
    hours: str
    last_checked: date


class SafetyView(View):
    """How near danger it sounds, and whom to turn to; resources are there unless the level is none."""

    level: Level
    resources: Sequence[ResourceView]


def safety_view(safety: Safety) -> SafetyView:
    """Present a judgement of safety."""
    return SafetyView.model_validate(safety)
