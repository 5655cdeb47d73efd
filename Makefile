# Everything a developer or CI does, by name. Only Python 3.11 or later, pip and make are needed: the rest comes from
# the hashed lock into .venv.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup run test format lint types arrows dependencies tests coverage lock openapi audit races crashes model clocks evaluate screening bench clean

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

BIN := .venv/bin
READY := .venv/.ready
OLD_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$name" -c '$(OLD_ENOUGH)' 2>/dev/null && echo "$$name" && break; done)
WORKERS ?= 2
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | sort \
		| while IFS='|' read -r name words; do printf '  make %-14s %s\n' "$$name" "$$words"; done

setup: $(READY) ## Create .venv with everything, from the hashed lock

# The stamp is written last, so that a set-up that was broken off is done again.
$(READY): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or later is needed, and none was found.' >&2; exit 1; }
	@echo "== set-up: .venv with $$($(PYTHON) --version)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## Serve the API on an embedded PostgreSQL, with demo therapists
	@exec $(BIN)/attune serve --demo

test: setup ## Check format, lint, types, arrows and dependencies, and run all tests
	@echo '== format';       $(BIN)/ruff format --check .
	@echo '== lint';         $(BIN)/ruff check .
	@echo '== types';        $(BIN)/mypy $(if $(wildcard benchmarks/*.py),&& $(BIN)/mypy benchmarks)
	@echo '== arrows';       $(BIN)/lint-imports
	@echo '== dependencies'; $(BIN)/deptry .
	@echo '== tests';        $(BIN)/pytest -n $(WORKERS)

format: setup ## Format the code, and mend what the linter can mend safely
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: setup ## Check format and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: setup ## Check types
	@$(BIN)/mypy $(if $(wildcard benchmarks/*.py),&& $(BIN)/mypy benchmarks)

arrows: setup ## Check the import contracts
	@$(BIN)/lint-imports

dependencies: setup ## Check that what is declared is used, and what is used is declared
	@$(BIN)/deptry .

tests: setup ## Run all tests
	@$(BIN)/pytest -n $(WORKERS)

coverage: setup ## Run all tests in one process and show what they do not reach
	@$(BIN)/coverage run -m pytest
	@$(BIN)/coverage report

lock: setup ## Write both locks anew from pyproject.toml; what is locked stays, unless UPGRADE=1
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml -c requirements.lock --group dev -o requirements-dev.lock

openapi: setup ## Write openapi/v1.json anew
	@mkdir -p openapi
	@$(BIN)/attune openapi > openapi/v1.json.new
	@mv openapi/v1.json.new openapi/v1.json

# --strict: without it, pip-audit exits 0 when it could ask nobody.
audit: setup ## Ask for known vulnerabilities in what is shipped; fails where nobody can be asked
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

races: setup ## Run the races: 200 rounds over HTTP on two servers, or ROUNDS, and 60 of each in one process
	@ATTUNE_RACE_ROUNDS=60 ATTUNE_HTTP_RACE_ROUNDS=$(or $(ROUNDS),200) $(BIN)/pytest tests/races tests/races/real_deadlocks.py -p no:randomly -s

crashes: setup ## Kill the service 50 times under load, or KILLS, and its database 5 times; SEED repeats a run
	@ATTUNE_CRASHES=$(or $(KILLS),50) ATTUNE_DATABASE_CRASHES=5 ATTUNE_CRASH_SEED=$(SEED) \
		$(BIN)/pytest tests/crashes -p no:randomly -s

model: setup ## Compare the service with a small model after each step of RUNS random runs, by default 500; SEED repeats them
	@ATTUNE_MODEL_RUNS=$(or $(RUNS),500) ATTUNE_MODEL_STEPS=30 \
		$(BIN)/pytest tests/model -p no:randomly -s $(if $(SEED),--hypothesis-seed=$(SEED))

clocks: setup ## Compare slots with a walk over minutes around every change of clocks of 2026 to 2028, in three zones
	@$(BIN)/python -m benchmarks.clock_changes

evaluate: setup ## Measure the reading of words on FILE=…jsonl ({"text", "topic", "concerns"} a line)
	@test -n "$(FILE)" || { echo 'make evaluate FILE=questions.jsonl' >&2; exit 2; }
	@PYTHONPATH=. $(BIN)/python benchmarks/interpretation.py "$(FILE)"

screening: setup ## Measure exclusion screening of 100,000 made-up therapists against 85,000 rows; SEED makes others
	@$(BIN)/python -m benchmarks.screening $(SEED)

bench: setup ## Measure booking, slots and a race over HTTP, each against a ceiling in the same run; ROUND_SECONDS=6
	@$(BIN)/python -m benchmarks.slot_engine
	@$(BIN)/python -m benchmarks.slots $(or $(ROUND_SECONDS),4)
	@$(BIN)/python -m benchmarks.booking $(or $(ROUND_SECONDS),6)

clean: ## Remove .venv and what tools left behind; data under .attune stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
