#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/text.h"

struct kind {
    const char *name;
    enum err_class class;
};

static const struct kind kinds[ERR_N] = {
    [ERR_OK] = {"ok", ERR_CLASS_NONE},
    [ERR_BUG] = {"bug", ERR_CLASS_FAILED},
    [ERR_USAGE] = {"usage", ERR_CLASS_USAGE},
    [ERR_CONFIG] = {"config", ERR_CLASS_USAGE},
    [ERR_PARTLY] = {"partly", ERR_CLASS_PARTLY},
    [ERR_LOGIN] = {"login", ERR_CLASS_LOGIN},
    [ERR_PASSWORD] = {"password", ERR_CLASS_LOGIN},
    [ERR_TOKEN] = {"token", ERR_CLASS_FAILED},
    [ERR_SCOPE] = {"scope", ERR_CLASS_LOGIN},
    [ERR_PREMIUM] = {"premium", ERR_CLASS_FAILED},
    [ERR_ALLOWLIST] = {"allowlist", ERR_CLASS_FAILED},
    [ERR_REFUSED] = {"refused", ERR_CLASS_FAILED},
    [ERR_RATE] = {"rate", ERR_CLASS_LATER},
    [ERR_NETWORK] = {"network", ERR_CLASS_LATER},
    [ERR_UNREACHABLE] = {"unreachable", ERR_CLASS_UNREACHABLE},
    [ERR_CONFIRM] = {"confirm", ERR_CLASS_FAILED},
    [ERR_BUSY] = {"busy", ERR_CLASS_FAILED},
    [ERR_CANCELLED] = {"cancelled", ERR_CLASS_INTERRUPTED},
    [ERR_FORMAT] = {"format", ERR_CLASS_FAILED},
    [ERR_STORE] = {"store", ERR_CLASS_FAILED},
    [ERR_IO] = {"io", ERR_CLASS_FAILED},
};

/* One byte more than fits, so that text_copy sees a cut and makes it between characters. */
#define TEXT_MAX (sizeof(((struct err *)NULL)->text) + 1)

enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    assert(code != ERR_OK);
    if (e == NULL) {
        return code;
    }
    char text[TEXT_MAX]; /* not e->text itself, which may be among the arguments */
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    e->code = code;
    e->retry_at_s = 0;
    text_copy(e->text, sizeof(e->text), text);
    return code;
}

enum err_code err_wrap(struct err *e, const char *fmt, ...)
{
    assert(e != NULL);
    char text[TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    char joined[2 * TEXT_MAX];
    snprintf(joined, sizeof(joined), "%s: %s", text, e->text);
    text_copy(e->text, sizeof(e->text), joined);
    return e->code;
}

enum err_class err_class(enum err_code code)
{
    return (unsigned)code < ERR_N ? kinds[code].class : ERR_CLASS_FAILED;
}

int err_exit_status(enum err_code code)
{
    switch (err_class(code)) {
    case ERR_CLASS_NONE:
        return 0;
    case ERR_CLASS_FAILED:
        return 1;
    case ERR_CLASS_USAGE:
        return 2;
    case ERR_CLASS_PARTLY:
        return 3;
    case ERR_CLASS_LOGIN:
        return 4;
    case ERR_CLASS_UNREACHABLE:
        return 5;
    case ERR_CLASS_LATER:
        return 6;
    case ERR_CLASS_INTERRUPTED:
        return 130;
    }
    return 1;
}

const char *err_name(enum err_code code)
{
    return (unsigned)code < ERR_N ? kinds[code].name : kinds[ERR_BUG].name;
}

enum err_code err_code_of_name(const char *name)
{
    for (int i = 0; i < ERR_N; i++) {
        if (text_equal(name, kinds[i].name)) {
            return (enum err_code)i;
        }
    }
    return ERR_BUG;
}
