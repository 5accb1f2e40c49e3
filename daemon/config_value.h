/* One value of the configuration: from the text that a person wrote into the field of struct
 * config. */
#ifndef DAEMON_CONFIG_VALUE_H
#define DAEMON_CONFIG_VALUE_H

#include <stdbool.h>

#include "base/err.h"
#include "daemon/config.h"

/* Where a value came from. */
struct config_origin {
    const char *dir; /* absolute; relative paths start here */
    char *name;      /* for warnings: "FILE: line 3", "environment NAME" */
};

/* Replaces the field; it is untouched on ERR_CONFIG. Unknown sources go to c->warnings. */
ERR_NODISCARD enum err_code config_value_take(struct config *c, const struct config_key *k,
                                              const char *value, const struct config_origin *from,
                                              struct err *e);
/* Whether the empty text is a value of its own, not a word for the default. */
bool config_value_may_be_empty(enum config_type type);

/* Places of sorting, as [sort] from has them, in place of what ret holds; ERR_CONFIG. Caller:
 * config_value_list_free. */
ERR_NODISCARD enum err_code config_value_places(const char *text, struct config_list *ret,
                                                struct err *e);

/* Owns s; a second one of the same text is dropped. */
void config_value_list_add(struct config_list *l, char *s);
void config_value_list_free(struct config_list *l);

#endif
