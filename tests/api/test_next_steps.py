import json
import re

import pytest

from api import next_steps
from api.app import openapi_json
from api.next_steps import ABOUT_A_TIME, AGAIN, BY_SLUG, HELP_NOW, NextStep
from api.problems import KINDS

STEPS = sorted(
    {step for steps in BY_SLUG.values() for step in steps}
    | {value for value in vars(next_steps).values() if isinstance(value, NextStep)},
    key=lambda step: step.action,
)


@pytest.mark.parametrize("slug", KINDS)
def test_every_refusal_has_a_way_on_besides_help(slug: str) -> None:
    steps = next_steps.after(slug=slug, method="POST", path="/v1/holds")

    assert len(steps) > 1
    assert steps[-1] == HELP_NOW


@pytest.mark.parametrize("slug", ["never-heard-of", ""])
def test_even_an_unknown_refusal_ends_in_help(slug: str) -> None:
    assert next_steps.after(slug=slug, method="GET", path="/v1/x") == (HELP_NOW,)


def test_what_a_refusal_knows_itself_comes_first_and_nothing_twice() -> None:
    hold = NextStep(action="hold_alternative", method="POST", path="/v1/holds")

    steps = next_steps.after(slug="slot-taken", method="POST", path="/v1/holds", first=(hold, HELP_NOW, hold))

    assert steps[0] == hold
    assert len(set(steps)) == len(steps)


def test_what_can_be_sent_again_names_the_same_call() -> None:
    steps = next_steps.after(slug="validation-failed", method="PUT", path="/v1/clients/me")

    assert NextStep(action="correct_and_retry", method="PUT", path="/v1/clients/me") in steps


def test_steps_are_told_for_no_slug_that_there_is_not() -> None:
    assert BY_SLUG.keys() | AGAIN == KINDS.keys()


def test_every_step_is_a_call_that_there_is() -> None:
    paths = json.loads(openapi_json())["paths"]

    for step in STEPS:
        path = step.path.partition("?")[0]
        declared = [known for known in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path)]
        assert any(step.method.lower() in paths[known] for known in declared), step


@pytest.mark.parametrize("path", ["/v1/appointments/1/reschedule", "/v1/series"])
@pytest.mark.parametrize("slug", sorted(ABOUT_A_TIME))
def test_who_moves_or_wants_a_series_is_first_told_to_choose_another_time(slug: str, path: str) -> None:
    hold = NextStep(action="hold_alternative", method="POST", path="/v1/holds")

    steps = next_steps.after(slug=slug, method="POST", path=path, first=(hold,))

    assert steps[:2] == (NextStep(action="choose_another_time", method="POST", path=path), hold)
    assert len(set(steps)) == len(steps)
