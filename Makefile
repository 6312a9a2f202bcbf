# Glacier Mapper. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup demo test unit runner models qgis desktop bench lint package model evaluate translate lock run clean
SHELL := /bin/bash
PY := .venv/bin/python
ONLY ?=

help:  ## This list
	@grep -hE '^[a-z]+:.*  ##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup:  ## Install what is missing: QGIS, .venv (runner and tools), .venv-qgis (tests in QGIS)
	@bash tests/tools/setup.sh

demo: setup  ## The whole job in real QGIS: map, correct, export; products and pictures in build/demo
	@$(PY) tests/desktop/demo.py

test: setup  ## Every test: contracts, unit, runner, networks, in QGIS, and in the real program
	@$(PY) tests/tools/suites.py

unit runner models qgis desktop: setup  # one part of the tests; ONLY="-k word" is handed to pytest
	@$(PY) tests/tools/suites.py $@ -- $(ONLY)

bench: setup  ## Benchmarks, as ratios in one run; figures in build/bench/*.json
	@$(PY) tests/benchmarks/run.py $(ONLY)

lint: setup package  ## Style, QGIS rules, import contracts, and the built zip as the plugin repository scans it
	@$(PY) tests/tools/lint.py

package: setup  ## build/glacier_mapper-<version>.zip, for QGIS's plugin manager
	@$(PY) tests/tools/package.py zip

model: setup  ## Train the bundled model anew on simulated scenes (hours); goes on where it was stopped
	@$(PY) tests/tools/make_model.py

evaluate: setup  ## Measure the bundled model and its peers, into docs/evaluation.md (an hour)
	@$(PY) tests/tools/evaluate.py

translate: setup  ## Extract texts into i18n/*.ts and compile them
	@bash tests/tools/translate.sh && $(PY) tests/tools/package.py assets

lock: setup  ## Pin requirements/*.in anew
	@bash tests/tools/lock.sh

run: setup  ## Open QGIS with this checkout as the plugin, in a profile of its own (build/profile)
	@$(PY) tests/tools/package.py link build/profile/profiles/default/python/plugins
	@GLACIER_MAPPER_RUNNER_PYTHON="$(CURDIR)/$(PY)" qgis --profiles-path build/profile

clean:  ## Remove what the targets made, the environments included
	rm -rf build .venv .venv-qgis .venv-servers i18n/*.qm resources/help .qgis-settings .pytest_cache .ruff_cache .import_linter_cache .hypothesis
