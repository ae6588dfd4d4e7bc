# Needs GNU make and Python 3.11 or newer; everything else goes into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
ONLY ?=
# From the command line alone: many machines have a PORT in their environment that means something else.
PORT :=

# The first Python that is new enough, unless PYTHON names one.
FIND_PYTHON = for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	if command -v $$python >/dev/null 2>&1 && \
	   $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo $$python; break; fi; done

.PHONY: help
help: ## List these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/core ## Start Clarion with a real alert and one login per role, in your browser (PORT=8001: there)
	@$(BIN)/clarion demo $(if $(PORT),--port '$(PORT)')

.PHONY: demo-reset
demo-reset: $(VENV)/core ## The same from a fresh start: forgets the earlier demo
	@$(BIN)/clarion demo --reset $(if $(PORT),--port '$(PORT)')

.PHONY: demo-headless
demo-headless: $(VENV)/core ## Walk the whole line through the API, print each step and its proof, and end
	@$(BIN)/clarion demo --headless

.PHONY: test
test: $(VENV)/dev ## Run all tests on SQLite, and on PostgreSQL when one answers (ONLY=word: those that match)
	@$(BIN)/python tools/run_tests.py $(if $(ONLY),--only '$(ONLY)')

.PHONY: test-faults
test-faults: $(VENV)/dev ## Run only the tests that kill servers and workers
	@$(BIN)/python tools/run_tests.py --folder faults

.PHONY: check
check: lint $(VENV)/dev ## Check style, types, import contracts, migrations and docs
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_migrations.py
	$(BIN)/python tools/check_docs.py

.PHONY: lint
lint: $(VENV)/dev ## Check style only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: format
format: $(VENV)/dev ## Put every file in the common form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: $(VENV)/dev ## Measure the performance goals (ONLY=name: one of them)
	@$(BIN)/python tools/run_bench.py $(ONLY)

.PHONY: capabilities
capabilities: $(VENV)/dev ## List the 48 capabilities with the passing tests that show each
	@$(BIN)/python tools/capabilities.py

.PHONY: pins
pins: $(VENV)/dev ## Rewrite constraints.txt from what is installed
	@$(BIN)/python tools/pins.py

.PHONY: clean
clean: ## Remove .venv and caches; what you entered stays in var
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "Clarion needs Python 3.11 or newer, and there is none here; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	echo "Creating $(VENV) with $$($$python --version)"; \
	$$python -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python could not create $(VENV); on Debian and Ubuntu, install the package python3-venv." >&2; exit 1; }

# Stamps: installed again only after pyproject.toml or constraints.txt changed.
$(VENV)/core: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Clarion"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Clarion and its test tools"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/core
