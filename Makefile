# The commands a newcomer needs. They work from any folder: make -C /path/to/this preview
MAKEFILE := $(strip $(MAKEFILE_LIST))
GO := cd "$$(dirname "$(MAKEFILE)")"
VENV ?= .venv
export VENV PYTHON

.PHONY: help preview test golden benchmark clean

help: ## say what there is
	@$(GO) && sed -n 's/^\([a-z]*\):.*## /  make \1 · /p' Makefile

preview: ## set up, render the sample digest and say where it lies
	@$(GO) && .ci/set-up run && "$(VENV)/bin/digest" preview --sample

test: ## set up what is missing and run all checks: lint, types, architecture, tests
	@$(GO) && .ci/set-up dev && .ci/checks

golden: ## write the golden mails anew after a wanted change; look at the difference before committing
	@$(GO) && .ci/set-up dev && "$(VENV)/bin/python" -m pytest tests/golden --update-golden -p no:randomly

benchmark: ## measure what the README's figures say
	@$(GO) && .ci/set-up dev && "$(VENV)/bin/python" benchmarks/day.py

clean: ## remove what the other commands made; the database and the outbox in var/ stay
	@$(GO) && rm -rf "$(VENV)" var/preview dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
