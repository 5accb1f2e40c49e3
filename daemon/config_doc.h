/* What people read about the configuration, printed from its table of keys. */
#ifndef DAEMON_CONFIG_DOC_H
#define DAEMON_CONFIG_DOC_H

#include "base/buf.h"

/* The commented default file, etc/genred.conf. */
void config_doc_file(struct buf *b);
/* The reference: Markdown for the README, scdoc for genred.conf(5). */
void config_doc_markdown(struct buf *b);
void config_doc_scdoc(struct buf *b);

#endif
