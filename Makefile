# `make serve` and `make test` are all one needs; both set up what is missing.
.PHONY: help hooks serve test soak mutants chaos check fix bench lock css messages clean environment
ARGS ?= -n 2
PYTHON := .venv/bin/python

help: ## What there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

environment:
	@tools/bootstrap.sh

serve: environment ## Bring the product up with demo data
	@exec $(PYTHON) backend/serve.py

test: environment ## Run all tests (ARGS="-n 2 -k name")
	$(PYTHON) -m pytest $(ARGS)

soak: environment ## The money's state machine and the races for long (RUNS=5000 STEPS=60), then `make mutants`
	MONEY_RUNS=$(or $(RUNS),5000) MONEY_STEPS=$(or $(STEPS),60) $(PYTHON) -m pytest -p no:xdist backend/tests/services/test_money_machine.py
	ROUNDS=200 $(PYTHON) -m pytest -n 2 backend/tests/races
	ROUNDS=200 CHECKOUTS=500 MESSAGES=2000 $(PYTHON) -m pytest -p no:xdist backend/tests/gateways
	@$(MAKE) mutants

mutants: environment ## Which small faults in the money code no test finds (MUTANTS=300, all or a name; SEED=3)
	@MUTANTS="$(MUTANTS)" SEED="$(SEED)" PYTHONPATH=backend $(PYTHON) -m mutants

chaos: environment ## Kill web and database under writers (CYCLES=100)
	CHAOS_CYCLES=$(or $(CYCLES),100) $(PYTHON) -m pytest -p no:xdist backend/tests/crash

bench: environment ## Our rates beside pgbench's (BENCH_SCALE=small for a quick look; bench/README.md)
	@PYTHONPATH=backend:. $(PYTHON) -W ignore -m bench

check: environment ## Lint, types, import contracts, missing migrations, house rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	PYTHONPATH=backend .venv/bin/lint-imports
	cd backend && ../$(PYTHON) -m lints
	$(PYTHON) -W ignore backend/manage.py makemigrations --check --dry-run

fix: environment ## Format and mend what can be mended
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

hooks: environment ## Let git run the quick checks before each commit, the slow ones before each push
	.venv/bin/pre-commit install --install-hooks --hook-type pre-commit --hook-type pre-push

lock: environment ## Pin the requirements again
	tools/lock.sh

css: ## Build the portal's styles, scripts, fonts and icons (needs Node; what it makes is committed)
	cd backend/igny8_core/portal/assets && npm ci --no-audit --no-fund && npm run build

messages: environment ## Collect and compile the portal's translations (needs gettext)
	cd backend/igny8_core/portal && PYTHONPATH=../.. DJANGO_SETTINGS_MODULE=igny8_core.settings ../../../$(PYTHON) -m django makemessages \
	    --locale de --locale ur --no-location --ignore assets --ignore static
	cd backend/igny8_core/portal && PYTHONPATH=../.. DJANGO_SETTINGS_MODULE=igny8_core.settings ../../../$(PYTHON) -m django compilemessages

clean: ## Remove environment, data and caches
	rm -rf .venv .tools .data build .mypy_cache .ruff_cache .pytest_cache
