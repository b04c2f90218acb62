# pig: build, test, show.
#
#   make check       format, vet, the rules of the house and all short tests: before each commit
#   make build       agents for linux/amd64 and linux/arm64, then ./pig that carries them
#   make test        everything that a change has to pass, real nodes included; under 20 minutes on 2 cores
#   make race        the race detector on what does several things at once
#   make test-full   the same as make test under the race detector, on all images, and the fuzzers for a while
#   make lint        formatting, linters (gosec too), import directions, known vulnerabilities (govulncheck)
#   make mutants     plants faults in the safety core, one at a time, and fails if the tests miss one
#   make oracle      record what ansible-core answers to the cases of testdata/differential (CASES=..., needs root)
#   make bench       pig against a plain ssh loop and ansible-playbook, on ten nodes of this machine
#   make bench-scale [NODES="20 100"]  how long environments of so many nodes take
#   make dist        archives, packages (.deb, .rpm), manual pages, completions and checksums, in dist/
#   make dist-test   the same, and a look at what is in them
#   make demo        a PostgreSQL environment on four nodes of this machine, from nothing, with proof
#   make clean
#
# Nothing needs to be installed: scripts/setup.sh gets what is missing, and scripts/go.sh finds Go where it is.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build
.PHONY: dist dist-test build check format agents pig test race test-full lint fmt bench bench-scale demo clean setup setup-all setup-full vet darwin unit packages laws other-laws nodes sandbox-tests mutants oracle

GO       = $(shell scripts/go.sh)
VERSION ?= $(shell scripts/version.sh 2>/dev/null || echo dev)
AGENTS   = internal/agentbin/bin
LDFLAGS  = -s -w -buildid=
P       ?= 2

# Packages with tests that boot real nodes; they are asked for by name, so that others do not run twice.
REAL     = $(shell grep -rl PIG_SANDBOX_TESTS --include=*_test.go internal cmd | xargs -r -n1 dirname | sort -u | sed 's,^,./,')
FUZZTIME ?= 20s

GOLANGCI = $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# The agents stay beside the code only while pig is built: a plain `go build` would otherwise carry old ones, and send
# them to nodes, when a module has changed since. Without agents a development build sends itself.
build: agents pig
	@rm -f $(AGENTS)/*.gz

agents: setup
	@for arch in amd64 arm64; do \
		tmp=$$(mktemp) && \
		CGO_ENABLED=0 GOOS=linux GOARCH=$$arch $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $$tmp ./cmd/pig-agent && \
		gzip -9nc $$tmp >$(AGENTS)/pig-agent-linux-$$arch.gz && \
		echo "agent linux/$$arch: $$(stat -c %s $$tmp) bytes, $$(stat -c %s $(AGENTS)/pig-agent-linux-$$arch.gz) packed" && \
		rm -f $$tmp || exit 1; \
	done

pig: setup
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS) -X pig/internal/cli.Version=$(VERSION)' -o pig ./cmd/pig

# The four binaries carry the agents, as ./pig does.
dist: agents
	@scripts/setup.sh dist
	@VERSION='$(VERSION)' scripts/dist.sh; status=$$?; rm -f $(AGENTS)/*.gz; exit $$status

dist-test: dist
	@scripts/dist-test.sh

setup:
	@scripts/setup.sh build

setup-all:
	@scripts/setup.sh all

check: setup format vet
	$(GO) test -short -vet=off -p $(P) ./...

format: setup
	@files=$$("$$(dirname $(GO))/gofmt" -l bench cmd internal scripts) && [ -z "$$files" ] || { echo "not formatted (gofmt -w):" $$files; exit 1; }

# Real nodes wait more than they work, so unit tests run beside them.
test: setup-all
	@$(MAKE) --no-print-directory -j 5 vet packages laws other-laws nodes

# Tests go before what else the machine does, where root may say so.
FIRST = nice -n -14

vet: setup
	$(FIRST) $(GO) vet ./...

# Operators plan from other systems too, so pig and its tests build there; the first time takes minutes, as all packages are compiled for it.
darwin: setup
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...

# The tests on machines in memory change their working directory, so one process takes them one by one: two processes share them.
LAWS = TestEnvironmentHeals|TestEveryTag|TestWhatAProgram|TestWhatIsSwitchedOff|TestSamples|TestRandomEdits|TestNoHandlerIsLost|TestAKept|TestNoRestart|TestPlanLaw
UNIT = GOGC=400 $(FIRST) $(GO) test -vet=off -count 1 -timeout 30m

unit: setup
	@$(MAKE) --no-print-directory -j 3 packages laws other-laws

packages:
	$(UNIT) -p $(P) $$($(GO) list ./... | grep -v /internal/law$$)

laws:
	$(UNIT) -run '$(LAWS)' ./internal/law

other-laws:
	$(UNIT) -skip '$(LAWS)' ./internal/law

sandbox-tests: setup-all nodes

# The pigs that are tested on real nodes go before the unit tests beside them.
nodes:
	PIG_SANDBOX_TESTS=1 nice -n -19 $(GO) test -vet=off -p $(P) -count 1 -timeout 45m $(REAL)

# The packages in which goroutines meet, and whole runs in which units do.
RACY = agent engine fleet graph journal secret transport

race:
	@scripts/setup.sh race
	$(GO) test -race -p $(P) -timeout 20m $(addprefix ./internal/,$(RACY))
	$(GO) test -race -timeout 20m -run 'TestSamples/(mixed|redis)$$|TestTwoClusters' ./internal/law

setup-full:
	@scripts/setup.sh full

PACKAGES = $(or $(PIG_TEST_PACKAGES),../shared/packages)

test-full: setup-full vet darwin
	@ls $(PACKAGES)/postgresql-17-citus_*_amd64.deb >/dev/null 2>&1 || echo "Citus is not tested: $(PACKAGES) has no package postgresql-17-citus (PIG_TEST_PACKAGES)"
	PIG_SANDBOX_TESTS=all $(GO) test -race -p $(P) -count 1 -timeout 180m ./...
	@grep -rHo 'func Fuzz[A-Za-z0-9_]*' --include=*_test.go internal | sed 's/func //' | while IFS=: read -r file name; do \
		echo "fuzzing $$name for $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" || exit 1; \
	done

lint: setup
	@$(GO) version >/dev/null
	PATH="$$(dirname $(GO)):$$PATH" $(GOLANGCI) run ./...
	$(GO) test ./internal/house
	scripts/vulncheck.sh $(GO)

# Some faults make a test wait: one more than there are processors.
mutants: setup
	@$(GO) version >/dev/null
	PATH="$$(dirname $(GO)):$$PATH" $(GO) run ./scripts/mutants -p $$(($(P) + 1))

oracle: setup
	scripts/oracle.sh $(CASES)

fmt: setup
	PATH="$$(dirname $(GO)):$$PATH" $(GOLANGCI) fmt ./...

bench: setup-all build
	$(GO) run ./bench

bench-scale: setup-all build
	for n in $(or $(NODES),20 100); do $(GO) run ./bench -scale $$n || exit; done

demo: setup-all
	scripts/demo.sh

clean:
	rm -f pig pig-agent $(AGENTS)/*.gz *.test *.prof
	rm -rf dist
