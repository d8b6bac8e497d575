# Each target works alone on a machine that has only Python (3.11 or later) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := build/demo
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-all test-versions fuzz robustness lint bench backends engines docs clean

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

$(VENV)/linted: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[lint]'
	touch $@

# The optional segmentation backends; pkuseg declares no build needs, so they come first, and it needs a C compiler.
$(VENV)/backends: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[fast,spacy,terms]'
	$(BIN)/python -m pip install --quiet numpy cython setuptools wheel
	$(BIN)/python -m pip install --quiet --no-build-isolation pkuseg
	touch $@

backends: $(VENV)/backends

# Dask and PySpark for the adapter tests; Spark needs a Java.
$(VENV)/engines: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[dask,spark]'
	touch $@

engines: $(VENV)/engines

demo: $(VENV)/installed
	mkdir -p $(OUT)
	$(BIN)/zhreport extract corpus/reports/01-yunxi-2020-jiaoyu-fupin.txt
	$(BIN)/zhreport extract corpus/reports -o $(OUT)/records.csv
	$(BIN)/zhreport extract corpus/reports -o $(OUT)/records.xlsx
	$(BIN)/zhreport extract corpus/reports -o $(OUT)/records.parquet
	$(BIN)/zhreport sections corpus/reports > $(OUT)/outline.txt
	$(BIN)/zhreport audit corpus/reports -o $(OUT)/findings.csv
	$(BIN)/zhreport show corpus/reports corpus/panel -o $(OUT)/pages
	@echo "写好的文件 / files written:"
	@ls -1 $(OUT)/records.csv $(OUT)/records.xlsx $(OUT)/records.parquet $(OUT)/outline.txt $(OUT)/findings.csv
	@echo "在浏览器中打开 / open in a browser: $(OUT)/pages/index.html"

test: $(VENV)/installed
	$(BIN)/python -m pytest -m "not slow"

test-all: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[fuzz]' || echo 'No atheris for this Python: the fuzz tests are skipped.' >&2
	$(BIN)/python -m pip install --quiet --editable '.[notebooks]' || echo 'The notebooks are not run.' >&2
	$(BIN)/python -m pytest

# Each target for SECONDS; what breaks a promise is kept in tests/crashers and replayed by `make test`.
SECONDS ?= 180
fuzz: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	cd tests && ../$(BIN)/python -m fuzz.run --seconds $(SECONDS)

# The quick tests on every Python from 3.11 to 3.14 on PATH and in pyenv.
test-versions: $(VENV)/installed
	$(BIN)/python benchmarks/versions.py

# Measures every line of docs/robustness.md and writes it; takes over what `make fuzz` and `make test-versions` found last.
robustness: $(VENV)/installed
	$(BIN)/python benchmarks/robustness.py

lint: $(VENV)/linted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/words.py
	$(BIN)/python benchmarks/audit.py

$(VENV)/docs: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

# The site in English and Chinese; the build ends with an error when a link or a name leads nowhere.
docs: $(VENV)/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "打开 / open: build/site/index.html"

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
