# The commands of this project. `make` alone lists them. Each does the set-up that it needs.
PYTHON ?= python3
PORT ?= 8000
export PORT

VENV := .venv/bin
CODE := run.py accounts bench catalog checkout razorpay_simulator site tests webhooks

.DEFAULT_GOAL := help
.PHONY: help run test check prove soak lint types format shots lighthouse lists messages bench lock clean dev

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## Run the whole shop on this machine: PORT=8000, Ctrl-C stops it
	@$(PYTHON) run.py

test: dev ## Run every test: on SQLite, where it matters on PostgreSQL, in a browser
	@$(VENV)/python -m tests

check: dev ## What CI runs: lint, types and tests, side by side
	@$(MAKE) --no-print-directory --jobs=3 lint types test

prove: dev ## Run every proof of the money in full, on both databases: an hour or more
	@$(VENV)/python -m tests.prove

soak: dev ## Run the shop under buyers, faults and kill -9 for long, on both databases
	@$(VENV)/python -m tests.soak

lint: dev ## Look for mistakes and untidy files
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/djlint --check --lint --quiet templates

types: dev ## Check the types
	$(VENV)/mypy $(CODE)

format: dev ## Tidy Python and templates
	$(VENV)/ruff check --fix-only --quiet .
	$(VENV)/ruff format .
	-$(VENV)/djlint --reformat --quiet templates

shots: dev ## Photograph every page, light and dark, narrow and wide, into shots/
	@PYTHONPATH=site $(VENV)/python -m tests.shots

lighthouse: dev ## Let Lighthouse judge the main pages on a phone (needs node)
	@PYTHONPATH=site $(VENV)/python -m tests.lighthouse

lists: dev ## Write docs/faults.md and docs/ux.md from their lists and the marks of the tests
	@$(VENV)/python -m tests.lists

messages: dev ## Collect the texts for translators into locale/ (needs gettext: apt-get install gettext)
	@command -v xgettext >/dev/null || { echo "xgettext is missing: apt-get install gettext"; exit 1; }
	@PYTHONPATH=site $(VENV)/python manage.py makemessages --locale en --locale hi --no-wrap --add-location file --ignore .venv --ignore tests --ignore razorpay_simulator

bench: dev ## Measure the shop that `make run` started, page by page
	@$(VENV)/python -m bench http://127.0.0.1:$(PORT)

lock: dev ## Write requirements*.txt anew from requirements*.in
	$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links requirements.in --output-file requirements.txt
	$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove what can be made again; data and .env stay
	rm -rf .venv staticfiles shots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

dev:
	@$(PYTHON) run.py install requirements.txt requirements-dev.txt
