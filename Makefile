# What can be asked for; `make help` lists it. Nothing needs to be installed first but Python.

# Plain assignments on purpose: many desktops set LANGUAGE in the environment ("en_US:en"), and
# a value counts here only when it stands on make's own command line.
PROVINCE = lampung
YEAR = 2025
LANGUAGE = id
PROVINCES = all
YEARS = 2025
LANGUAGES = id,en
unexport PROVINCE YEAR LANGUAGE PROVINCES YEARS LANGUAGES

# What makes the environment, and what resolves the locks (https://docs.astral.sh/uv/).
PYTHON ?= python3
UV ?= uv

IN_ENV = .venv/bin/python -m
PIP_INSTALL = $(IN_ENV) pip install --quiet --quiet --disable-pip-version-check --no-input
LOCK = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --quiet pyproject.toml --group build

.DELETE_ON_ERROR:
.PHONY: help report batch site verify test test-slow check skill bench lock clean

help:
	@echo "make report [PROVINCE=lampung] [YEAR=2025] [LANGUAGE=id]   make a report: a page and a PDF"
	@echo "make batch [PROVINCES=all] [YEARS=2025] [LANGUAGES=id,en]   make many reports"
	@echo "make site        build the site from the reports made so far; neraca serve shows it"
	@echo "make verify      make the reference reports again and compare them with their records"
	@echo "make test        run the tests"
	@echo "make test-slow   run the simulations and full grids"
	@echo "make check       check style, types and the published figures"
	@echo "make skill       measure the forecasts against the naive one, and fail below the bars"
	@echo "make bench       measure the pipeline beside a loop of commands; takes an hour"
	@echo "make lock        resolve the versions in the three lock files again (needs uv)"
	@echo "make clean       remove pages, executed reports and caches; records stay"

report: .venv/project
	@.venv/bin/neraca report '$(PROVINCE)' '$(YEAR)' --language '$(LANGUAGE)'

batch: .venv/project
	@.venv/bin/neraca batch --provinces '$(PROVINCES)' --years '$(YEARS)' --languages '$(LANGUAGES)'

site: .venv/project
	@.venv/bin/neraca site

verify: .venv/project
	@.venv/bin/neraca verify

test: .venv/test
	@$(IN_ENV) pytest --quiet --numprocesses auto --dist loadgroup

test-slow: .venv/test
	@$(IN_ENV) pytest --quiet --numprocesses auto --dist loadgroup -m slow

check: .venv/test
	@$(IN_ENV) ruff check
	@$(IN_ENV) ruff format --check
	@$(IN_ENV) mypy
	@.venv/bin/neraca data check

skill: .venv/project
	@OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/forecast_skill.py

bench: .venv/test
	@.venv/bin/python benchmarks/bench.py

lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra cluster --constraints requirements.lock --output-file requirements-cluster.lock
	$(LOCK) --extra cluster --group test --constraints requirements-cluster.lock \
		--output-file requirements-test.lock

clean:
	rm -rf _site .quarto .hypothesis .mypy_cache .pytest_cache .ruff_cache
	test ! -d reports || find reports -type f ! -name record.json -delete

# The files below are written when a set-up step has succeeded, so that an interrupted one is
# done again. A changed lock makes the environment anew: nothing stays that it does not name.

.venv/locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not; try: make PYTHON=python3.12" >&2; \
		exit 1; }
	@echo "Setting up .venv from requirements.lock ..."
	@start=$$(date +%s) && $(PYTHON) -m venv --clear .venv \
		&& $(PIP_INSTALL) --require-hashes --requirement requirements.lock \
		&& touch $@ && echo "Set up in $$(($$(date +%s) - start)) s."

# The project is installed as a reference to this directory. A copy of the directory brings the
# environment along, and would run the original's code.
ifneq ($(shell cat .venv/project 2>/dev/null),$(CURDIR))
.PHONY: .venv/project
endif

.venv/project: .venv/locked pyproject.toml
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@pwd -P >$@

.venv/test: .venv/project requirements-test.lock
	@$(PIP_INSTALL) --require-hashes --requirement requirements-test.lock
	@touch $@
