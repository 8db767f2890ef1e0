# Everything a developer types; `make help` lists it. Python packages go into .venv, web packages into
# web/node_modules, built pages into voiceassist/web; nothing else is touched, and `make clean` removes all of it.
# Stamps say what is already done, so a second run starts in seconds and an interrupted one goes on.
# Versions come from .locks/ and web/package-lock.json, the same on every machine and every day, checked by their hashes.

SHELL := bash
.DEFAULT_GOAL := help
export PATH := $(PATH):/usr/sbin
export PYTHONUNBUFFERED := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The tests start some 150 processes of this program: compiled once, each starts in half the time.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PY := $(VENV)/bin/python
DONE := $(VENV)/.stamps
PIP_LOG := $(VENV)/pip.log
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python)
BESIDE := lint format types web-check web-test test-computing
REAL_TIME := e2e or realtime
IN_PARALLEL := --dist loadfile --no-loadscope-reorder --durations=25 -p no:cacheprovider
LIMIT_MINUTES := 45
LOGS := $(VENV)/.steps
LATEST := .venv-latest

.PHONY: help run web test test-latest update audit sbom check bench pictures clean model latest latest-web programs programs-model pytest test-realtime $(BESIDE)
.NOTPARALLEL: # two of pip at once would trip over each other

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: $(DONE)/run web ## install what is missing, build the pages, start the demo and print its address
	@exec $(VENV)/bin/voiceassist demo $(ARGS)

# Calls in real time leave the processors idle between their words: all that only computes goes on beside them, and steps
# back for them.
test: programs $(DONE)/test web ## install what the tests need and run every check and every test
	@rm -rf $(LOGS) && mkdir -p $(LOGS); \
	run() { $$nice $(MAKE) --no-print-directory "$$@" && touch "$(LOGS)/$$1.passed"; }; \
	for step in $(BESIDE); do nice="nice -n 10" run "$$step" > "$(LOGS)/$$step" 2>&1; done & \
	printf '\n── test-realtime (beside it: $(BESIDE))\n'; \
	run test-realtime; \
	wait; \
	for step in $(BESIDE); do printf '\n── %s\n' "$$step"; cat "$(LOGS)/$$step"; done; \
	printf '\n── summary\n'; failed=0; \
	for step in $(BESIDE) test-realtime; do \
	  if [ -e "$(LOGS)/$$step.passed" ]; then echo "  passed  $$step"; else echo "  FAILED  $$step"; failed=1; fi; \
	done; \
	exit $$failed

test-latest: programs ## the same tests with the newest packages that the ranges allow, installed into .venv-latest
	@$(MAKE) --no-print-directory VENV=$(LATEST) latest
	@$(MAKE) --no-print-directory VENV=$(LATEST) BESIDE="lint format types latest-web test-computing" test

update: $(DONE)/uv ## renew the locks within the ranges of pyproject.toml and web/package.json, and say what changed
	@$(PY) update_locks.py

audit: $(DONE)/audit ## ask pip-audit and npm audit whether the locked packages have known weaknesses; needs the network
	@$(PY) audit_packages.py

sbom: $(DONE)/venv ## write sbom.json (CycloneDX): every package that the locks name
	@$(PY) write_sbom.py

check: lint format types web-check ## ruff, mypy and svelte-check, without running a test

web: $(DONE)/venv ## build the web pages, if their sources changed
	@$(PY) build_pages.py

bench: $(DONE)/run ## measure a running demo, from a spoken cue to the screen (make run in another terminal)
	@$(VENV)/bin/voiceassist bench latency $(ARGS)

pictures: programs $(DONE)/test web ## take the README's pictures, in a minute; look at them before you commit them
	@$(PY) -m tests.e2e.take_pictures

model: programs-model $(DONE)/model ## rebuild models/vosk-tiny-en from its texts: about half an hour, see models/training
	@cd models && ../$(PY) -m training $(ARGS)

clean: ## remove everything that was installed or built; recorded calls stay
	rm -rf $(VENV) $(LATEST) voiceassist/web web/node_modules dist build *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find voiceassist tests -name __pycache__ -prune -exec rm -rf {} +

