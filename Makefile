# Every target works from a fresh clone: what it needs, it installs into .venv (and, where it may, from the system's packages).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# What is fetched is what was locked, byte by byte, or the installation ends. The locks are whole: pip adds nothing.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
ARGS ?=
FUZZ_SECONDS ?= 60
AUTOBAHN_VERSION := 25.10.1
ISOLATION_STEPS ?= 10000
SOAK_MINUTES ?= 30
SOURCES := protocol core_ext server loadtest tools clients/python tests setup.py
EXTENSION_SOURCES := setup.py $(wildcard core_ext/*.pyx core_ext/*.pxd)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

# ---- set-up --------------------------------------------------------------------------------------------------------
$(VENV)/.installed: requirements/lock.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Polyclinic needs Python 3.11 or newer, got " + sys.version)'
	@echo "setting up $(VENV), a minute or two"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) --progress-bar on -r requirements/lock.txt
	$(BIN)/python -m pip check --disable-pip-version-check >/dev/null
	touch $@

$(VENV)/.built: $(VENV)/.installed pyproject.toml $(EXTENSION_SOURCES)
	@echo "compiling the core, some minutes"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.PHONY: build
build: $(VENV)/.built ## set up .venv and compile the core, nothing else

# The web client needs Node.js, the server does not: without it `make run` starts all the same, and its page says what is
# missing. What needs the client (tests) uses `make web`, which brings a Node.js along.
WEB := clients/web
WEB_SOURCES := $(wildcard $(WEB)/*.ts $(WEB)/*.json $(WEB)/index.html) $(shell find $(WEB)/src $(WEB)/public -type f 2>/dev/null)
WITH_NODE = PATH="$$(tools/node.sh):$$PATH"
WITH_NODE_THERE = PATH="$$(../../tools/node.sh):$$PATH"

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json $(WEB)/package.json
	@echo "fetching what the web client is built with"
	cd $(WEB) && npm ci --no-fund --no-audit --loglevel=error
	touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	@echo "building the web client, up to a minute"
	cd $(WEB) && npx vite build --logLevel warn

.PHONY: web
web: build ## build the web client (installs a Node.js into .venv if there is none)
	@tools/node.sh --install >/dev/null
	@$(WITH_NODE) $(MAKE) --no-print-directory $(WEB)/dist/index.html

.PHONY: web-where-possible
web-where-possible: build
	@if [ -n "$$(tools/node.sh)" ]; then $(WITH_NODE) $(MAKE) --no-print-directory $(WEB)/dist/index.html; \
	else echo "no Node.js here: the server starts without its web client; 'make web' brings one along and builds it"; fi

.PHONY: system-packages
system-packages: ## install what only the tests need from the system's packages (Chromium, valgrind), where this user may
	@bash tools/system_packages.sh

# ---- running -------------------------------------------------------------------------------------------------------
.PHONY: run
run: build web-where-possible ## set up, then start the sample clinic (options: make run ARGS="--http-port 9000")
	@exec $(BIN)/polyclinic serve $(ARGS)

.PHONY: load
load: build ## fill a running server with simulated avatars (options in ARGS)
	@exec $(BIN)/polyclinic load $(ARGS)

# ---- checks --------------------------------------------------------------------------------------------------------
.PHONY: test
test: build system-packages ## set up, then every check and every test
	$(MAKE) --no-print-directory lint types generated check-web check-unity
	rm -f .coverage .coverage.*
	$(BIN)/pytest -n auto --cov --cov-report= tests/unit tests/property tests/scenario tests/isolation tests/fuzz $(ARGS)
	$(BIN)/coverage run -m pytest tests/budget tests/parity tests/integration tests/chaos tests/guards --ignore=tests/integration/cross $(ARGS)
	$(MAKE) --no-print-directory coverage sanitize test-web test-cross ARGS=

.PHONY: check-web
check-web: web system-packages ## the web client's types, style and unit tests
	cd $(WEB) && $(WITH_NODE_THERE) npm run --silent check
	cd $(WEB) && $(WITH_NODE_THERE) npm test --silent

.PHONY: unit
unit: build ## the quick tests alone: no sockets, no processes
	$(BIN)/pytest tests/unit tests/property tests/scenario $(ARGS)

.PHONY: parity
parity: build ## compiled core against its references over at least 100,000 generated steps
	$(BIN)/pytest tests/parity -s $(ARGS)

.PHONY: unity
unity: ## compile the Unity package and its probe with Mono into build/unity (installs Mono, where this user may)
	@bash tools/system_packages.sh mono-mcs:mcs mono-runtime:mono \
		libmono-system-net-http4.0-cil:/usr/lib/mono/4.5/System.Net.Http.dll \
		libmono-system-core4.0-cil:/usr/lib/mono/4.5/System.Core.dll
	@bash tools/unity_build.sh build/unity

.PHONY: check-unity
check-unity: unity ## the Unity package's own tests
	mono --debug build/unity/Polyclinic.Core.Tests.exe

.PHONY: test-unity
test-unity: build check-unity ## the Unity package: its own tests, then its probe against the real server
	$(BIN)/pytest tests/integration/unity $(ARGS)

.PHONY: test-cross
test-cross: web unity system-packages ## a browser, the Unity package, the Python client and bots in one room: all are told the same
	$(BIN)/pytest -s tests/integration/cross $(ARGS)

.PHONY: test-chaos
test-chaos: build ## kill the server 50 times, cut the power, fail the disk, cut the journal: nothing acknowledged is lost
	CHAOS_KILLS=50 CHAOS_CUTS=500 $(BIN)/pytest -s tests/chaos $(ARGS)

.PHONY: test-web
test-web: web ## the web client in real browsers against the real server (installs Chromium, where this user may)
	@bash tools/system_packages.sh chromium
	cd $(WEB) && $(WITH_NODE_THERE) npx vitest run --config tests/e2e/vitest.config.ts $(ARGS)

.PHONY: coverage
coverage: ## statement coverage of the last test run, at least 95 % for each package
	-$(BIN)/coverage combine --append --quiet
	$(BIN)/coverage report --include='server/*' --fail-under=95 --skip-covered
	$(BIN)/coverage report --include='protocol/*' --fail-under=95 --skip-covered
	$(BIN)/coverage report --include='loadtest/*' --fail-under=95 --skip-covered

.PHONY: types
types: build ## mypy strict, and stubtest: the extensions' stubs say what the extensions do
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest core_ext

.PHONY: lint
lint: build ## ruff, cython-lint, import-linter
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cython-lint core_ext
	$(BIN)/lint-imports

.PHONY: sanitize
sanitize: build ## the parity tests on a build with bounds checks and the address and undefined-behaviour sanitizers
	$(BIN)/python tools/sanitize.py

.PHONY: test-isolation
test-isolation: build ## what one may not perceive leaves no trace: 10,000 random steps lived twice, compared byte by byte; 500 wanderers
	ISOLATION_STEPS=$(ISOLATION_STEPS) CANARY_VISITORS=500 CANARY_SECONDS=60 $(BIN)/pytest tests/isolation $(ARGS)

.PHONY: test-guards
test-guards: build ## the checks prove themselves: each is tried with a guard removed, and has to fail
	$(BIN)/pytest -m unguarded tests $(ARGS)

.PHONY: fuzz
fuzz: build ## fuzz the decoders and the front desk (FUZZ_SECONDS for each target)
	$(BIN)/python $(PIP_INSTALL) -r requirements/fuzz.txt
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python tests/fuzz/run.py

CONFORMANCE := build/conformance

$(CONFORMANCE)/.installed: requirements/conformance.txt requirements/autobahn.txt tests/conformance/port_cases.py
	@echo "setting up the Autobahn test suite in $(CONFORMANCE)"
	$(PYTHON) -m venv $(CONFORMANCE)/venv
	$(CONFORMANCE)/venv/bin/python $(PIP_INSTALL) -r requirements/conformance.txt
	$(CONFORMANCE)/venv/bin/python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
		--no-build-isolation --no-binary :all: --dest $(CONFORMANCE) -r requirements/autobahn.txt
	$(PYTHON) tests/conformance/port_cases.py \
		$(CONFORMANCE)/autobahntestsuite-$(AUTOBAHN_VERSION).tar.gz $(CONFORMANCE)/cases
	touch $@

.PHONY: conformance
conformance: build $(CONFORMANCE)/.installed ## the Autobahn test suite's cases 1-7 and 10 against the server's WebSocket; a table in artefacts
	@$(BIN)/python tests/conformance/run.py $(CONFORMANCE)/venv/bin/python $(CONFORMANCE)/cases

.PHONY: bench
bench: build ## all benchmarks, an hour on a quiet machine with two cores; writes docs/benchmarks.md (needs npm and root)
	@bash tools/system_packages.sh npm iproute2:ip
	$(BIN)/python $(PIP_INSTALL) -r requirements/bench.txt
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: bench-web
bench-web: web system-packages ## the web client: its size, and what a picture of thirty people costs (ARGS="--json", "--sources")
	@cd $(WEB) && $(WITH_NODE_THERE) node tests/bench/run.mjs $(ARGS)

.PHONY: bench-floor
bench-floor: build ## CPU of the server against a C program that does nothing but the sockets
	@$(BIN)/python -m tests.bench.floor $(ARGS)

.PHONY: bench-interest
bench-interest: build ## who sees whom, decided beside SciPy's cKDTree
	$(BIN)/python $(PIP_INSTALL) -r requirements/bench.txt
	@$(BIN)/python -m tests.bench.interest $(ARGS)

.PHONY: bench-peers
bench-peers: build ## avatars per core and bytes beside Colyseus and STYLY-NetSync, which it installs (needs npm and root)
	@bash tools/system_packages.sh npm iproute2:ip
	@$(BIN)/python -m tests.bench.peers $(ARGS)

.PHONY: bench-scale
bench-scale: build ## 3,000 avatars in one process, growth with avatars, density, rooms and visible
	@$(BIN)/python -m tests.bench.scale $(ARGS)

.PHONY: budget-update
budget-update: build system-packages ## count what a tick costs and write it down as the budget (needs valgrind)
	$(BIN)/python -m tests.budget.support.tick_counts --update

.PHONY: bench-disturb
bench-disturb: build ## whether one client that stalls, floods or comes and goes is felt by 500 others
	@$(BIN)/python -m tests.bench.disturb $(ARGS)

.PHONY: soak
soak: build ## a server under churn for SOAK_MINUTES: descriptors, tasks, threads and memory stay what they were
	@$(BIN)/python -m tests.chaos.soak --minutes $(SOAK_MINUTES) $(ARGS)

.PHONY: bench-storm
bench-storm: build ## the sockets of 1,000 clients break at once: who comes back, and whether the others feel it
	@$(BIN)/python -m tests.bench.storm $(ARGS)

.PHONY: privacy-report
privacy-report: build ## how often people are told by their motion, clear and masked; writes docs/privacy.md
	$(BIN)/python $(PIP_INSTALL) -r requirements/bench.txt
	@$(BIN)/python -m tests.bench.privacy $(ARGS)

.PHONY: bench-bytes
bench-bytes: build ## bytes for an avatar update and the error it makes, on recorded motion
	@$(BIN)/python -m tests.bench.bytes $(ARGS)

# ---- dependencies --------------------------------------------------------------------------------------------------
SUPPLY := build/supply
LOCK = $(SUPPLY)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(ARGS)

$(SUPPLY)/.installed: requirements/supply.txt
	@echo "setting up the tools for dependencies in $(SUPPLY)"
	$(PYTHON) -m venv --clear $(SUPPLY)
	$(SUPPLY)/bin/python $(PIP_INSTALL) -r requirements/supply.txt
	touch $@

.PHONY: lock
lock: $(SUPPLY)/.installed ## write requirements/*.txt anew; what is pinned stays (ARGS="--upgrade", "--upgrade-package NAME")
	$(LOCK) pyproject.toml --extra dev --output-file requirements/lock.txt
	$(LOCK) requirements/bench.in --constraint requirements/lock.txt --output-file requirements/bench.txt
	$(LOCK) --no-deps requirements/autobahn.in --output-file requirements/autobahn.txt
	for name in node fuzz conformance peers supply; do \
		$(LOCK) requirements/$$name.in --output-file requirements/$$name.txt; done

.PHONY: sbom
sbom: build $(SUPPLY)/.installed ## what it is made of, as CycloneDX, into artefacts/sbom: Python packages and web client
	@tools/node.sh --install >/dev/null
	@$(WITH_NODE) $(BIN)/python -m tools.supply.sbom --cyclonedx $(SUPPLY)/bin/python $(ARGS)

.PHONY: audit-dependencies
audit-dependencies: build $(SUPPLY)/.installed ## ask for known advisories; fails on one, and when it could not be audited
	@tools/node.sh --install >/dev/null
	@$(WITH_NODE) $(BIN)/python -m tools.supply.audit --pip-audit $(SUPPLY)/bin/python $(ARGS)

# ---- generated files -----------------------------------------------------------------------------------------------
.PHONY: generate
generate: build ## write everything that follows from protocol/, the scenes and the looks
	$(BIN)/python -m tools.generate
	$(BIN)/python -m tools.make_scenes
	$(BIN)/python -m tools.make_avatars

.PHONY: generated
generated: build ## check that generated files are what their sources say
	$(BIN)/python -m tools.generate --check
	$(BIN)/python -m tools.make_scenes --check
	$(BIN)/python -m tools.make_avatars --check

.PHONY: pictures
pictures: web system-packages ## take the documentation's pictures of the web client (ARGS="lobby" for one of them)
	@cd $(WEB) && $(WITH_NODE_THERE) node tests/e2e/pictures.mjs $(ARGS)

.PHONY: format
format: build ## let ruff format the Python sources
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

.PHONY: clean
clean: ## remove what was built, but not .venv
	rm -rf build dist *.egg-info core_ext/*.so core_ext/*.c artefacts .coverage .coverage.*
	rm -f $(VENV)/.built
