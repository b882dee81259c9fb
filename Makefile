# Two commands on a fresh machine with python3: `make demo` shows a whole provider, `make test` proves it.

PY := .venv/bin/python
SPOJKA := .venv/bin/spojka
WORKERS ?= 2

.PHONY: help setup demo serve test check format bench soak docs lock clean

help: ## What there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | expand -t 10

setup: ## Install everything into .venv (done by the others when needed)
	@scripts/setup

demo: setup ## A month of an example provider: customers, contracts, usage, bills
	@$(SPOJKA) demo $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(MONTH),--month $(MONTH))

serve: setup ## Console, portal and API on http://127.0.0.1:8000
	@$(SPOJKA) serve

test: setup ## All tests: on the embedded PostgreSQL, and what touches it on the system's own
	@scripts/peers
	timeout 600 .venv/bin/pytest -n $(WORKERS) --dist worksteal
	timeout 300 scripts/test-second-postgres -n $(WORKERS) --dist worksteal -q

check: setup ## Style, types, imports
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

format: setup ## Lay out the code
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

bench: setup ## Benchmarks that anyone can rerun
	@for name in rating charging bill pdf messaging; do $(SPOJKA) bench $$name || exit 1; done

soak: setup ## The long run: kills, rivals and random worlds at full counts; writes docs/soak.md
	@scripts/soak

docs: setup ## Write the reference pages and the baseline of clause coverage
	@$(SPOJKA) docs
	@$(SPOJKA) clauses --json > docs/reference/clauses.json.new
	@mv docs/reference/clauses.json.new docs/reference/clauses.json

lock: setup ## Choose dependencies anew
	@scripts/lock --upgrade

clean: ## Remove what was built
	rm -rf .venv .uv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
