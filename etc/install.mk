# What a person installs: make install [DESTDIR= PREFIX= SYSCONFDIR=], make uninstall, make deb; and make readme.

DOC := build/doc
MAN := $(DOC)/genrectl.1 $(DOC)/genred.1 $(DOC)/genred.conf.5 $(DOC)/genres.conf.5
COMPLETIONS := $(DOC)/genrectl.bash $(DOC)/genrectl.zsh $(DOC)/genrectl.fish
UNITS := $(addprefix $(DOC)/,genred.service genred-system.service genred-resync.service genred-resync.timer)
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
# Documents and packages are dated by the last commit, so that the same sources give the same files.
ifndef SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || date +%s)
endif
docs deb: export SOURCE_DATE_EPOCH := $(SOURCE_DATE_EPOCH)

.PHONY: docs install uninstall deb readme
docs: $(MAN) $(COMPLETIONS) $(UNITS)

# The reference parts come from the tables in genrectl.
$(MAN:=.scd): $(DOC)/%.scd: etc/%.scd etc/generate.sh $(OUT)/genrectl
	@mkdir -p $(@D)
	$(Q)sh etc/generate.sh $(OUT)/genrectl $< >$@

$(MAN): $(DOC)/%: $(DOC)/%.scd
	$(call say,SCDOC,$@)
	$(Q)scdoc <$< >$@

$(COMPLETIONS): $(DOC)/genrectl.%: $(OUT)/genrectl
	@mkdir -p $(@D)
	$(Q)$< completion $* >$@

# Made anew each time: PREFIX may have changed.
.PHONY: $(UNITS)
$(UNITS): $(DOC)/%: systemd/%
	@mkdir -p $(@D)
	$(Q)sed 's|/usr/bin/genre|$(PREFIX)/bin/genre|' $< >$@

# mode, file, place
define INSTALLED
755 $(OUT)/genred $(PREFIX)/bin/genred
755 $(OUT)/genrectl $(PREFIX)/bin/genrectl
644 $(DOC)/genred.service $(PREFIX)/lib/systemd/user/genred.service
644 $(DOC)/genred-resync.service $(PREFIX)/lib/systemd/user/genred-resync.service
644 $(DOC)/genred-resync.timer $(PREFIX)/lib/systemd/user/genred-resync.timer
644 $(DOC)/genred-system.service $(PREFIX)/lib/systemd/system/genred.service
644 systemd/genred.sysusers $(PREFIX)/lib/sysusers.d/genred.conf
644 $(DOC)/genred.1 $(PREFIX)/share/man/man1/genred.1
644 $(DOC)/genrectl.1 $(PREFIX)/share/man/man1/genrectl.1
644 $(DOC)/genred.conf.5 $(PREFIX)/share/man/man5/genred.conf.5
644 $(DOC)/genres.conf.5 $(PREFIX)/share/man/man5/genres.conf.5
644 $(DOC)/genrectl.bash $(PREFIX)/share/bash-completion/completions/genrectl
644 $(DOC)/genrectl.zsh $(ZSHDIR)/_genrectl
644 $(DOC)/genrectl.fish $(PREFIX)/share/fish/vendor_completions.d/genrectl.fish
644 README.md $(PREFIX)/share/doc/genred/README.md
644 LICENSE $(PREFIX)/share/doc/genred/LICENSE
644 classifier/model/CARD.md $(PREFIX)/share/doc/genred/model-card.md
644 etc/genred.conf $(PREFIX)/share/doc/genred/genred.conf
644 etc/genres.conf $(PREFIX)/share/doc/genred/genres.conf
644 etc/crontab.example $(PREFIX)/share/doc/genred/crontab.example
endef
install uninstall: export TABLE = $(INSTALLED)

install: $(PROGRAMS) docs
	$(Q)printf '%s\n' "$$TABLE" | while read -r mode file place; do \
		install -D -m "$$mode" "$$file" "$(DESTDIR)$$place" || exit 1; \
	done
	$(if $(DESTDIR),,@echo 'installed; a running service manager learns of it by: systemctl daemon-reload')

# Configuration and state stay.
uninstall:
	$(Q)printf '%s\n' "$$TABLE" | while read -r mode file place; do rm -f "$(DESTDIR)$$place"; done
	$(Q)rmdir "$(DESTDIR)$(PREFIX)/share/doc/genred" 2>/dev/null || true

deb:
	@sh tests/lint/deps.sh binutils dpkg-dev scdoc
	@rm -rf build/deb
	@$(MAKE) install DESTDIR=build/deb/root PREFIX=/usr SYSCONFDIR=/etc \
		ZSHDIR=/usr/share/zsh/vendor-completions
	$(call say,DEB,build/genred_$(VERSION)_*.deb)
	$(Q)sh etc/deb.sh build/deb $(VERSION); status=$$?; rm -rf build/deb; exit $$status

# The generated parts of README.md made anew; `make lint` tells when they are stale.
readme: $(OUT)/genrectl
	$(Q)sh etc/generate.sh $(OUT)/genrectl README.md >build/README.md && cat build/README.md >README.md
