# Every target sets up what it needs, inside this folder, and can be run again.
PYTHON  ?= python3
VENV    ?= .venv
WORKERS ?= 2

BIN       := $(VENV)/bin
READY     := $(VENV)/.ready
WHEEL     := build/wheel
WHEELVENV := build/wheel-venv
CODE      := forensics tests
PIP       := -m pip install --quiet --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo browser picture test check pytest wheel-test bench reliability scoreboard confidence chainboard triageboard suspectboard incidents clean

help: ## Print this list
	@grep -E '^[a-z][a-z-]*:.*## ' $(firstword $(MAKEFILE_LIST)) | \
	    awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: $(READY) ## Break a sample account and explain every failure in it; no AWS account needed
	@$(BIN)/forensics demo

test: check pytest wheel-test ## All that CI runs: check, the tests, and the tests once more against the wheel

check: $(READY) ## Contracts between the rooms, ruff, mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/mypy

# Tests of the HTML report need a browser; without one they are skipped, and say so.
browser: ## Chromium for the tests of the HTML report: installed where it is missing and this is root
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for tests/browser"; mkdir -p build; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >build/chromium.log 2>&1 || \
	    echo "warning: Chromium could not be installed (build/chromium.log): tests/browser will be skipped"; \
	else echo "warning: no Chromium, and it may not be installed from here: tests/browser will be skipped"; fi

pytest: $(READY) browser ## The tests, against the editable install
	@$(BIN)/python -m pytest -n $(WORKERS)

# Run from an empty folder and with the current one kept off sys.path, so that only the wheel can be imported.
# Kills, damage, the stand-in's protocol, views and properties are the same files whichever way they were
# installed, which tests/unit/test_package.py compares byte by byte: once is enough.
wheel-test: $(READY) ## The tests, against the wheel in an empty environment
	@echo "Building the wheel and installing it in $(WHEELVENV)"
	@rm -rf $(WHEEL) $(WHEELVENV) build/elsewhere
	@mkdir -p build/elsewhere
	@$(BIN)/python -m build --outdir $(WHEEL) . >build/wheel.log 2>&1 || { cat build/wheel.log >&2; exit 1; }
	@$(BIN)/python -m venv $(WHEELVENV)
	@$(WHEELVENV)/bin/python $(PIP) "$$(ls $(WHEEL)/*.whl)[test]"
	@cd build/elsewhere && PYTHONSAFEPATH=1 FORENSICS_INSTALL=wheel ../wheel-venv/bin/pytest -n $(WORKERS) \
	    -p no:cacheprovider -m 'not source and not benchmark' -c ../../pyproject.toml \
	    --ignore ../../tests/faults --ignore ../../tests/contracts --ignore ../../tests/unit/demo/endpoint \
	    --ignore ../../tests/queries --ignore ../../tests/properties --ignore ../../tests/browser \
	    --ignore ../../tests/golden/test_sample_account.py ../../tests

picture: $(READY) browser ## README's picture of the demo's report, made anew
	@$(BIN)/python tests/browser/picture.py

bench: $(READY) ## Every stage, lines and documents against floors, growth with size, how the report opens, as Markdown tables; then pull against boto3
	@$(BIN)/python tests/benchmarks/stages.py
	@$(BIN)/python tests/benchmarks/lines.py
	@$(BIN)/python tests/benchmarks/documents.py
	@$(BIN)/python tests/benchmarks/growth.py
	@$(BIN)/python tests/benchmarks/opening.py
	@$(BIN)/python tests/benchmarks/pacing.py
	@$(BIN)/python tests/benchmarks/side_by_side.py
	@$(BIN)/python tests/benchmarks/year.py
	@$(BIN)/python -m pytest -q -m benchmark tests/benchmarks

reliability: $(READY) browser ## Every hazard that must not break anything, whole, and a table of what was seen (some 45 minutes)
	@WORKERS=$(WORKERS) $(BIN)/python tests/reliability.py

scoreboard: $(READY) ## Every scenario at four levels of tracing: verdicts against the truth (some 35 minutes)
	@$(BIN)/python tests/scoreboard/score.py --show --into README.md

confidence: $(READY) ## How often verdicts of each kind are right on half of the scenarios, held against the other half
	@$(BIN)/python tests/scoreboard/confidence.py --into forensics/rootcause/confidence.toml

chainboard: $(READY) ## Edges and deliveries of every scenario against the truth, at three levels of tracing
	@$(BIN)/python tests/scoreboard/chains.py

triageboard: $(READY) ## What a triage says against what the full pull says, and for how many calls
	@$(BIN)/python tests/scoreboard/triage.py

suspectboard: $(READY) ## Faults put into healthy cases, kind by kind: does the faulty node come first? Then healthy cases alone
	@$(BIN)/python tests/scoreboard/suspectboard.py --of sample
	@$(BIN)/python tests/scoreboard/suspectboard.py --of strangers
	@$(BIN)/python tests/scoreboard/suspectboard.py --of strangers --healthy --minutes 1 --seeds 100-199

incidents: $(READY) ## Incidents that others wrote, and what is said of each (some six minutes)
	@$(BIN)/python tests/scoreboard/incidents.py

clean: ## Remove what was built, and caches; keeps the environment
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find forensics tests -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment for everything; brought up to date when pyproject.toml changes.
$(READY): pyproject.toml
	@echo "Setting up $(VENV), this takes a minute"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { $(CHECK_PYTHON); $(PYTHON) -m venv --clear $(VENV); }
	@$(BIN)/python $(PIP) --editable '.[dev]'
	@touch $@

define CHECK_PYTHON
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
    echo "error: Python 3.11 or newer is needed, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)" >&2; \
    echo "hint: name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
    echo "error: $(PYTHON) cannot make virtual environments, its venv module is missing" >&2; \
    echo "hint: on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endef
