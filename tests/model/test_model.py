import asyncio
import os
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from api.parts import parts_of
from domain.settings import Settings
from tests.model.machine import Machine

RUNS = int(os.environ.get("ATTUNE_MODEL_RUNS", "15"))  # `make model` runs many more
STEPS = int(os.environ.get("ATTUNE_MODEL_STEPS", "15"))


def test_the_service_and_the_model_agree_after_every_step(service_settings: Settings) -> None:
    seen = Counter[str]()
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        parts = parts_of(service_settings)
        run = type("Run", (Machine,), {"runner": runner, "parts": parts, "seen": seen})
        try:
            run_state_machine_as_test(
                run,
                settings=settings(
                    max_examples=RUNS,
                    stateful_step_count=STEPS,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(parts.database.close())
    print(f"\n{seen.total()} steps in about {RUNS} runs")  # noqa: T201 - what `make model` is run for
    for name, count in sorted(seen.items()):
        print(f"  {count:6} {name}")  # noqa: T201 - the same
