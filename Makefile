# Each target sets up what it needs; the second time that is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test lint ui lock clean bench-identity bench-revenue bench-funnel bench-quality

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Onefunnel needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 2)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what requirements.lock lists into $(VENV) (a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(READY)  ## write the demo company's exports (once) and work off every night
	@$(BIN)/onefunnel demo --if-empty
	@$(BIN)/onefunnel run

test: $(READY)  ## run the tests
	@$(BIN)/python -m pytest

lint: $(READY)  ## style, types and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint dbt_project/models

ui: $(READY)  ## lineage, runs and reruns on http://127.0.0.1:3000
	@$(BIN)/onefunnel ui

bench-identity bench-revenue bench-funnel bench-quality: $(READY)  ## how right and how quick, against the demo's truth and real data
	@$(BIN)/python -m tests.benchmarks.$(@:bench-%=%)

lock: $(READY)  ## pin what pyproject.toml asks for, with hashes and no addresses
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --extra dev --python-version 3.11 pyproject.toml -o requirements.lock

clean:  ## forget the virtual environment and dbt's build files; never the data
	rm -rf $(VENV) dbt_project/target dbt_project/logs
