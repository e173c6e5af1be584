# Everything sets itself up first; nothing but Python 3.10 to 3.13 and a C/C++ compiler is needed.
PYTHON ?= python3
# further arguments of pytest: make test PYTEST='test/scene -k depth'
PYTEST ?=
# those of the soak: make soak SOAK='--minutes 30 --json'
SOAK ?=
# what is fuzzed, and how long each: make fuzz TARGET=records MINUTES=60
TARGET ?= all
MINUTES ?= 5

.PHONY: help python setup setup-neural demo demo-pick test coverage soak fuzz lint lock audit shell clean

help:
	@echo 'make demo          ask the running node a question of every category'
	@echo 'make demo-pick     watch a mock robot fetch a pallet to a buffer'
	@echo 'make test          run all tests'
	@echo 'make coverage      the same, telling which lines they run (twice the time)'
	@echo 'make soak          ask the node for ten minutes while everything around it fails'
	@echo 'make fuzz          feed readers with damaged input until one misbehaves'
	@echo 'make lint          ruff and mypy'
	@echo 'make lock          write requirements/*.lock anew, after a pin has changed'
	@echo 'make audit         look for known vulnerabilities of all that is pinned'
	@echo 'make setup         virtual environment, ROS 2, interfaces (part of the above)'
	@echo 'make setup-neural  the same with torch and transformers'
	@echo 'make shell         a shell inside the environment'
	@echo 'make clean         remove all that was made here'

python:
	@command -v $(PYTHON) >/dev/null || { echo 'setup: $(PYTHON) was not found; install Python 3.10' \
	  'to 3.13, or name one: make setup PYTHON=/path/to/python3.11' >&2; exit 1; }

setup: python
	@$(PYTHON) tools/environment

setup-neural: python
	@$(PYTHON) tools/environment --neural

demo: setup
	@tools/run python -m smolrgpt_ros.ros.demo

demo-pick: setup
	@tools/run python -m smolrgpt_ros.ros.mock_robot.demo

test: setup-neural
	@tools/run python -m pytest $(PYTEST)

coverage: python
	@$(PYTHON) tools/environment --neural --tools coverage
	@tools/run coverage erase
	@tools/run coverage run -m pytest $(PYTEST)
	@tools/run python tools/coverage_by_folder.py

soak: setup
	@tools/run smolrgpt bench soak $(SOAK)

fuzz: python
	@$(PYTHON) tools/environment --neural --tools fuzz
	@tools/run python -m fuzz $(TARGET) --minutes $(MINUTES)

lock: python
	@$(PYTHON) tools/environment --tools release
	@tools/run python tools/lock.py

# Strict: a package that the service does not know is no package without vulnerabilities.
AUDIT = tools/run pip-audit --strict --disable-pip --no-deps
audit: python
	@$(PYTHON) tools/environment --tools release
	@$(AUDIT) -r requirements/setup.lock -r requirements/neural.lock
	@$(AUDIT) -r requirements/neural.txt

lint: setup-neural
	@tools/run ruff check .
	@tools/run mypy

shell: setup
	@tools/run "$${SHELL:-/bin/sh}"

clean:
	rm -rf .venv .build .install .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
