/* Completions for shells, printed from the tables of commands and flags. */
#ifndef DAEMON_COMMAND_COMPLETE_H
#define DAEMON_COMMAND_COMPLETE_H

#include "base/buf.h"
#include "base/err.h"

/* For "bash", "zsh" or "fish", else ERR_USAGE. */
ERR_NODISCARD enum err_code command_complete_print(const char *shell, struct buf *b, struct err *e);

#endif
