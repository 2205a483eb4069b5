# Every way to run Latchkey from its checkout; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install install-dev install-tracing install-codegen client playground serve test fuzz soak \
	bench bench-growth bench-smoke check format lock migrations release-schema clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODEGEN := $(VENV)/codegen
QUIET_PIP := -m pip --disable-pip-version-check --quiet --no-input
PIP := $(BIN)/python $(QUIET_PIP)
ARGS ?=
FUZZ ?= 10000
MINUTES ?= 10

PLAYGROUND := web/playground_app
PLAYGROUND_PACKAGES := $(addprefix $(PLAYGROUND)/,package.json package-lock.json .npmrc)
PLAYGROUND_SOURCES := web/playground_assets/server.js $(wildcard $(addprefix $(PLAYGROUND)/,*.js *.css *.html))

CLIENT := client
CLIENT_PACKAGES := $(addprefix $(CLIENT)/,package.json package-lock.json .npmrc)

# The lock holds for everybody, so no machine's own index, wheel folder or pip settings may reach it.
LOCK := PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= $(BIN)/pip-compile --quiet \
	--generate-hashes --strip-extras --allow-unsafe --annotation-style=line --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Make .venv with the hash-locked dependencies of the server

install-dev: $(VENV)/.installed-dev ## Add what the tests and the checks need

install-tracing: $(VENV)/.installed-tracing ## Add what sends traces to a collector, as OTEL_ variables say

install-codegen: $(CODEGEN)/.installed ## Make .venv/codegen, in which `latchkey schema check` generates typed clients

playground: $(PLAYGROUND)/build/index.html ## Build GraphiQL, the playground's page, from its locked npm packages

client: $(CLIENT)/node_modules/.installed ## Write what is made of others in client/: operations.js and types/
	@cd $(CLIENT) && npm run --silent operations && npm run --silent types

serve: install ## Migrate var/latchkey.db, create the development user and serve on port 8000
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory --silent $(PLAYGROUND)/node_modules/.tried; fi
	@$(BIN)/latchkey migrate
	@$(BIN)/latchkey user create-development
	@exec $(BIN)/latchkey serve

test: install-dev install-codegen ## Run the whole suite on SQLite and PostgreSQL (ARGS="-k name" narrows it)
	@bash .ci/packages test
	@$(BIN)/python -m pytest -n "$$(nproc)" $(ARGS)

fuzz: install-dev ## Send ten thousand strange requests to a server (FUZZ=100000 sends more)
	@$(BIN)/python -m pytest tests/acceptance/test_fuzz.py --fuzz "$(FUZZ)" $(ARGS)

soak: install-dev ## Let three nodes live through random faults (MINUTES=60 is longer, ARGS="--seed 1" repeats)
	@bash .ci/packages soak
	@$(BIN)/python -m soak --minutes "$(MINUTES)" $(ARGS)

bench: install-dev ## Measure the server beside its floors (ARGS="--runs 1 --seconds 2" is quicker)
	@bash .ci/packages bench
	@$(BIN)/python -m bench $(ARGS)

bench-growth: install-dev ## Compare ten million tokens with an empty database (ARGS="--tokens 20000" is quicker)
	@bash .ci/packages bench
	@$(BIN)/python -m bench.growth $(ARGS)

bench-smoke: install-dev ## Prove that the benchmarks work, by runs that are too short to be quoted
	@bash .ci/packages bench
	@$(BIN)/python -m bench --runs 1 --seconds 0.3
	@$(BIN)/python -m bench.growth --tokens 20000 --runs 1 --seconds 0.3

check: install-dev install-codegen ## Lint, check the format, the types and the schema, as CI does
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/latchkey schema check

format: install-dev ## Format the code and sort its imports
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lock: install-dev ## Recompile requirements*.txt (ARGS=--upgrade takes newer releases)
	@$(LOCK) $(ARGS) --output-file requirements.txt requirements.in
	@$(LOCK) $(ARGS) --output-file requirements-tracing.txt requirements-tracing.in
	@$(LOCK) $(ARGS) --output-file requirements-dev.txt requirements-dev.in
	@$(LOCK) $(ARGS) --output-file requirements-codegen.txt requirements-codegen.in

migrations: install-dev ## Write the migration that the models ask for (ARGS="--name add_otp" names it)
	@$(BIN)/tortoise --config-file tortoise.json makemigrations $(ARGS) latchkey

# Allowances are for what has changed since the release, so they go with it.
release-schema: install ## Promise the schema as it is to clients: docs/schema.graphql
	@$(BIN)/latchkey schema print > docs/schema.graphql.new
	@mv docs/schema.graphql.new docs/schema.graphql
	@sed -i '/^#/!d' docs/schema.allowed

clean: ## Remove .venv, what was built and every cache; var/ and its database stay
	@rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@rm -rf $(PLAYGROUND)/build $(PLAYGROUND)/node_modules $(CLIENT)/node_modules
	@find . -name node_modules -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp marks a finished step, so that an interrupted one runs again.
$(VENV)/.created:
	@PYTHON="$(PYTHON)" bash .ci/packages venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Latchkey needs Python 3.11 or newer.")'
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.locked: requirements.txt | $(VENV)/.created
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

# The warning that setuptools has for every editable install is nothing that a newcomer could act on.
$(VENV)/.installed: pyproject.toml requirements.in $(VENV)/.locked
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Without build isolation, a source distribution is built by the locked setuptools and not by an unlocked one.
$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing the locked development dependencies into $(VENV) …"
	@$(PIP) install --require-hashes --no-build-isolation --use-pep517 -r requirements-dev.txt
	@touch $@

$(VENV)/.installed-tracing: requirements-tracing.txt $(VENV)/.installed
	@echo "Installing the locked packages of tracing into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements-tracing.txt
	@touch $@

$(CODEGEN)/.created: | $(VENV)/.created
	@rm -rf $(CODEGEN)
	@$(BIN)/python -m venv $(CODEGEN)
	@touch $@

$(CODEGEN)/.installed: requirements-codegen.txt $(CODEGEN)/.created
	@echo "Installing the locked generator of typed clients into $(CODEGEN) …"
	@$(CODEGEN)/bin/python $(QUIET_PIP) install --require-hashes -r requirements-codegen.txt
	@touch $@

$(PLAYGROUND)/node_modules/.installed: $(PLAYGROUND_PACKAGES)
	@echo "Installing the playground's locked npm packages …"
	@cd $(PLAYGROUND) && npm ci --loglevel=error >/dev/null
	@touch $@

$(PLAYGROUND)/build/index.html: $(PLAYGROUND_SOURCES) $(PLAYGROUND)/node_modules/.installed
	@cd $(PLAYGROUND) && npm run --silent build

# A server needs no npm and no registry: whatever goes wrong here costs one line, and one attempt for each state of
# the sources. The attempt gives up soon where `make playground` is patient with the network.
$(PLAYGROUND)/node_modules/.tried: $(PLAYGROUND_PACKAGES) $(PLAYGROUND_SOURCES)
	@echo "Building the playground …"
	@mkdir -p var
	@npm_config_fetch_retries=0 npm_config_fetch_timeout=15000 \
		$(MAKE) --no-print-directory playground >var/playground.log 2>&1 \
		|| echo "That failed (see var/playground.log); the server starts all the same. \`make playground\` tries again."
	@mkdir -p $(@D)
	@touch $@

$(CLIENT)/node_modules/.installed: $(CLIENT_PACKAGES)
	@echo "Installing the locked npm packages of the client's tests …"
	@cd $(CLIENT) && npm ci --loglevel=error >/dev/null
	@touch $@
