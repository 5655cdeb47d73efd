import json
from pathlib import Path

import httpx

from api.app import openapi_json
from api.contract import Problem

CONTRACT = Path(__file__).parents[2] / "openapi" / "v1.json"


def test_the_written_contract_is_the_one_the_program_keeps() -> None:
    assert CONTRACT.read_text() == openapi_json(), "run `make openapi` and read the difference"


def test_every_operation_says_how_it_refuses_and_nothing_the_framework_made_up() -> None:
    contract = json.loads(openapi_json())

    operations = [operation for path in contract["paths"].values() for operation in path.values()]

    assert len(operations) > 40
    for operation in operations:
        refusal = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert refusal == {"$ref": "#/components/schemas/Problem"}
        assert "422" not in operation["responses"]
    assert "HTTPValidationError" not in contract["components"]["schemas"]


async def test_a_refusal_is_what_the_contract_says(http: httpx.AsyncClient) -> None:
    refused = await http.post("/v1/holds", json={})

    problem = Problem.model_validate_json(refused.content)

    assert problem.status == refused.status_code
    assert problem.next_steps
