# Everything a newcomer needs, from one environment. `make help` lists the jobs.
#
# .venv is built by plain pip from pyproject.toml with the versions of constraints.txt, and again when one of the two
# changes. A uv that is already on PATH is used instead of pip, since it is faster; nobody needs to install it.

PYTHON ?= python3.11 python3 python
VENV := .venv
STAMP := $(VENV)/.stamp
BIN := $(VENV)/bin
EXTRAS := pdf,lab,bench,oracles,dev

# Left to the caller: `make test ARGS="-n 0 -k desk"`, `make bench ARGS=--quick`.
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test lint bench lab clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

report: $(STAMP) ## the ROI report of the machinery starter, as HTML and PDF in reports/
	$(BIN)/tiersim report roi scenarios/machinery.yaml --format html,pdf --to reports/ $(ARGS)

test: $(STAMP) ## all tests; TIERSIM_LEAN=0 runs the statistical ones in full
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(STAMP) ## style, format, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(STAMP) ## speed against other ways to simulate the same, and against this machine's bound
	$(BIN)/python -m benchmarks $(ARGS)

lab: $(STAMP) ## JupyterLab on the notebooks
	$(BIN)/jupyter lab $(ARGS) notebooks

clean: ## removes the environment; reports and runs stay
	rm -rf $(VENV)

# The range of Python versions is the one in pyproject.toml (a test compares the two).
$(STAMP): pyproject.toml constraints.txt
	@found=; \
	for candidate in $(PYTHON); do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 12))' 2>/dev/null; then \
	    found="$$candidate"; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "tiersim needs Python >=3.11,<3.12; none of these is one: $(PYTHON)" >&2; \
	  echo "Install it, or name it: make PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	if ! $(BIN)/python -c 'import pip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 12))' 2>/dev/null; then \
	  echo "Creating $(VENV) with $$found"; \
	  if ! "$$found" -m venv --clear $(VENV); then \
	    echo "$$found cannot create environments. On Debian and Ubuntu: apt install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	fi
	@echo "Installing the versions of constraints.txt (one to two minutes the first time)"
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt -e '.[$(EXTRAS)]'; \
	else \
	  $(BIN)/python -m pip install --quiet --upgrade pip && \
	  $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[$(EXTRAS)]'; \
	fi
	@$(BIN)/tiersim doctor --warm
	@touch $@
