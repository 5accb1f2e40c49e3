#include "base/json_scan.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define DEPTH_MAX  128
#define VALUES_MAX ((size_t)1 << 20) /* some 80 bytes each in cJSON */
#define NUMBER_MAX 63                /* cJSON cuts longer ones */

struct scan {
    const char *p;
    const char *end;
    const char *why; /* set by what fails */
    size_t values;
    size_t depth;
    char closer[DEPTH_MAX];
};

static bool fail(struct scan *s, const char *why)
{
    s->why = why;
    return false;
}

static void skip_blanks(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r')) {
        s->p++;
    }
}

static bool skip_char(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c) {
        return false;
    }
    s->p++;
    return true;
}

static size_t skip_digits(struct scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9') {
        s->p++;
    }
    return (size_t)(s->p - from);
}

static bool scan_hex4(struct scan *s, unsigned *ret_unit)
{
    unsigned unit = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = s->p < s->end ? memchr(digits, *s->p, sizeof(digits) - 1) : NULL;
        if (digit == NULL) {
            return fail(s, "bad \\u escape");
        }
        unit = unit << 4 | (unsigned)((digit - digits) & 15);
        s->p++;
    }
    *ret_unit = unit;
    return true;
}

static bool scan_escape(struct scan *s)
{
    unsigned unit;
    if (s->p == s->end) {
        return fail(s, "unclosed string");
    }
    char c = *s->p++;
    if (c != 'u') {
        return memchr("\"\\/bfnrt", c, 8) != NULL || fail(s, "bad escape");
    }
    if (!scan_hex4(s, &unit)) {
        return false;
    }
    if (unit == 0) {
        return fail(s, "NUL in a string");
    }
    if (unit < 0xd800 || unit > 0xdfff) {
        return true;
    }
    if (unit > 0xdbff || !skip_char(s, '\\') || !skip_char(s, 'u') || !scan_hex4(s, &unit) ||
        unit < 0xdc00 || unit > 0xdfff) {
        return fail(s, "lone surrogate");
    }
    return true;
}

static bool scan_string(struct scan *s)
{
    if (!skip_char(s, '"')) {
        return fail(s, "a string is missing");
    }
    while (!skip_char(s, '"')) {
        if (s->p == s->end) {
            return fail(s, "unclosed string");
        }
        if ((unsigned char)*s->p < 0x20) {
            return fail(s, "control character in a string");
        }
        if (skip_char(s, '\\')) {
            if (!scan_escape(s)) {
                return false;
            }
            continue;
        }
        uint32_t c;
        size_t len = text_utf8_next(s->p, (size_t)(s->end - s->p), &c);
        if (len == 0) {
            return fail(s, "bad UTF-8");
        }
        s->p += len;
    }
    return true;
}

static bool scan_number(struct scan *s)
{
    const char *from = s->p;
    skip_char(s, '-');
    if (!skip_char(s, '0') && skip_digits(s) == 0) {
        return fail(s, "bad number");
    }
    if (skip_char(s, '.') && skip_digits(s) == 0) {
        return fail(s, "bad number");
    }
    if (skip_char(s, 'e') || skip_char(s, 'E')) {
        if (!skip_char(s, '-')) {
            skip_char(s, '+');
        }
        if (skip_digits(s) == 0) {
            return fail(s, "bad number");
        }
    }
    return s->p - from <= NUMBER_MAX || fail(s, "number too long");
}

static bool scan_scalar(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    if (*s->p == '"') {
        return scan_string(s);
    }
    if (*s->p == '-' || (*s->p >= '0' && *s->p <= '9')) {
        return scan_number(s);
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(s->end - s->p) >= n && memcmp(s->p, words[i], n) == 0) {
            s->p += n;
            return true;
        }
    }
    return fail(s, "unexpected character");
}

static bool scan_key(struct scan *s)
{
    skip_blanks(s);
    if (!scan_string(s)) {
        return false;
    }
    skip_blanks(s);
    return skip_char(s, ':') || fail(s, "':' is missing");
}

/* Steps into an object or array; *ret_empty when it was closed again at once. */
static bool scan_open(struct scan *s, bool *ret_empty)
{
    if (s->depth == DEPTH_MAX) {
        return fail(s, "nested too deeply");
    }
    char closer = *s->p++ == '{' ? '}' : ']';
    s->closer[s->depth++] = closer;
    skip_blanks(s);
    *ret_empty = skip_char(s, closer);
    if (*ret_empty) {
        s->depth--;
        return true;
    }
    return closer == ']' || scan_key(s);
}

/* After a value: closes what ends here and steps over a comma to the next value, if there is one.
 */
static bool scan_after(struct scan *s)
{
    while (s->depth > 0) {
        skip_blanks(s);
        char closer = s->closer[s->depth - 1];
        if (skip_char(s, ',')) {
            return closer == ']' || scan_key(s);
        }
        if (!skip_char(s, closer)) {
            return fail(s, s->p == s->end ? "cut off" : "',' or an end is missing");
        }
        s->depth--;
    }
    return true;
}

static bool scan_text(struct scan *s)
{
    do {
        bool complete = true;
        skip_blanks(s);
        if (s->p == s->end) {
            return fail(s, s->values == 0 ? "empty" : "cut off");
        }
        if (++s->values > VALUES_MAX) {
            return fail(s, "too many values");
        }
        if (*s->p == '{' || *s->p == '[') {
            if (!scan_open(s, &complete)) {
                return false;
            }
        } else if (!scan_scalar(s)) {
            return false;
        }
        if (complete && !scan_after(s)) {
            return false;
        }
    } while (s->depth > 0);
    skip_blanks(s);
    return s->p == s->end || fail(s, "something follows the value");
}

size_t json_scan(const char *text, size_t n, const char **ret_why)
{
    struct scan s = {.p = text, .end = text + n};
    if (!scan_text(&s)) {
        *ret_why = s.why;
    }
    return (size_t)(s.p - text);
}
