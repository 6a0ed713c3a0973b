# Two commands on a fresh machine with python3 (3.11 or newer, with venv) and make:
#   make build   installs frtfeed into .venv and builds the example site into out/
#   make test    installs what the tests need and runs them

PYTHON ?= python3
BIN := .venv/bin

.PHONY: build test lint judge bench clean

build: .venv/installed
	@$(BIN)/frtfeed build

test: .venv/installed-test
	@$(BIN)/python -m pytest -q --numprocesses auto --dist worksteal

lint: .venv/installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What other people's judges say of the example site; needs npm, java, chromium and spamassassin as well.
judge: .venv/installed-judge tools/judges/node_modules/.installed
	@$(BIN)/frtfeed build --quiet
	@$(BIN)/python tools/judge.py $(if $(EMLCHECK),--emlcheck $(EMLCHECK))

# What builds cost, beside the bars of docs/performance.md; compares with Hugo where it is installed.
bench: .venv/installed
	@$(BIN)/python benchmarks/build.py $(if $(STORIES),--stories $(STORIES))

clean:
	rm -rf tools/judges/node_modules .venv out .frtfeed dist

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

.venv/installed-judge: .venv/installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[judge]'
	@touch $@

tools/judges/node_modules/.installed: tools/judges/package.json
	@npm install --prefix tools/judges --no-package-lock --no-fund --no-audit --silent
	@touch $@
