# Short commands. Everything is done by run.py and by the tools in .venv, which the first `make test` installs.
.DEFAULT_GOAL := help
BIN := .venv/bin
FAST := tests/test_ladder.py tests/test_shape.py tests/test_markup.py tests/test_readme.py tests/test_requirements.py \
	tests/test_translations.py tests/jurisdictions tests/web/site/test_access.py tests/workflow
.PHONY: help start test check lint format types messages diagrams map

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

start: ## serve the demo on http://127.0.0.1:8000/
	python3 run.py

test: ## all tests, on SQLite and PostgreSQL
	python3 run.py test

check: lint types ## before a commit: style, types, rules of the house, fast tests
	$(BIN)/python -m pytest -n 2 $(FAST)

lint: ## style, without changing anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: ## style, mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: ## types, strict
	$(BIN)/mypy .

messages: ## compile the Chinese, and list what has none
	python3 run.py flask messages compile
	python3 run.py flask messages missing

diagrams: ## draw the kinds again into docs/
	$(BIN)/python -m tests.kind_diagrams

map: ## every package and module with its first sentence
	@git ls-files '*.py' | grep -vE '^(tests|migrations)/' | xargs grep -m1 -H '^"""' | sed 's/:"""/  /; s/"""$$//'
