# Every habit of the project. `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
WORKERS ?= 2
unexport PYTHONDONTWRITEBYTECODE  # tests and benches start hundreds of processes: each would compile the project anew

.DEFAULT_GOAL := help
.PHONY: help run test test-full check format bench report lock record clean evals docs ocr mutate

help:  ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(RUN)  ## Replay the gate corpus, score, decide, and show the verdict (fails only where the harness failed)
	@$(BIN)/cv-harness run || { code=$$?; case $$code in 10|20) exit 0;; *) exit $$code;; esac; }

test: $(DEV)  ## The tests, without the long ones (1:40 minutes alone on 2 cores, three of processor time, as last measured)
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest tests -n $(WORKERS) --dist worksteal -m "not long" -rs

test-full: $(DEV)  ## The long tests: calibration, hostile files, browser, killed processes, scale
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest tests -n $(WORKERS) --dist worksteal -m long -rs

evals: $(DEV)  ## What CI runs on a change of the assistant: one test per CV, one per gate (BASELINE=origin/main: main's baseline)
	$(BIN)/pytest evals -n $(WORKERS) $${BASELINE:+--require-baseline "$$BASELINE"}  # by the shell: make would run a name

check: $(DEV)  ## Lint, format, strict types, import rules, what a workflow may do
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/structure/habits.py
	$(BIN)/zizmor --offline --no-progress --quiet --persona=pedantic .github/workflows
	$(BIN)/cv-harness corpus check

mutate: $(DEV)  ## Break lines that matter, on a copy, and run their room's tests: what survives (MUTATE="--seconds 480 PATH…")
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/dev.lock 'cosmic-ray>=8.4'
	$(BIN)/python tests/mutate.py $(MUTATE)

format: $(DEV)  ## Format and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(DEV)  ## Write docs/commands.md anew from the commands themselves
	@$(BIN)/python -m harness.cli.reference

bench: $(DEV)  ## Measure: scoring, reading, replay, gates, dashboard; as ratios against a floor or a peer
	$(BIN)/python -m bench

report: $(RUN)  ## Render the newest run's dashboard again, without a call
	@$(BIN)/cv-harness report

record: $(RUN)  ## Record the baseline and legacy arms anew on the simulator (after a change of simulator or corpus)
	$(BIN)/cv-harness record

ocr: $(RUN)  ## Read scans without tesseract: rapidocr and onnxruntime with their models (290 MB)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/ocr.lock

lock: $(DEV)  ## Resolve pyproject.toml into requirements/*.lock, with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url pyproject.toml --extra build-backend -o requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url pyproject.toml --extra dev -c requirements/run.lock -o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url pyproject.toml --extra service --extra telemetry --extra build-backend \
	    -c requirements/dev.lock -o requirements/service.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url pyproject.toml --extra ocr -c requirements/dev.lock -o requirements/ocr.lock

clean:  ## Remove the virtual environment and caches (runs and recordings stay)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cv-harness needs Python 3.11 or later; name one: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUN): $(VENV)/.made requirements/run.lock pyproject.toml
	@[ -e $(DEV) ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@[ -e $(DEV) ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(VENV)/.made requirements/dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
