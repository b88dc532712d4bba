# SPDX-License-Identifier: Apache-2.0
# The only commands a developer types. `make demo` and `make test` install what they need on Debian 12
# with Swift 6.3 in PATH; everything else builds on them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
DESTDIR ?=

PACKAGES := libcurl4-openssl-dev libsqlite3-dev libssl-dev zlib1g-dev pkg-config ca-certificates systemd strace
SWIFT_SOURCES := Package.swift Sources Tests Fuzz
# Metadata is looked up once a type instead of by its mangled name: half of the instructions of a start.
RELEASE_FLAGS := -c release --static-swift-stdlib -Xswiftc -Xfrontend -Xswiftc \
  -disable-concrete-type-metadata-mangled-name-accessors
DEBUG := .build/debug
RELEASE := .build/release

.PHONY: help deps swift-present build debug test demo run check lint format imports units example-config bench fuzz soak install clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

deps: swift-present ## install the Debian packages that are missing
	@missing=(); for package in $(PACKAGES); do \
	  [ "$$(dpkg-query -W -f '$${Status}' $$package 2>/dev/null)" = "install ok installed" ] || missing+=($$package); \
	done; \
	if [ $${#missing[@]} -gt 0 ]; then \
	  echo "installing $${missing[*]}"; \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; \
	fi

swift-present:
	@swift --version 2>/dev/null | grep -qE 'Swift version (6\.[3-9]|[7-9])' || { \
	  echo "kagu needs Swift 6.3 or newer in PATH (https://www.swift.org/install/linux/)" >&2; exit 1; }

build: deps ## the release binaries, with the Swift runtime linked in
	swift build $(RELEASE_FLAGS) --product kagud
	swift build $(RELEASE_FLAGS) --product kagu

debug: deps ## the debug binaries, as the demo and the tests use them
	@echo "building (the first build takes some minutes on two cores)"
	swift build

demo: debug ## poll the bundled feeds, print hits and the alerts received
	@$(DEBUG)/kagu demo $(DEMO_OPTIONS)

run: debug ## a daemon with config/kagu.yaml and its state in .build/state
	@mkdir -p .build/state
	$(DEBUG)/kagud --config config/kagu.yaml --state-dir .build/state

test: deps ## everything the tests need, then all tests
	@echo "building the tests (the first build takes some minutes on two cores)"
	swift build --build-tests
	@echo "end-to-end tests: they start the built kagud, and wait more than they work"
	swift test --skip-build --filter EndToEndTests
	@echo "unit tests, one after the other: some measure deadlines"
	swift test --skip-build --no-parallel --skip EndToEndTests

check: lint imports units debug example-config ## what a change must pass; ends with `make test`
	@$(MAKE) --no-print-directory test

lint: swift-present ## formatting and style findings are errors
	swift format lint --strict --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

format: swift-present ## format every source file in place
	swift format format --in-place --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

imports: ## imports only point downward (ARCHITECTURE.md)
	@scripts/check-imports

units: deps ## the unit file is valid and its sandbox scores at most 1.0
	@scripts/check-units

example-config: debug ## the configuration we ship loads, and its watches are sound
	@$(DEBUG)/kagu check config/kagu.yaml

bench: build ## kagu's CPU, memory and wall time next to its peers (Benchmarks/README.md)
	swift build -c release --package-path Benchmarks --scratch-path .build-bench
	@Benchmarks/sweep
	@Benchmarks/distant
	@Benchmarks/idle --feeds 2000 --seconds 10
	@Benchmarks/parse
	@Benchmarks/query --rounds 3

fuzz: deps ## libFuzzer and AddressSanitizer over the byte parsers, FUZZ_SECONDS (60) each
	@Fuzz/run

soak: deps ## hours of kills, power cuts and flipped bytes
	swift build --build-tests
	KAGU_SOAK=1 swift test --skip-build --no-parallel --filter "KillTests|InjectionTests|PowerCutTests|StorageFaultTests|KaguStoreTests.DamageTests|HitIndexPartTests|TextIndexTests"

install: ## what `make build` has built, into DESTDIR with PREFIX (/usr/local) and SYSCONFDIR
	@[ -x $(RELEASE)/kagud ] && [ -x $(RELEASE)/kagu ] || { echo "nothing to install: run make build first" >&2; exit 1; }
	install -Dm755 -t "$(DESTDIR)$(PREFIX)/bin" $(RELEASE)/kagud $(RELEASE)/kagu
	install -d "$(DESTDIR)$(PREFIX)/lib/systemd/system" "$(DESTDIR)$(PREFIX)/lib/sysusers.d" "$(DESTDIR)$(PREFIX)/lib/tmpfiles.d"
	sed -e 's|/usr/bin/kagud|$(PREFIX)/bin/kagud|' -e 's|/etc/kagu|$(SYSCONFDIR)/kagu|g' systemd/kagu.service \
	  > "$(DESTDIR)$(PREFIX)/lib/systemd/system/kagu.service"
	install -m644 systemd/kagu.sysusers "$(DESTDIR)$(PREFIX)/lib/sysusers.d/kagu.conf"
	sed -e 's|/etc/kagu|$(SYSCONFDIR)/kagu|g' systemd/kagu.tmpfiles > "$(DESTDIR)$(PREFIX)/lib/tmpfiles.d/kagu.conf"
	install -d "$(DESTDIR)$(SYSCONFDIR)/kagu/watches" "$(DESTDIR)$(PREFIX)/share/kagu/feeds"
	@# What people have edited is theirs: files that are there stay as they are.
	[ -e "$(DESTDIR)$(SYSCONFDIR)/kagu/kagu.yaml" ] || \
	  sed -e 's|\.\./feeds/|$(PREFIX)/share/kagu/feeds/|g' config/kagu.yaml > "$(DESTDIR)$(SYSCONFDIR)/kagu/kagu.yaml"
	install -d "$(DESTDIR)$(SYSCONFDIR)/kagu/watches/examples"
	for file in $$(cd config && echo watches/*.yaml watches/examples/*); do \
	  [ -e "$(DESTDIR)$(SYSCONFDIR)/kagu/$$file" ] || \
	    install -m644 "config/$$file" "$(DESTDIR)$(SYSCONFDIR)/kagu/$$file" || exit 1; done
	cp -R feeds/. "$(DESTDIR)$(PREFIX)/share/kagu/feeds/"
	install -Dm644 -t "$(DESTDIR)$(PREFIX)/share/doc/kagu" README.md ARCHITECTURE.md CHANGELOG.md LICENSE docs/*.md docs/*.json

clean: ## remove what was built
	rm -rf .build .build-bench .build-fuzz
