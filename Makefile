# Two commands do everything on a fresh machine: `make live` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SHOW   ?= assets/shows/zh-autumn
BESIDE ?= 3
NATIVE := $(wildcard idol/*/native/*.[ch])

.PHONY: live test check tests crash setup setup-dev bench pictures clean

live: setup  ## set up, then go on air
	$(BIN)/idol live $(SHOW)

test: setup-dev  ## set up, then run everything CI runs
	$(MAKE) --no-print-directory check

setup: $(VENV)/.installed
	@$(BIN)/idol fetch

setup-dev: $(VENV)/.installed-dev
	@$(BIN)/idol fetch kokoro-int8 kokoro-voices whisper-base

$(VENV)/bin/python:
	@echo "[1/3] virtual environment"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	@echo "[2/3] packages (pinned; a few minutes the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	@echo "[2/3] packages for tests (pinned; a few minutes the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed

check:  ## lint, import rules, tests, and types while the tests wait for this and that
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	@nice -n 10 $(BIN)/mypy & types=$$!; \
	$(MAKE) --no-print-directory tests; tests=$$?; \
	wait $$types; types=$$?; [ $$types = 0 ] || echo "types: FAILED (mypy: exit $$types), see above"; \
	[ $$tests = 0 ] && [ $$types = 0 ]

tests: export PYTHONDONTWRITEBYTECODE :=  # or each of a hundred processes compiles all anew
tests:  ## side by side (more than processors: each waits a third of its time), then the show, alone
	@$(BIN)/pytest --timeout 400 --durations 12 -m "not alone" -n $(BESIDE) --dist loadfile --no-loadscope-reorder; \
	beside=$$?; $(BIN)/pytest --timeout 400 --durations 12 -m alone tests/e2e tests/stream/test_bad_line.py; alone=$$?; \
	[ $$beside = 0 ] && [ $$alone = 0 ] && echo "tests: all passed" && exit; \
	echo "tests: FAILED (pytest side by side: exit $$beside, alone: exit $$alone)"; exit 1

crash:  ## 10,000 buyers and 1,000 kills on SQLite and PostgreSQL (about half an hour)
	$(BIN)/python -m idol.testing.crash

bench:  ## measure, and print the tables of docs/benchmarks.md
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) var out
