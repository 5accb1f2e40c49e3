/* What people read about the commands, printed from their tables. */
#ifndef DAEMON_COMMAND_DOC_H
#define DAEMON_COMMAND_DOC_H

#include "base/buf.h"
#include "daemon/command.h"

/* --help: all commands (NULL), or one of them. */
void command_doc_help(const struct command_row *row, struct buf *b);
/* The reference: Markdown for the README, scdoc for genrectl(1). */
void command_doc_markdown(struct buf *b);
void command_doc_scdoc(struct buf *b);

#endif
