# Two commands on a fresh machine with python3 (3.11 or newer, with venv) and make:
#   make build   installs frtfeed into .venv and builds the example site into out/
#   make test    installs what the tests need and runs them

PYTHON ?= python3
BIN := .venv/bin

.PHONY: build test lint clean

build: .venv/installed
	@$(BIN)/frtfeed build

test: .venv/installed-test
	@$(BIN)/python -m pytest -q

lint: .venv/installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf .venv out .frtfeed dist

# The versions are pinned in constraints.txt; .venv is made anew only when what it was made from changes.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "frtfeed needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "$(PYTHON) cannot make a virtual environment. On Debian: apt install python3-venv"; exit 1; }

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing frtfeed into .venv ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-test: .venv/installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

.venv/installed-lint: .venv/installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[lint]'
	@touch $@
