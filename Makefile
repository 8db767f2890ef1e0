# Everything a developer types; `make help` lists it. Python packages go into .venv, web packages into
# web/node_modules, built pages into voiceassist/web; nothing else is touched, and `make clean` removes all three.
# Stamps say what is already done, so a second run starts in seconds and an interrupted one goes on.

SHELL := bash
.DEFAULT_GOAL := help
export PATH := $(PATH):/usr/sbin
export PYTHONUNBUFFERED := 1

VENV := .venv
PY := $(VENV)/bin/python
DONE := $(VENV)/.stamps
PIP_LOG := $(VENV)/pip.log
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python)
STEPS := lint format types web web-check web-test pytest

.PHONY: help run test check bench clean model programs programs-model $(STEPS)
.NOTPARALLEL: # two of pip at once would trip over each other

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

run: $(DONE)/run web ## install what is missing, build the pages, start the demo and print its address
	@exec $(VENV)/bin/voiceassist demo $(ARGS)

test: programs $(DONE)/test ## install what the tests need and run every check and every test
	@failed=""; \
	for step in $(STEPS); do \
	  printf '\n── %s\n' "$$step"; \
	  $(MAKE) --no-print-directory "$$step" || failed="$$failed $$step"; \
	done; \
	printf '\n── summary\n'; \
	for step in $(STEPS); do \
	  case "$$failed " in *" $$step "*) echo "  FAILED  $$step" ;; *) echo "  passed  $$step" ;; esac; \
	done; \
	test -z "$$failed"

check: lint format types web-check ## ruff, mypy and svelte-check, without running a test

web: $(DONE)/venv ## build the web pages, if their sources changed
	@$(PY) build_pages.py

bench: $(DONE)/run ## measure a running demo, from a spoken cue to the screen (make run in another terminal)
	@$(VENV)/bin/voiceassist bench latency $(ARGS)

model: programs-model $(DONE)/model ## rebuild models/vosk-tiny-en from its texts: about half an hour, see models/training
	@cd models && ../$(PY) -m training $(ARGS)

clean: ## remove everything that was installed or built; recorded calls stay
	rm -rf $(VENV) voiceassist/web web/node_modules dist build *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find voiceassist tests -name __pycache__ -prune -exec rm -rf {} +

# ---- the steps of `make test`, each a command of its own ----

lint: $(DONE)/test
	@$(PY) -m ruff check .

format: $(DONE)/test
	@$(PY) -m ruff format --check .

types: $(DONE)/test
	@$(PY) -m mypy

web-check: $(DONE)/venv
	@$(PY) build_pages.py run check

web-test: $(DONE)/venv
	@$(PY) build_pages.py run test

pytest: $(DONE)/test
	@$(PY) -m pytest $(ARGS)

# ---- what gets installed ----

# A virtual environment does not survive a move of the checkout, nor the removal of its Python.
ifneq ($(shell { cat $(DONE)/venv && $(PY) -c 'import pip'; } 2>&1),$(CURDIR))
.PHONY: $(DONE)/venv
endif

$(DONE)/venv:
	@for python in $(PYTHONS); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  python=""; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "voiceassist needs Python 3.11 or newer; found none under these names: $(PYTHONS)." >&2; \
	  echo "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name yours: make PYTHON=/path/to/python ..." >&2; \
	  exit 1; \
	fi; \
	echo "· creating $(VENV) with $$("$$python" --version)"; \
	rm -rf $(VENV); \
	"$$python" -m venv $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "$$python cannot make virtual environments (Debian, Ubuntu: apt install python3-venv)." >&2; \
	  exit 1; \
	}; \
	mkdir -p $(DONE); \
	pwd -P > $@

$(DONE)/run: WANTED := .
$(DONE)/run: $(DONE)/venv pyproject.toml
	@echo "· installing voiceassist and its Python packages into $(VENV)"
	@$(pip_install)
	@touch $@

$(DONE)/test: WANTED := '.[test,dev]'
$(DONE)/test: $(DONE)/venv pyproject.toml
	@echo "· installing voiceassist, its Python packages and the test tools into $(VENV)"
	@$(pip_install)
	@touch $(DONE)/run $@

$(DONE)/model: WANTED := '.[model]'
$(DONE)/model: $(DONE)/venv pyproject.toml
	@echo "· installing what the training needs into $(VENV)"
	@$(pip_install)
	@touch $(DONE)/run $@

# One word per package while pip works; all of its own words, which are many, only when it fails.
# The pages are built by `make web`, so hatchling's hook that builds them stays out of it.
define pip_install
set -o pipefail; \
HATCH_BUILD_NO_HOOKS=true $(PY) -m pip install -e $(WANTED) 2>&1 | tee $(PIP_LOG) | \
while read -r verb name rest; do \
  case "$$verb $$name" in \
    "Collecting "*) printf '  %s' "$${name%%[^A-Za-z0-9_.-]*}" ;; \
    "Downloading "*) case "$$rest" in *MB*) printf ' %s' "$$rest" ;; esac ;; \
    "Installing collected") printf '\n· unpacking' ;; \
    "Successfully installed") printf ', done\n' ;; \
  esac; \
done || { \
  echo; tail -n 40 $(PIP_LOG) >&2; \
  echo "pip failed; all it said is in $(PIP_LOG). Try again, or start afresh with: make clean" >&2; \
  exit 1; \
}
endef

# Programs the tests start: a browser, an MQTT broker, a speech synthesiser. Named as Debian's packages.
PROGRAMS := chromium mosquitto flite

programs:
	@missing=""; \
	for program in $(PROGRAMS); do \
	  command -v "$$program" > /dev/null && continue; \
	  [ "$$program" = chromium ] && command -v chromium-browser google-chrome > /dev/null && continue; \
	  missing="$$missing $$program"; \
	done; \
	if [ -z "$$missing" ]; then \
	  exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	  echo "· installing these programs:$$missing"; \
	  apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else \
	  echo "The tests need these programs:$$missing." >&2; \
	  echo "Install them (Debian, Ubuntu: sudo apt-get install$$missing), then: make test" >&2; \
	  exit 1; \
	fi

# What the training needs: synthesisers with their voices, OpenFst with two plugins, lists of common words.
MODEL_PACKAGES := flite festival espeak-ng festvox-us-slt-hts festvox-kallpc16k festvox-kdlpc16k \
                  libfst-tools libfst22-plugins-base scowl

programs-model:
	@if ! command -v dpkg > /dev/null || dpkg -s $(MODEL_PACKAGES) > /dev/null 2>&1; then \
	  exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	  echo "· installing: $(MODEL_PACKAGES)"; \
	  apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(MODEL_PACKAGES); \
	else \
	  echo "The training needs these packages (Debian, Ubuntu): sudo apt-get install $(MODEL_PACKAGES)" >&2; \
	  exit 1; \
	fi
