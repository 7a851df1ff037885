# Two commands matter: `make run` and `make test`. Everything is installed into .venv, checked against hashes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
TESTS ?=
# One more than there are processors, since those that wait for servers and browsers leave theirs to others.
PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Where Python may not keep what it compiled, each of the many processes of the tests compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test soak check lock wheel screenshots bench mutants reliability coverage-of-intervals clean

run: $(VENV)/.run
	$(BIN)/readiness serve --demo --port $(PORT)

test: $(VENV)/.test
	$(BIN)/python -m tests.browser.chromium
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder $(or $(TESTS),--durations 10 --cov)

# What is drawn at random, and files that are long on purpose, ten times as many and as long.
soak: $(VENV)/.test
	READINESS_SOAK=1 $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile $(or $(TESTS),tests/importers \
		tests/model tests/pack tests/redaction tests/scorecard tests/decision tests/tracing tests/exports)

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-venv >/dev/null && \
		$(PYTHON) -m venv $(VENV); } || { \
		echo "Python cannot make a virtual environment here; install it with: sudo apt install python3-venv" >&2; exit 1; }

$(VENV)/.run: $(BIN)/python requirements/run.txt pyproject.toml
	@echo "Setting up .venv (once) …"
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

# The lock files name versions and hashes, never an address.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url -c requirements/run.txt --group dev -o requirements/test.txt

wheel: $(VENV)/.test
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

screenshots: $(VENV)/.test
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.screenshots

bench: $(VENV)/.test
	$(BIN)/python -m tests.bench.aggregate
	$(BIN)/python -m tests.bench.crowd
	$(BIN)/python -m tests.bench.editors
	$(BIN)/python -m tests.bench.growth
	$(BIN)/python -m tests.bench.pages --people 80 --workers 2
	$(BIN)/python -m tests.bench.portfolio
	$(BIN)/python -m tests.bench.redaction
	$(BIN)/python -m tests.bench.start
	$(BIN)/python -m tests.bench.trace_page
	$(BIN)/python -m tests.bench.traces

# Small faults in the pure core, one at a time: how many of them the tests find. MODULES names some of its files.
mutants: $(VENV)/.test
	$(BIN)/python -m tests.mutants $(MODULES)

# What is tried to break the dashboard, at full length: the rows of docs/reliability.md. SUITES names some of them.
SUITES ?= doors outbound sessions kills power full refused swapped migrations restores flips load
reliability: $(VENV)/.test
	$(BIN)/python -m tests.browser.chromium
	for suite in $(SUITES); do $(BIN)/python -m tests.reliability.$$suite || exit 1; done

# How often each interval holds the truth, in simulated worlds: the tables of docs/statistics.md.
coverage-of-intervals: $(VENV)/.test
	$(BIN)/python -m tests.simulation.coverage

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
