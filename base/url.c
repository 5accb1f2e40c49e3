#include "base/url.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The next decoded byte of a form-encoded part, -1 when it is malformed or NUL. *p < end. */
static int next_byte(const char **p, const char *end)
{
    char c = *(*p)++;
    if (c == '+') {
        return ' ';
    }
    if (c != '%') {
        return (unsigned char)c;
    }
    if (end - *p < 2) {
        return -1;
    }
    int high = hex_value((*p)[0]);
    int low = hex_value((*p)[1]);
    *p += 2;
    return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

static bool part_equals(const char *p, const char *end, const char *key)
{
    while (p < end) {
        int byte = next_byte(&p, end);
        if (byte < 0 || byte != (unsigned char)*key++) {
            return false;
        }
    }
    return *key == '\0';
}

static bool part_length(const char *p, const char *end, size_t *ret_len)
{
    size_t len = 0;
    for (; p < end; len++) {
        if (next_byte(&p, end) < 0) {
            return false;
        }
    }
    *ret_len = len;
    return true;
}

/* Where the parameters begin. A '?' may also stand inside a value, so that it counts only after a
 * scheme or a path, or before the first '='. */
static const char *query_start(const char *s)
{
    size_t n = strcspn(s, "?#");
    const char *scheme = strstr(s, "://");
    bool is_url = s[0] == '/' || (scheme != NULL && scheme < s + strcspn(s, "?#=&"));
    if (s[n] == '?' && (is_url || strcspn(s, "=&") > n)) {
        return s + n + 1;
    }
    return is_url ? s + n : s;
}

void url_encode(struct buf *b, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        char code[3] = {'%', hex[c >> 4], hex[c & 15]};
        if (is_unreserved(*s)) {
            buf_add_char(b, *s);
        } else {
            buf_add(b, code, sizeof(code));
        }
    }
}

void url_param(struct buf *b, const char *key, const char *value)
{
    if (b->len > 0 && b->data[b->len - 1] != '?') {
        buf_add_char(b, '&');
    }
    url_encode(b, key);
    buf_add_char(b, '=');
    url_encode(b, value);
}

bool url_query_get(const char *query, const char *key, char *out, size_t out_size)
{
    const char *p = query_start(query);
    const char *end = p + strcspn(p, "#");
    const char *next;
    for (; p < end; p = next) {
        size_t n = strcspn(p, "&#");
        const char *stop = p + n;
        next = stop < end ? stop + 1 : end;
        const char *equals = memchr(p, '=', n);
        const char *value = equals != NULL ? equals + 1 : stop;
        if (!part_equals(p, equals != NULL ? equals : stop, key)) {
            continue;
        }
        size_t len;
        if (!part_length(value, stop, &len) || len >= out_size) {
            return false;
        }
        for (size_t i = 0; i < len; i++) {
            out[i] = (char)next_byte(&value, stop);
        }
        out[len] = '\0';
        return true;
    }
    return false;
}

/* Length of a decimal number up to max without needless zeros, 0 if there is none. */
static size_t number_length(const char *s, unsigned max)
{
    size_t n = strspn(s, "0123456789");
    if (n == 0 || n > 5 || (n > 1 && s[0] == '0')) {
        return 0;
    }
    unsigned value = 0;
    for (size_t i = 0; i < n; i++) {
        value = value * 10 + (unsigned)(s[i] - '0');
    }
    return value <= max ? n : 0;
}

static size_t ipv4_loopback_length(const char *s)
{
    if (!text_starts_with(s, "127.")) {
        return 0;
    }
    size_t at = 4;
    for (int i = 0; i < 3; i++) {
        size_t n = number_length(s + at, 255);
        if (n == 0 || (i < 2 && s[at + n] != '.')) {
            return 0;
        }
        at += n + (i < 2);
    }
    return at;
}

bool url_is_loopback(const char *url)
{
    if (strncasecmp(url, "http://", 7) != 0) {
        return false;
    }
    const char *p = url + 7;
    if (strncasecmp(p, "localhost", 9) == 0) {
        p += 9;
    } else if (text_starts_with(p, "[::1]")) {
        p += 5;
    } else {
        size_t n = ipv4_loopback_length(p);
        if (n == 0) {
            return false;
        }
        p += n;
    }
    /* Nothing else may follow: "http://127.0.0.1@example.org" is another host. */
    if (*p == ':') {
        size_t n = number_length(p + 1, UINT16_MAX);
        if (n == 0) {
            return false;
        }
        p += 1 + n;
    }
    return *p == '\0' || *p == '/' || *p == '?' || *p == '#';
}
