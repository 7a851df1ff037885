# Two commands matter: `make run` and `make test`. Everything is installed into .venv, checked against hashes.

PYTHON ?= python3
VENV := .venv
SERVERS := .servers
BIN := $(VENV)/bin
PORT ?= 8501
TESTS ?=
# One more than there are processors, since those that wait for servers and browsers leave theirs to others.
PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SPREAD = --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
COVERED := .coverage.json
# Of lines and branches, in per cent; it only rises.
FLOOR := 98
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Where Python may not keep what it compiled, each of the many processes of the tests compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test suite soak check docs lock wheel release sbom screenshots bench mutants reliability coverage-of-intervals clean

run: $(VENV)/.run
	$(BIN)/readiness serve --demo --port $(PORT)

# What checks has one processor to itself, and waits for none of the tests.
test: $(VENV)/.test $(SERVERS)/.made
	$(BIN)/python -m tests.browser.chromium
	$(MAKE) --no-print-directory --jobs 2 check suite

suite:
ifdef TESTS
	$(BIN)/python -m pytest $(SPREAD) $(TESTS)
else
	$(BIN)/python -m slipcover --json --out $(COVERED) -m pytest $(SPREAD) --durations 10
	$(BIN)/python -m slipcover --merge $(COVERED) --out $(COVERED) --fail-under $(FLOOR)
endif

# Every case, with ten times as much drawn at random, and files that are long on purpose ten times as long.
soak: $(VENV)/.test $(SERVERS)/.made
	$(BIN)/python -m tests.browser.chromium
	READINESS_SOAK=1 $(BIN)/python -m pytest $(SPREAD) $(TESTS)

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

$(VENV)/.test: $(VENV)/.run requirements/test.txt requirements/objects.txt
	$(PIP) install --require-hashes -r requirements/test.txt
	$(BIN)/python -m venv $(VENV)/objects
	$(VENV)/objects/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes \
		-r requirements/objects.txt
	@touch $@

# Servers of MLflow and Phoenix, which the tests fetch from; what they need would not stand beside what we need.
$(SERVERS)/.made: $(BIN)/python requirements/servers.txt
	$(BIN)/python -m venv $(SERVERS)
	$(SERVERS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/servers.txt
	@touch $@

# run.txt is all of it, cli.txt the command line alone, servers.txt and objects.txt are servers for tests. The lock
# files name versions and hashes, never an address.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --extra all pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url -c requirements/run.txt pyproject.toml requirements/build.in -o requirements/cli.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url -c requirements/run.txt --group dev -o requirements/test.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url requirements/servers.in -o requirements/servers.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url requirements/objects.in -o requirements/objects.txt

wheel: $(VENV)/.test
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

# Wheel, source, bill of materials and licences: the same bytes each time, for the same commit.
release: $(VENV)/.test
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist
	$(BIN)/python -m tests.release.bom dist

# What is shipped with its dependencies: CycloneDX for programs, and the licences for people.
sbom: $(VENV)/.test
	$(BIN)/python -m tests.release.bom dist

# The pages of docs/ as a site in site/, to be opened from there; nothing of it comes from elsewhere.
docs: $(VENV)/.test
	$(BIN)/python -m tests.site.build

screenshots: $(VENV)/.test
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.screenshots

bench: $(VENV)/.test $(SERVERS)/.made
	$(BIN)/python -m tests.bench.aggregate
	$(BIN)/python -m tests.bench.crowd
	$(BIN)/python -m tests.bench.editors
	$(BIN)/python -m tests.bench.growth
	$(BIN)/python -m tests.bench.loads
	$(BIN)/python -m tests.bench.pages --people 80 --workers 2
	$(BIN)/python -m tests.bench.portfolio
	$(BIN)/python -m tests.bench.pull
	$(BIN)/python -m tests.bench.received
	$(BIN)/python -m tests.bench.redaction
	$(BIN)/python -m tests.bench.start
	$(BIN)/python -m tests.bench.tool_traces
	$(BIN)/python -m tests.bench.trace_page
	$(BIN)/python -m tests.bench.traces
	$(BIN)/python -m tests.bench.warehouse --rows 10000 100000 1000000

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
	rm -rf $(VENV) $(SERVERS) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
