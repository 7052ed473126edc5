# Deelwijzer: elke opdracht zet zelf klaar wat hij nodig heeft en vraagt niets.

PYTHON ?= python3
SETUP = $(PYTHON) -m tools.bootstrap

.DEFAULT_GOAL := help
.PHONY: help run chat train test test-postgres check lock model bench evaluate clean

help: ## Deze lijst
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 22

run: ## Deelwijzer starten; de webchat staat daarna op http://127.0.0.1:8080
	@./deelwijzer start

chat: ## Deelwijzer in de terminal
	@./deelwijzer chat

train: ## Het taalmodel trainen als er iets is veranderd; FORCE=1 traint altijd
	@$(SETUP) nlu
	@RASA_TELEMETRY_ENABLED=false .venv/nlu/bin/python -m nlu.train $(if $(FORCE),--force)

test: ## Alle tests; POSTGRES=1 doet die met een database ook op PostgreSQL
	@$(SETUP) dev nlu
	@.venv/dev/bin/python -m tools.run_tests $(if $(POSTGRES),--with-postgres)

test-postgres: ## Alleen de tests met een database, op een eigen PostgreSQL die daarna weg is
	@$(SETUP) dev
	@.venv/dev/bin/python -m tools.run_tests --only-postgres

check: ## Stijl, typen, kennis en trainingsdata nakijken
	@$(SETUP) app dev nlu
	@.venv/dev/bin/python -m tools.check

lock: ## De versies in requirements/ opnieuw vastleggen; UPGRADE=1 haalt nieuwere op
	@$(PYTHON) -m tools.lock $(if $(UPGRADE),--upgrade)

model: ## Het spaCy-model toevoegen: make model WHEEL=bestand SHA256=hash
	@$(PYTHON) -m tools.model_wheel "$(WHEEL)" $(if $(SHA256),"$(SHA256)")

bench: ## Meten: trainen, starten, geheugen, antwoordtijden
	@$(SETUP) app dev nlu
	@.venv/dev/bin/python -m bench

evaluate: ## De antwoorden meten op vragen waarop niet is afgestemd; EXAMPLES=bestand meet ook die
	@$(SETUP) app dev nlu
	@.venv/dev/bin/python -m bench.evaluate --report docs/metingen/validatie-$$(date +%F).md $(if $(EXAMPLES),--examples "$(EXAMPLES)")

clean: ## Omgevingen en modellen weghalen; gesprekken en instellingen blijven
	@rm -f .venv/*/lock.txt
	@rm -rf .venv .tools .rasa var/models var/test .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Opgeruimd. Gesprekken en instellingen in var/ zijn gebleven."