# ---- the steps of `make test`, each a command of its own ----

# Where ARGS name some tests only, one of the two kinds may have none: pytest says so with 5.
pytest = $(PY) -m tests.limited $(LIMIT_MINUTES) $(PY) -m pytest $(1) $(ARGS) $(if $(ARGS),|| [ $$? = 5 ])

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

# One worker more than the two cores that everything here is planned for: some tests wait.
test-realtime: $(DONE)/test
	@$(call pytest,-m "$(REAL_TIME)" -n 3 $(IN_PARALLEL))

test-computing: $(DONE)/test
	@$(call pytest,-m "not ($(REAL_TIME))" -n 3 $(IN_PARALLEL))

pytest: $(DONE)/test
	@$(PY) -m tests.limited $(LIMIT_MINUTES) $(PY) -m pytest $(ARGS)

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

$(DONE)/build: $(DONE)/venv .locks/build.txt
	@echo "· installing what builds Python packages into $(VENV)"
	@$(call pip_install,$(FROM_LOCK) .locks/build.txt)
	@touch $@

$(DONE)/run: $(DONE)/build pyproject.toml .locks/run.txt
	@echo "· installing voiceassist and its Python packages into $(VENV)"
	@$(call pip_install,$(FROM_LOCK) .locks/run.txt)
	@$(call pip_install,$(ITSELF) .)
	@touch $@

$(DONE)/test: $(DONE)/build pyproject.toml .locks/test.txt
	@echo "· installing voiceassist, its Python packages and the test tools into $(VENV)"
	@$(call pip_install,$(FROM_LOCK) .locks/test.txt)
	@$(call pip_install,$(ITSELF) '.[$(TEST_EXTRAS)]')
	@touch $(DONE)/run $@

$(DONE)/uv: $(DONE)/venv .locks/uv.txt
	@echo "· installing uv, which makes the locks"
	@$(call pip_install,$(FROM_LOCK) .locks/uv.txt)
	@touch $@

$(DONE)/audit: $(DONE)/venv .locks/audit.txt
	@echo "· installing pip-audit, which looks for known weaknesses"
	@$(call pip_install,$(FROM_LOCK) .locks/audit.txt)
	@touch $@

$(DONE)/model: $(DONE)/run pyproject.toml
	@echo "· installing what the training needs into $(VENV)"
	@$(call pip_install,-e '.[model]')
	@touch $@

# Not a stamp: what is the newest changes every day.
latest: $(DONE)/venv
	@echo "· installing the newest Python packages that pyproject.toml allows into $(VENV)"
	@$(call pip_install,--upgrade --upgrade-strategy eager -e '.[$(TEST_EXTRAS)]')
	@touch $(DONE)/build $(DONE)/run $(DONE)/test

# The web packages too, in a copy beside what its tests read.
latest-web: $(DONE)/venv
	@tar --exclude=node_modules -cf - web .locks build_pages.py tests/contract | tar -xf - -C $(VENV)
	@$(PY) $(VENV)/build_pages.py update --package-lock-only --silent
	@$(PY) $(VENV)/build_pages.py run check
	@$(PY) $(VENV)/build_pages.py run test

# What has no wheel is built with what .locks/build.txt brought, not with what pip would fetch for it.
FROM_LOCK := --no-build-isolation --require-hashes -r
# Nothing is fetched for the project itself, so a package that pyproject.toml asks for and the lock lacks is an error.
# The pages are built by `make web`; hatchling's hook that builds them stays out of it.
ITSELF := --no-build-isolation --no-index -e
TEST_EXTRAS := test,dev

# One word per package while pip works; all of its own words, which are many, only when it fails.
define pip_install
set -o pipefail; \
HATCH_BUILD_NO_HOOKS=true $(PY) -m pip install $(1) 2>&1 | tee $(PIP_LOG) | \
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
  echo "After a change of the requirements in pyproject.toml, first renew the locks: make update" >&2; \
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
