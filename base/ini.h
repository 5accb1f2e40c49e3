/* The configuration file's syntax: [section], key = value, # and ; comments, quoted values. */
#ifndef BASE_INI_H
#define BASE_INI_H

#include <stddef.h>

#include "base/err.h"

/* Called per key; a value keeps inner blanks, outer double quotes are taken off. A comment may also
 * follow a value after a blank; a value with " #" or " ;" in it is quoted. Returning an error
 * stops. */
typedef enum err_code ini_key_fn(void *ctx, const char *section, const char *key, const char *value,
                                 int line, struct err *e);

/* text[0..n). ERR_CONFIG names the line ("line 3: ...") of a malformed one. */
ERR_NODISCARD enum err_code ini_parse(const char *text, size_t n, ini_key_fn *fn, void *ctx,
                                      struct err *e);

#endif
