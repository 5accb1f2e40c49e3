# Packages, the demo, and everything that checks.

PACKAGES := libc6-dev libuv1-dev libcurl4-openssl-dev libcjson-dev libmicrohttpd-dev libssl-dev \
	libsqlite3-dev libopenblas-dev libsndfile1-dev libsoxr-dev libpng-dev zlib1g-dev libcmocka-dev scdoc \
	mandoc python3 curl ca-certificates \
	clang clang-format clang-tidy libclang-rt-14-dev cppcheck valgrind shellcheck openssl sqlite3 procps systemd
ifneq ($(PAGE),no)
PACKAGES += node:nodejs npm:npm
endif
ifneq ($(FFMPEG),)
PACKAGES += libavformat-dev libavcodec-dev libswresample-dev libavutil-dev ffmpeg
endif

# A browser, which only the long check needs.
PACKAGES_ALL := $(PACKAGES) chromium

.PHONY: deps deps-all demo check check-all run-check run-check-all unit lint analyse bench bench-train fuzz sandbox \
	page-lint page-test page-check
deps:
	@sh tests/lint/deps.sh $(PACKAGES)

deps-all:
	@sh tests/lint/deps.sh $(PACKAGES_ALL)

demo: deps
	@$(MAKE) all
	@sh tests/demo/demo.sh build

check: deps
	@$(MAKE) run-check

check-all: deps-all
	@$(MAKE) run-check-all

# --- fast: unit, jobs, lint, the fake's own tests, the fast end-to-end scenarios ------------------------

unit: $(TESTS)
	@sh tests/run.sh $(TESTS)

lint: all
	@sh tests/lint/lint.sh $(OUT)

run-check: all unit
	@$(MAKE) lint page-lint
	@python3 -m unittest discover -s tests/fake -q
	@GENRED_E2E=fast GENRED_BUILD=build python3 -m unittest discover -s tests/e2e -q

# --- all: both compilers, sanitizers, valgrind, analysers, every scenario, budgets ----------------------

run-check-all:
	@$(MAKE) WERROR=1 all unit lint
	@$(MAKE) WERROR=1 CC=clang $(OUT:build/$(VARIANT)=build/clang)/genred unit
	@$(MAKE) WERROR=1 SAN=asan build/$(notdir $(CC))-asan/genred build/$(notdir $(CC))-asan/genrectl unit
	@GENRED_HISTORIES=2000 sh tests/run.sh $(filter %/jobs/test_word,$(TESTS))
	@GENRED_HISTORIES=5 RUNNER='valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99' \
		sh tests/run.sh $(filter-out %/test_net_server %/test_model %/test_train %/test_compare %/test_project %/test_map %/test_inquire %/test_gather \
			%/test_audio_extract %/test_sound_recordings %/test_hearing,$(TESTS))
	@$(MAKE) analyse
	@python3 -m unittest discover -s tests/fake -q
	@GENRED_BUILD=build python3 -m unittest discover -s tests/e2e -q
	@GENRED_E2E=fast GENRED_BUILD=build/$(notdir $(CC))-asan python3 -m unittest discover -s tests/e2e -q
	@$(MAKE) page-check
	@$(MAKE) fuzz T=5
	@$(MAKE) bench

# --- the page: types and format; in a browser, against the daemon and the fake: make page-test ONLY='map song'

PAGE_MARKS := $(NPM_MARK) tests/page/node_modules/.package-lock.json

page-lint: $(PAGE_MARKS)
	$(call say,LINT,daemon/page tests/page)
	@tests/page/node_modules/.bin/tsc -p daemon/page
	@tests/page/node_modules/.bin/prettier --print-width 110 --log-level warn --check \
		'daemon/page/**/*.{ts,tsx,css,mjs}' 'tests/page/*.mjs'

page-test: all $(PAGE_MARKS)
	@node --test-reporter=spec tests/page/run.mjs $(ONLY)

page-check: page-lint page-test

analyse:
	@sh tests/lint/analyse.sh $(LIB_SRC) $(MAINS)

# --- measured -------------------------------------------------------------------------------------------

bench: all $(OUT)/tests/bench/bench
	@python3 tests/bench/bench.py build $(OUT)/tests/bench/bench tests/bench/budgets.txt

# Training against PyTorch (Debian's python3-torch), minutes: GENRED_DATA=DIR make bench-train
bench-train: all
	@/usr/bin/python3 tests/bench/train_ratio.py build

$(OUT)/tests/bench/bench: $(OUT)/tests/bench/bench.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc -o $@ $^ $(LDLIBS)

# Our kNN and forest against scikit-learn's: make bench-sklearn TRACKS=tracks.csv FAMILIES=tag-families.csv
.PHONY: bench-sklearn
bench-sklearn: all
	@sh tests/lint/deps.sh python3-sklearn python3-numpy
	@/usr/bin/python3 tests/bench/sklearn_compare.py build/genrectl $(TRACKS) $(FAMILIES) $(ROWS)

T ?= 60
fuzz:
	@$(MAKE) CC=clang SAN=fuzz run-fuzz T=$(T)

.PHONY: run-fuzz
run-fuzz: $(FUZZERS)
	@for fuzzer in $(FUZZERS); do \
		corpus=build/corpus/$$(basename $$fuzzer); mkdir -p $$corpus; \
		seeds=tests/fuzz/seeds/$$(basename $$fuzzer); [ -d $$seeds ] || seeds=; \
		printf '  FUZZ  %s\n' $$fuzzer; \
		$$fuzzer -max_total_time=$(T) -verbosity=0 -print_final_stats=0 -rss_limit_mb=1024 \
			-artifact_prefix=build/corpus/ $$corpus $$seeds >build/corpus/log 2>&1 || \
			{ cat build/corpus/log; exit 1; }; \
	done

# The fake as a sandbox for a person without an account.
sandbox: all
	@python3 tests/fake/fake.py --port 8899
