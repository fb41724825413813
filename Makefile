# Matinee's commands. `make up` and `make test` set up all they need; nothing is installed outside this folder,
# except, for the browser tests, Chromium.

PYTHON ?= python3
BIN := .venv/bin
DEMO := .cache/demo
export MATINEE_DEMO_CACHE ?= $(DEMO)

PROTOS := $(wildcard contracts/matinee/contracts/*.proto)
WEB_SOURCES := $(shell find web/src web/public web/index.html web/schema.graphql web/package.json web/*.ts web/*.js -type f -not -path '*/generated/*' 2>/dev/null)

.DEFAULT_GOAL := help
# Compiled once, not by each of the hundred processes that the tests start, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup up test lint format bench soak browser clean lock engines engines-down engines-programs test-engines test-deep test-spark spark-programs flink test-flink test-flink-kafka flink-programs

help: ## Say what each command does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: .venv/contracts.done web/dist/index.html $(DEMO)/done ## Make .venv, the contracts, the web app, and fetch the demo film

up: setup ## Run the service with its demo library at http://localhost:8080 (flags: ARGS="--port 9000")
	@exec $(BIN)/matinee up --demo $(ARGS)

test: setup browser ## Run all tests (flags for pytest: ARGS="-k steering")
	cd web && npm test
	$(BIN)/pytest -n 2 --dist loadgroup -m "not engines and not spark and not flink and not deep" $(ARGS)

lint: setup ## Check style, types, import rules and what deciding files may know
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --config deciding.ruff.toml $$($(BIN)/python -m tests.deciding)
	$(BIN)/lint-imports
	$(BIN)/basedpyright
	cd web && npm run lint

format: .venv/contracts.done ## Lay out the Python files
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## Measure what we claim, each against its anchor in the same run (ARGS="engines_small rpc" for some)
	PYTHONPATH=tests $(BIN)/python -m bench $(ARGS)

soak: setup browser ## The long proofs; a short copy of each runs in `make test` (on `make engines`: ARGS='-m "soak and engines"')
	MATINEE_SOAK=1 $(BIN)/pytest -n 0 -v -s -m "soak and not engines" $(ARGS)

engines: .venv/installed.done engines-programs ## Bring up the large engines on loopback: PostgreSQL, Cassandra, Kafka, S3, memcached (ARGS="kafka" for one)
	@exec $(BIN)/python -m infra up $(ARGS)

engines-down: .venv/installed.done ## End the large engines and remove what they wrote (ARGS="--keep" keeps it)
	@exec $(BIN)/python -m infra down $(ARGS)

# Both parts are run, whatever comes of the first. Who picks some may pick none of one part: pytest ends with 5 then.
GOOD = $(if $(ARGS),"0 5"|"5 0"|)"0 0"

test-engines: setup ## Test against the real servers that `make engines` brought up, and kill some; none is skipped
	@$(if $(filter -m,$(ARGS)),echo "pick by path or by -k: -m would let those that kill servers run beside others" >&2; exit 2)
	@set -x; $(BIN)/pytest -n 2 --dist loadgroup -v -m "(engines or exam) and not flink and not alone" $(ARGS); first=$$?; \
	$(BIN)/pytest -n 0 -v -m "engines and alone" $(ARGS); second=$$?; \
	case "$$first $$second" in $(GOOD)) ;; *) exit 1 ;; esac

test-deep: setup .venv-deep/done ## Test what JAX does: a transformer learnt from histories, read by numpy as by JAX
	$(BIN)/pytest -n 0 -v -m deep $(ARGS)

test-spark: setup .venv-spark/done spark-programs ## Test what Spark does against a real one on this machine: the same models, the large trainer
	$(BIN)/pytest -n 0 -v -m spark $(ARGS)

flink: .venv/installed.done .venv-flink/done flink-programs ## Make .venv-flink, a Python with Apache Flink, and fetch the jar through which it reads Kafka
	@$(BIN)/python -m infra.flink.connector

test-flink: setup flink ## Test that a real Flink on this machine makes the tables that the small runner makes
	$(BIN)/pytest -n 0 -v -m "flink and not engines" $(ARGS)

test-flink-kafka: setup flink ## The same on the Kafka that `make engines` brought up, with a kill on the way
	$(BIN)/pytest -n 0 -v -m "flink and engines" $(ARGS)

clean: ## Remove what these commands made, but for the state directory .state
	rm -rf .venv .venv-deep .venv-spark .venv-flink .cache web/node_modules web/dist web/src/generated
	rm -f src/matinee/contracts/*_pb2.py src/matinee/contracts/*_pb2.pyi src/matinee/contracts/*_rpc.py

lock: .venv/installed.done ## Pin the Python dependencies anew, with hashes and without addresses
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml --extra region --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml --extra region -o requirements-region.lock
	for group in deep spark flink; do \
	  $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --group pyproject.toml:$$group -o requirements-$$group.lock || exit 1; done

.venv/installed.done: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Matinee needs Python 3.11 or newer: install it, or type make PYTHON=/path/to/python3")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/contracts.done: .venv/installed.done contracts/generate.py $(PROTOS)
	$(BIN)/python contracts/generate.py
	@touch $@

.venv-%/done: requirements-%.lock
	$(PYTHON) -m venv --clear .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

web/node_modules/done: web/package-lock.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error("Matinee needs Node 20.19 or newer; this is " + process.version); process.exit(1) }'
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/done $(WEB_SOURCES)
	cd web && npm run build --silent
	@touch $@

$(DEMO)/done: .venv/contracts.done
	$(BIN)/python -m matinee.studio.demo $(DEMO)
	@touch $@

# What needs them, program:package by turns, and what else prints the name of a missing package.
define programs
@missing=$$(for program in $(2); do command -v $${program%:*} >/dev/null || echo $${program#*:}; done; $(3)); \
	[ -z "$$missing" ] || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else echo "$(1)" $$missing". Type: sudo apt-get install -y" $$missing; exit 1; fi; }
endef

browser:
	$(call programs,The browser tests need,chromium:chromium,true)

engines-programs:
	$(call programs,The engines need,java:openjdk-17-jre-headless mvn:maven memcached:memcached,ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql)

spark-programs:
	$(call programs,Spark needs,java:openjdk-17-jre-headless,true)

flink-programs:
	$(call programs,Flink needs,java:openjdk-17-jre-headless mvn:maven,true)
