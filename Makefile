# genred: `make demo` shows it, `make check` tests it, `make` builds build/genred and build/genrectl.
#   V=1 shows the commands; SAN=asan builds with sanitizers, CC=clang with clang, FFMPEG=yes for M4A files,
#   PAGE=no without npm and the page; DESTDIR, PREFIX as usual.

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:

VERSION := $(shell cat etc/version)
CC      := gcc
PREFIX  ?= /usr
SYSCONFDIR ?= /etc
SAN     ?=
FFMPEG  ?=
WERROR  ?=
PAGE    ?= yes
VARIANT := $(notdir $(firstword $(CC)))$(if $(SAN),-$(SAN))$(if $(FFMPEG),-ffmpeg)$(if $(filter no,$(PAGE)),-nopage)
OUT     := build/$(VARIANT)
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)')

# --- flags ---------------------------------------------------------------------------------------------

probe = $(shell printf 'int main(void){return 0;}' | \
	$(CC) -Werror $(1) -x c - -o /dev/null 2>/dev/null && echo '$(1)')

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wcast-qual -Wpointer-arith -Wundef -Wswitch-enum \
	-Wnull-dereference -Wwrite-strings
WARN += $(foreach f,-Wimplicit-fallthrough=5 -Wlogical-op -Wduplicated-cond -Wduplicated-branches, \
	$(call probe,$(f)))
HARD := $(foreach f,-fstack-protector-strong -fstack-clash-protection -fcf-protection=full,$(call probe,$(f)))

# Who packages genred names an address that the asked services may write to.
CONTACT ?= genred@localhost
CPPFLAGS := -I. -D_GNU_SOURCE -DGENRED_VERSION='"$(VERSION)"' -DGENRED_SYSCONFDIR='"$(SYSCONFDIR)"' \
	-DGENRED_CONTACT='"$(CONTACT)"'
ifeq ($(SAN),asan)
CFLAGS  := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDFLAGS := -fsanitize=address,undefined
else ifeq ($(SAN),tsan)
CFLAGS  := -O1 -g -fsanitize=thread
LDFLAGS := -fsanitize=thread
else ifeq ($(SAN),fuzz)
CFLAGS  := -O1 -g -fsanitize=fuzzer-no-link,address,undefined
LDFLAGS := -fsanitize=fuzzer,address,undefined
else
CFLAGS  := -O2 -g
CPPFLAGS += -D_FORTIFY_SOURCE=3
LDFLAGS := -pie -Wl,-z,relro,-z,now
HARD    += -fPIE
endif
ALL_CFLAGS = -std=c17 -fno-math-errno $(CPPFLAGS) $(WARN) $(if $(WERROR),-Werror) $(HARD) $(CFLAGS)
LDLIBS := -Wl,--as-needed -luv -lcurl -lmicrohttpd -lcjson -lsqlite3 -lcrypto -lopenblas -lsndfile -lsoxr -lpng -lz -lm -lpthread
ifneq ($(FFMPEG),)
CPPFLAGS += -DGENRED_FFMPEG
LDLIBS += -lavformat -lavcodec -lswresample -lavutil
endif

# --- what is built -------------------------------------------------------------------------------------

MAINS := daemon/main.c daemon/genrectl.c
LIB_SRC := $(filter-out $(MAINS),$(wildcard base/*.c spotify/*.c store/*.c classifier/*.c \
	classifier/source/*.c classifier/audio/*.c classifier/sound/*.c daemon/*.c daemon/jobs/*.c daemon/net/*.c))
SHIPPED := $(OUT)/classifier/model/shipped.o $(OUT)/classifier/model/tree.o
PAGE_OBJ := $(OUT)/daemon/page/$(if $(filter no,$(PAGE)),none,files).o
LIB_OBJ := $(LIB_SRC:%.c=$(OUT)/%.o) $(SHIPPED) $(PAGE_OBJ)
LIB := $(OUT)/libgenred.a
PROGRAMS := $(OUT)/genred $(OUT)/genrectl

TEST_SRC := $(wildcard tests/unit/test_*.c tests/jobs/test_*.c)
TESTS := $(TEST_SRC:%.c=$(OUT)/%)
TEST_COMMON := $(filter-out $(TEST_SRC),$(wildcard tests/unit/*.c tests/jobs/*.c))
FUZZERS := $(patsubst %.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all
all: $(PROGRAMS) build/genred build/genrectl

$(OUT)/%.o: %.c etc/version Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/classifier/model/shipped.o: classifier/model/genres.model
$(OUT)/classifier/model/tree.o: etc/genres.conf
$(SHIPPED): $(OUT)/%.o: %.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -c -o $@ $<

# The page, bundled and written as C.
PAGE_SRC := $(wildcard daemon/page/*.ts daemon/page/*.tsx daemon/page/*.css daemon/page/*.html daemon/page/*.svg) \
	daemon/page/build.mjs
NPM_MARK := daemon/page/node_modules/.package-lock.json
# npm's mark is newer than the lock file when all is installed.
%/node_modules/.package-lock.json: %/package-lock.json
	$(call say,NPM,$*)
	@command -v npm >/dev/null || { echo 'npm is needed for the page (make deps installs it); make PAGE=no leaves the page out' >&2; exit 1; }
	$(Q)cd $* && npm ci --silent --ignore-scripts && touch node_modules/.package-lock.json

build/page/files.c: $(NPM_MARK) $(PAGE_SRC)
	$(call say,PAGE,$@)
	$(Q)node daemon/page/build.mjs $@ build/page/assets

$(OUT)/daemon/page/files.o: build/page/files.c etc/version Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(OUT)/genred: $(OUT)/daemon/main.o $(LIB)
$(OUT)/genrectl: $(OUT)/daemon/genrectl.o $(LIB)
$(PROGRAMS):
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The newest default build; genrectl finds the daemon beside the file that the link leads to.
build/genred build/genrectl: build/%: $(OUT)/%
	$(Q)ln -sfn $(VARIANT)/$* $@

$(TESTS): $(OUT)/%: $(OUT)/%.o $(TEST_COMMON:%.c=$(OUT)/%.o) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(FUZZERS): $(OUT)/%: $(OUT)/%.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

-include $(shell find build -type f -name '*.d' 2>/dev/null)

include tests/tests.mk
include etc/install.mk

.PHONY: clean
clean:
	rm -rf build
