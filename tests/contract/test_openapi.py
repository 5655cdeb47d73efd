import json
from pathlib import Path

import httpx

from api.app import openapi_json
from api.contract import Problem
from api.wire import Body

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


def test_every_example_of_a_body_is_one_that_is_taken() -> None:
    schemas = json.loads(openapi_json())["components"]["schemas"]
    bodies = {body.__name__: body for body in Body.__subclasses__()}
    examples = {name: schemas[name]["examples"] for name in bodies if schemas.get(name, {}).get("examples")}

    taken = [bodies[name].model_validate_json(json.dumps(each)) for name, found in examples.items() for each in found]

    assert len(taken) >= len(examples) > 5


def test_no_name_in_the_contract_tells_of_our_modules() -> None:
    contract = json.loads(openapi_json())

    assert [name for name in contract["components"]["schemas"] if "__" in name] == []


def test_the_contract_says_where_signing_in_is_needed_and_where_it_is_not() -> None:
    paths = json.loads(openapi_json())["paths"]

    assert paths["/v1/holds"]["post"]["security"] == [{"HTTPBearer": []}]
    assert paths["/v1/therapists/{therapist_id}/slots"]["get"]["security"] == [{"HTTPBearer": []}, {}]
    assert "security" not in paths["/v1/crisis-resources"]["get"]


def test_the_contract_names_the_headers_of_versions_replays_and_refusals() -> None:
    paths = json.loads(openapi_json())["paths"]

    cancelled = paths["/v1/appointments/{appointment_id}/cancel"]["post"]["responses"]

    assert cancelled["200"]["headers"].keys() == {"X-Request-Id", "ETag", "Idempotent-Replayed"}
    assert {"Retry-After", "WWW-Authenticate"} < cancelled["default"]["headers"].keys()
    assert paths["/v1/holds"]["post"]["responses"]["201"]["headers"].keys() == {"X-Request-Id", "Idempotent-Replayed"}
