from pathlib import Path

from api.app import openapi_json

CONTRACT = Path(__file__).parents[2] / "openapi" / "v1.json"


def test_the_written_contract_is_the_one_the_program_keeps() -> None:
    assert CONTRACT.read_text() == openapi_json(), "run `make openapi` and read the difference"
