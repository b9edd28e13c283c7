# Thin: everything is done by run.py and the tools in .venv.
.PHONY: start test lint types messages diagrams

start:
	python3 run.py

test:
	python3 run.py test

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types:
	.venv/bin/mypy .

messages:
	python3 run.py flask messages compile
	python3 run.py flask messages missing

diagrams:
	.venv/bin/python -m tests.kind_diagrams
