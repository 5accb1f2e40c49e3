/* Small values of the program and the app, under a name. */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include <stdint.h>

#include "base/buf.h"
#include "store/store.h"

/* Empty when there is none. */
ERR_NODISCARD enum err_code store_setting_get(struct store *s, const char *key,
                                              struct buf *ret_value, struct err *e);
ERR_NODISCARD enum err_code store_setting_put(struct store *s, const char *key, const void *value,
                                              size_t n, struct err *e);
ERR_NODISCARD enum err_code store_setting_drop(struct store *s, const char *key, struct err *e);

#endif
