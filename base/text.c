#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "base/mem.h"

#define DAY_S 86400

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

size_t text_utf8_next(const char *s, size_t n, uint32_t *ret_codepoint)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *u = (const unsigned char *)s;
    if (n == 0) {
        return 0;
    }
    if (u[0] < 0x80) {
        *ret_codepoint = u[0];
        return 1;
    }
    if (u[0] < 0xc2 || u[0] > 0xf4) {
        return 0;
    }
    size_t len = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
    if (n < len) {
        return 0;
    }
    uint32_t c = u[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((u[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (u[i] & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        return 0;
    }
    *ret_codepoint = c;
    return len;
}

bool text_is_utf8(const char *s, size_t n)
{
    uint32_t c;
    while (n > 0) {
        size_t len = text_utf8_next(s, n, &c);
        if (len == 0) {
            return false;
        }
        s += len;
        n -= len;
    }
    return true;
}

/* Bytes that c takes as UTF-8, put into out. */
static size_t utf8_put(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (char)((0xf00u >> len & 0xf0) | c);
    return len;
}

bool text_copy(char *out, size_t out_size, const char *s)
{
    assert(out_size > 0);
    size_t n = strnlen(s, out_size);
    bool fits = n < out_size;
    if (!fits) {
        n = out_size - 1;
        for (int i = 0; i < 3 && n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; i++) {
            n--;
        }
    }
    memcpy(out, s, n);
    out[n] = '\0';
    return fits;
}

char *text_trim(char *s)
{
    while (is_blank(*s)) {
        s++;
    }
    size_t n = strlen(s);
    while (n > 0 && is_blank(s[n - 1])) {
        n--;
    }
    s[n] = '\0';
    return s;
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool text_starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_to_int(const char *s, int64_t min, int64_t max, int64_t *ret_value)
{
    if (!is_digit(s[*s == '-' || *s == '+'])) {
        return false;
    }
    char *end;
    errno = 0;
    long long value = strtoll(s, &end, 10);
    if (errno != 0 || *end != '\0' || value < min || value > max) {
        return false;
    }
    *ret_value = value;
    return true;
}

bool text_to_num(const char *s, double min, double max, double *ret_value)
{
    /* Only these characters, since strtod also takes blanks, hexadecimal, "inf" and "nan". */
    if (*s == '\0' || s[strspn(s, "0123456789+-.eE")] != '\0') {
        return false;
    }
    /* A constant of glibc, which needs no freelocale. */
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char *end;
    double value = strtod_l(s, &end, c);
    freelocale(c);
    if (end == s || *end != '\0' || !isfinite(value) || value < min || value > max) {
        return false;
    }
    *ret_value = value;
    return true;
}

bool text_to_bool(const char *s, bool *ret_value)
{
    static const char *const words[][2] = {
        {"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}};
    for (size_t i = 0; i < 8; i++) {
        if (strcasecmp(s, words[i / 2][i % 2]) == 0) {
            *ret_value = i % 2 == 1;
            return true;
        }
    }
    return false;
}

static const struct {
    char letter;
    const char *name;
    int64_t ms;
} units[] = {
    {'d', "d", 86400000}, {'h', "h", 3600000}, {'m', "min", 60000}, {'s', "s", 1000}, {0, "ms", 1}};

#define UNITS (sizeof(units) / sizeof(units[0]))

bool text_to_duration_ms(const char *s, int64_t *ret_ms)
{
    size_t n = strspn(s, "0123456789.");
    char number[32];
    if (n == 0 || n >= sizeof(number)) {
        return false;
    }
    memcpy(number, s, n);
    number[n] = '\0';
    const char *unit = s[n] != '\0' ? s + n : "s";
    char letter = strcmp(unit, "ms") == 0 ? '\0' : unit[0];
    if (letter != '\0' && unit[1] != '\0') {
        return false;
    }
    for (size_t i = 0; i < UNITS; i++) {
        int64_t value;
        double part;
        if (units[i].letter != letter) {
            continue;
        }
        if (text_to_int(number, 0, INT64_MAX / units[i].ms, &value)) {
            *ret_ms = value * units[i].ms;
            return true;
        }
        if (strchr(number, '.') != NULL && text_to_num(number, 0, 1e6, &part)) {
            *ret_ms = (int64_t)(part * (double)units[i].ms + 0.5);
            return true;
        }
    }
    return false;
}

void text_duration(int64_t ms, char *out, size_t out_size)
{
    if (ms <= 0) {
        text_copy(out, out_size, "0 s");
        return;
    }
    size_t i = 0;
    while (ms < units[i].ms) {
        i++;
    }
    int64_t first = ms / units[i].ms;
    /* Milliseconds only stand alone: nobody reads "2 s 31 ms". */
    int64_t second = i + 2 < UNITS ? ms % units[i].ms / units[i + 1].ms : 0;
    if (second == 0) {
        snprintf(out, out_size, "%lld %s", (long long)first, units[i].name);
    } else {
        snprintf(out, out_size, "%lld %s %lld %s", (long long)first, units[i].name,
                 (long long)second, units[i + 1].name);
    }
}

/* Both by Howard Hinnant, "chrono-compatible low-level date algorithms"; day 0 is 1970-01-01. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_from_days(int64_t days, int date[3])
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    date[2] = (int)(of_year - (153 * month + 2) / 5 + 1);
    date[1] = (int)(month < 10 ? month + 3 : month - 9);
    date[0] = (int)(year + era * 400 + (date[1] <= 2));
}

void text_time(int64_t utc_s, char *out, size_t out_size)
{
    int64_t first = days_from_date(0, 1, 1) * DAY_S;
    int64_t last = days_from_date(10000, 1, 1) * DAY_S - 1;
    utc_s = utc_s < first ? first : utc_s > last ? last : utc_s;
    int64_t second = (utc_s % DAY_S + DAY_S) % DAY_S;
    int date[3];
    date_from_days((utc_s - second) / DAY_S, date);
    snprintf(out, out_size, "%04d-%02d-%02dT%02d:%02d:%02dZ", date[0], date[1], date[2],
             (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool text_to_time(const char *s, int64_t *ret_utc_s)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    int part[6] = {0}; /* year, month, day, hour, minute, second */
    size_t at = 0;
    size_t i = 0;
    for (; shape[i] != '\0'; i++) {
        if (shape[i] == 'd' ? !is_digit(s[i]) : s[i] != shape[i]) {
            return false;
        }
        at += shape[i] != 'd';
        if (shape[i] == 'd') {
            part[at] = part[at] * 10 + (s[i] - '0');
        }
    }
    if (s[i] == '.' && is_digit(s[i + 1])) {
        i += 1 + strspn(s + i + 1, "0123456789");
    }
    if (s[i] != 'Z' || s[i + 1] != '\0') {
        return false;
    }
    if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > days_in_month(part[0], part[1]) ||
        part[3] > 23 || part[4] > 59 || part[5] > 59) {
        return false;
    }
    *ret_utc_s =
        days_from_date(part[0], part[1], part[2]) * DAY_S + part[3] * 3600 + part[4] * 60 + part[5];
    return true;
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: no part is edited twice. */
size_t text_distance(const char *a, const char *b)
{
    size_t rows = strlen(a);
    size_t columns = strlen(b);
    size_t *cells = mem_array(3 * (columns + 1), sizeof(*cells));
    size_t *row[3] = {cells, cells + columns + 1, cells + 2 * (columns + 1)};
    for (size_t j = 0; j <= columns; j++) {
        row[1][j] = j;
    }
    for (size_t i = 1; i <= rows; i++) {
        size_t *now = row[2];
        now[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            now[j] = row[1][j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least_of(now[j], least_of(row[1][j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = least_of(now[j], row[0][j - 2] + 1);
            }
        }
        row[2] = row[0];
        row[0] = row[1];
        row[1] = now;
    }
    size_t distance = row[1][columns];
    free(cells);
    return distance;
}

static char *lowered(const char *s)
{
    char *copy = mem_strdup(s);
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    }
    return copy;
}

const char *text_nearest(const char *s, const char *const *names, size_t n)
{
    const char *nearest = NULL;
    size_t best = SIZE_MAX;
    char *wanted = lowered(s);
    size_t wanted_len = strlen(wanted);
    for (size_t i = 0; i < n; i++) {
        char *name = lowered(names[i]);
        size_t name_len = strlen(name);
        size_t longer = wanted_len > name_len ? wanted_len : name_len;
        size_t distance = text_distance(wanted, name);
        free(name);
        if (distance < best && distance * 3 <= longer) {
            best = distance;
            nearest = names[i];
        }
    }
    free(wanted);
    return nearest;
}

/* The character that the reference at s stands for and the reference's length; 0 if it is none. */
static size_t reference_read(const char *s, uint32_t *ret_codepoint)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        if (text_starts_with(s, named[i].name)) {
            *ret_codepoint = (unsigned char)named[i].c;
            return strlen(named[i].name);
        }
    }
    if (s[1] != '#') {
        return 0;
    }
    bool hex = s[2] == 'x' || s[2] == 'X';
    size_t at = hex ? 3 : 2;
    size_t digits = strspn(s + at, hex ? "0123456789abcdefABCDEF" : "0123456789");
    if (digits == 0 || digits > 8 || s[at + digits] != ';') {
        return 0;
    }
    unsigned long c = strtoul(s + at, NULL, hex ? 16 : 10);
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        return 0;
    }
    *ret_codepoint = (uint32_t)c;
    return at + digits + 1;
}

void text_unescape_html(char *s)
{
    char *out = s;
    while (*s != '\0') {
        uint32_t c = 0;
        size_t n = *s == '&' ? reference_read(s, &c) : 0;
        if (n == 0) {
            *out++ = *s++;
            continue;
        }
        out += utf8_put(c, out); /* a reference is never shorter than what it stands for */
        s += n;
    }
    *out = '\0';
}

/* One character and the columns it takes; what cannot be shown as it is counts as a '?'. */
static size_t shown_next(const char *s, size_t n, size_t *ret_columns, bool *ret_plain)
{
    uint32_t c = 0;
    size_t len = text_utf8_next(s, n, &c);
    *ret_plain = len > 0 && c >= 0x20 && (c < 0x7f || c >= 0xa0);
    /* -1 also when the locale does not know the character, which the terminal may well do. */
    int width = *ret_plain ? wcwidth((wchar_t)c) : 1;
    *ret_columns = width < 0 ? 1 : (size_t)width;
    return len > 0 ? len : 1;
}

size_t text_columns(const char *s)
{
    size_t total = 0;
    size_t n = strlen(s);
    while (n > 0) {
        size_t columns;
        bool plain;
        size_t len = shown_next(s, n, &columns, &plain);
        total += columns;
        s += len;
        n -= len;
    }
    return total;
}

void text_fit(const char *s, size_t columns, char *out, size_t out_size)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    assert(out_size > 0);
    size_t n = strlen(s);
    bool cut = text_columns(s) > columns;
    size_t room = cut && columns > 0 ? columns - 1 : columns;
    size_t used = 0;
    size_t at = 0;
    while (n > 0) {
        size_t wide;
        bool plain;
        size_t len = shown_next(s, n, &wide, &plain);
        if (used + wide > room || at + len >= out_size) {
            break;
        }
        memcpy(out + at, plain ? s : "?", plain ? len : 1);
        at += plain ? len : 1;
        used += wide;
        s += len;
        n -= len;
    }
    if (cut && columns > 0 && at + sizeof(ellipsis) <= out_size) {
        memcpy(out + at, ellipsis, sizeof(ellipsis) - 1);
        at += sizeof(ellipsis) - 1;
        used++;
    }
    for (; used < columns && at + 1 < out_size; used++) {
        out[at++] = ' ';
    }
    out[at] = '\0';
}

uint64_t text_hash(const void *p, size_t n, uint64_t seed)
{
    const unsigned char *u = p;
    for (size_t i = 0; i < n; i++) {
        seed = (seed ^ u[i]) * 0x100000001b3u;
    }
    return seed;
}
