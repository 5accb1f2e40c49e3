/* Any bytes: every key that is reported is neither empty nor blank at its ends, and lines count up.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ini.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err_code check(void *ctx, const char *section, const char *key, const char *value,
                           int line, struct err *e)
{
    int *last = ctx;
    size_t n = strlen(key);
    if (n == 0 || key[0] == ' ' || key[n - 1] == ' ' || line <= *last ||
        !text_is_utf8(value, strlen(value)) || strchr(section, '\n') != NULL) {
        abort();
    }
    *last = line;
    return line == 1000 ? err_set(e, ERR_CONFIG, "enough") : ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int last = 0;
    struct err e = {.code = ERR_OK};
    enum err_code code = ini_parse((const char *)data, size, check, &last, &e);
    if (code != e.code || (code != ERR_OK && code != ERR_CONFIG)) {
        abort();
    }
    return 0;
}
