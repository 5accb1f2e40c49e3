#include "base/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/text.h"

#define ROW_MAX     ((size_t)1 << 20)
#define WINDOW_SIZE (ROW_MAX + 65536)
/* An unclosed quote costs its own line only: the lines after it are read again. A file made of such
 * lines would be read over and over, so that there is an end to it. */
#define REREAD_MAX ((size_t)64 << 20)

struct csv {
    gzFile gz;
    char *name;   /* of the file, for messages */
    char *window; /* WINDOW_SIZE + 1; [at, end) is read and not yet used */
    size_t at;
    size_t end;
    bool eof;
    bool broken; /* reading failed: `why` says how, and nothing more comes */
    bool skip;   /* the line at window[at] was malformed and goes first */
    char why[128];
    size_t reread;
    char delimiter;
    char **header;
    size_t header_n;
    char **field; /* into the window */
    size_t field_n;
    size_t field_cap;
    int64_t line;      /* of the current row */
    int64_t next_line; /* of window[at] */
};

/* Reads until something new is in the window; false at the end of the file or when it is full. */
static bool fill(struct csv *c)
{
    if (c->at > 0) {
        memmove(c->window, c->window + c->at, c->end - c->at);
        c->end -= c->at;
        c->at = 0;
    }
    if (c->eof || c->end == WINDOW_SIZE) {
        return false;
    }
    int got = gzread(c->gz, c->window + c->end, (unsigned)(WINDOW_SIZE - c->end));
    int status = Z_OK;
    const char *why = gzerror(c->gz, &status);
    c->eof = got <= 0;
    if (got < 0 || (got == 0 && status != Z_OK && status != Z_STREAM_END)) {
        c->broken = true;
        text_copy(c->why, sizeof(c->why), status == Z_ERRNO ? strerror(errno) : why);
    }
    c->end += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* What ends the field whose first byte is window[from]. */
enum stop { STOP_DELIMITER, STOP_LINE, STOP_END, STOP_QUOTE, STOP_AFTER_QUOTE, STOP_LONG };

struct cursor {
    size_t at; /* from c->at on, as the window may move */
    int64_t lines;
};

/* The byte at cursor + ahead, -1 at the end of the file. */
static int peek(struct csv *c, const struct cursor *k, size_t ahead)
{
    while (c->at + k->at + ahead >= c->end) {
        if (!fill(c)) {
            return -1;
        }
    }
    return (unsigned char)c->window[c->at + k->at + ahead];
}

static enum stop stop_at(struct csv *c, const struct cursor *k, bool quoted)
{
    int byte = peek(c, k, 0);
    if (byte < 0) {
        return STOP_END;
    }
    if (byte == c->delimiter) {
        return STOP_DELIMITER;
    }
    if (byte == '\n' || byte == '\r') {
        return STOP_LINE;
    }
    return quoted ? STOP_AFTER_QUOTE : STOP_LONG;
}

/* Moves behind the closing quote; false when there is none. */
static bool quoted_skip(struct csv *c, struct cursor *k)
{
    for (k->at++; k->at < ROW_MAX; k->at++) {
        int byte = peek(c, k, 0);
        if (byte < 0) {
            return false;
        }
        k->lines += byte == '\n';
        if (byte != '"') {
            continue;
        }
        if (peek(c, k, 1) != '"') {
            k->at++;
            return true;
        }
        k->at++;
    }
    return false;
}

/* Moves to the end of the field. */
static enum stop field_skip(struct csv *c, struct cursor *k)
{
    if (peek(c, k, 0) == '"') {
        return quoted_skip(c, k) ? stop_at(c, k, true) : STOP_QUOTE;
    }
    for (; k->at < ROW_MAX; k->at++) {
        enum stop stop = stop_at(c, k, false);
        if (stop != STOP_LONG) {
            return stop;
        }
    }
    return STOP_LONG;
}

/* Finds the row's end without touching it: STOP_LINE, STOP_END, or what is wrong with it. */
static enum stop row_skip(struct csv *c, struct cursor *k)
{
    for (;;) {
        enum stop stop = field_skip(c, k);
        if (stop != STOP_DELIMITER) {
            return stop;
        }
        k->at++;
    }
}

/* Goes on behind the line that window[at] is in. */
static void line_drop(struct csv *c)
{
    struct cursor k = {0};
    for (;;) {
        int byte = peek(c, &k, 0);
        if (byte >= 0 && byte != '\n' && byte != '\r') {
            c->at++;
            continue;
        }
        if (byte >= 0) {
            c->at += byte == '\r' && peek(c, &k, 1) == '\n' ? 2 : 1;
            c->next_line++;
        }
        return;
    }
}

/* Unquotes in place. */
static void unquote(char *s, size_t n)
{
    char *out = s;
    if (n == 0 || s[0] != '"') {
        s[n] = '\0';
        return;
    }
    for (size_t i = 1; i < n; i++) {
        if (s[i] == '"') {
            i++; /* the second of a pair, or past the closing one */
        }
        if (i < n) {
            *out++ = s[i];
        }
    }
    *out = '\0';
}

static void field_add(struct csv *c, char *start, size_t n)
{
    if (c->field_n == c->field_cap) {
        c->field_cap = c->field_cap > 0 ? c->field_cap * 2 : 32;
        c->field = mem_resize(c->field, c->field_cap, sizeof(*c->field));
    }
    unquote(start, n);
    c->field[c->field_n++] = start;
}

/* Cuts row[0..n) into fields. */
static void row_cut(struct csv *c, char *row, size_t n)
{
    size_t start = 0;
    bool quoted = n > 0 && row[0] == '"';
    for (size_t i = quoted; i < n; i++) {
        if (quoted) {
            quoted = row[i] != '"' || (i + 1 < n && row[i + 1] == '"');
            i += row[i] == '"' && quoted;
            continue;
        }
        if (row[i] != c->delimiter) {
            continue;
        }
        field_add(c, row + start, i - start);
        start = i + 1;
        quoted = start < n && row[start] == '"';
        i += quoted;
    }
    field_add(c, row + start, n - start);
}

static int row_bad(struct csv *c, const char *why, struct err *e)
{
    c->field_n = 0;
    err_set(e, ERR_FORMAT, "%s, line %lld: %s", c->name, (long long)c->line, why);
    return -1;
}

static int row_broken(struct csv *c, struct err *e)
{
    c->broken = false;
    c->at = c->end;
    c->field_n = 0;
    err_set(e, ERR_IO, "cannot read %s beyond line %lld: %s", c->name, (long long)c->line, c->why);
    return -1;
}

static const char *stop_reason(enum stop stop)
{
    switch (stop) {
    case STOP_QUOTE:
        return "a quote is not closed within 1 MiB";
    case STOP_AFTER_QUOTE:
        return "text after a closing quote";
    case STOP_LONG:
        return "longer than 1 MiB";
    case STOP_DELIMITER:
    case STOP_LINE:
    case STOP_END:
        break;
    }
    return NULL;
}

static void blank_lines_drop(struct csv *c)
{
    struct cursor k = {0};
    for (;;) {
        int byte = peek(c, &k, 0);
        if (byte != '\n' && byte != '\r') {
            return;
        }
        line_drop(c);
    }
}

/* What is wrong with a row that ended at k; the bytes that will be read again are paid for. */
static int row_reject(struct csv *c, const struct cursor *k, enum stop stop, struct err *e)
{
    if (c->reread < REREAD_MAX) {
        c->reread += k->at;
    } else {
        c->at += k->at;
        c->next_line += k->lines;
    }
    c->skip = true; /* not now: of a header it would be for nothing, and it may have no end */
    return row_bad(c, stop_reason(stop), e);
}

int csv_next(struct csv *c, struct err *e)
{
    c->field_n = 0;
    if (c->skip) {
        c->skip = false;
        line_drop(c);
    }
    blank_lines_drop(c);
    c->line = c->next_line;
    struct cursor k = {0};
    if (peek(c, &k, 0) < 0) {
        return c->broken ? row_broken(c, e) : 0;
    }
    enum stop stop = row_skip(c, &k);
    if (c->broken) {
        return row_broken(c, e);
    }
    if (stop_reason(stop) != NULL) {
        return row_reject(c, &k, stop, e);
    }
    /* The line's end is looked at first: peeking moves the window. */
    size_t after = 0;
    if (stop == STOP_LINE) {
        after = peek(c, &k, 0) == '\r' && peek(c, &k, 1) == '\n' ? 2 : 1;
    }
    char *row = c->window + c->at;
    c->at += k.at + after;
    c->next_line += k.lines + (after > 0);
    if (memchr(row, '\0', k.at) != NULL || !text_is_utf8(row, k.at)) {
        return row_bad(c, "not UTF-8 text", e);
    }
    row_cut(c, row, k.at);
    return 1;
}

static bool name_ignores(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '_';
}

static bool name_equal(const char *a, const char *b)
{
    for (;;) {
        while (name_ignores(*a)) {
            a++;
        }
        while (name_ignores(*b)) {
            b++;
        }
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a | 0x20) : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b | 0x20) : *b;
        if (x != y || x == '\0') {
            return x == y;
        }
        a++;
        b++;
    }
}

/* The commonest of the three in the first line, outside of quotes. */
static char delimiter_find(struct csv *c)
{
    static const char candidates[3] = {',', ';', '\t'};
    size_t count[3] = {0};
    bool quoted = false;
    struct cursor k = {0};
    for (; k.at < ROW_MAX; k.at++) {
        int byte = peek(c, &k, 0);
        if (byte < 0 || (!quoted && (byte == '\n' || byte == '\r'))) {
            break;
        }
        quoted ^= byte == '"';
        for (size_t i = 0; i < 3 && !quoted; i++) {
            count[i] += byte == candidates[i];
        }
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++) {
        best = count[i] > count[best] ? i : best;
    }
    return candidates[best];
}

static enum err_code header_read(struct csv *c, struct err *e)
{
    struct cursor k = {0};
    int first = peek(c, &k, 0);
    int second = peek(c, &k, 1);
    if ((first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff)) {
        return err_set(e, ERR_FORMAT, "%s is UTF-16: save it as UTF-8", c->name);
    }
    if (first == 0xef && second == 0xbb && peek(c, &k, 2) == 0xbf) {
        c->at += 3;
    }
    blank_lines_drop(c);
    c->delimiter = delimiter_find(c);
    int got = csv_next(c, e);
    if (got < 0) {
        return e->code;
    }
    if (got == 0) {
        return err_set(e, ERR_FORMAT, "%s is empty: its first line should name the columns",
                       c->name);
    }
    c->header = mem_array(c->field_n, sizeof(*c->header));
    for (; c->header_n < c->field_n; c->header_n++) {
        c->header[c->header_n] = mem_strdup(c->field[c->header_n]);
    }
    c->field_n = 0;
    return ERR_OK;
}

static gzFile gz_open(const char *path)
{
    if (!text_equal(path, "-")) {
        return gzopen(path, "rbe");
    }
    int fd = dup(STDIN_FILENO);
    gzFile gz = fd >= 0 ? gzdopen(fd, "rb") : NULL;
    if (gz == NULL && fd >= 0) {
        close(fd);
    }
    return gz;
}

enum err_code csv_open(const char *path, struct csv **ret_csv, struct err *e)
{
    const char *name = text_equal(path, "-") ? "standard input" : path;
    errno = ENOMEM;
    gzFile gz = gz_open(path);
    if (gz == NULL) {
        return err_set(e, ERR_IO, "cannot open %s: %s", name, strerror(errno));
    }
    struct csv *c = mem_alloc(sizeof(*c));
    c->gz = gz;
    c->name = mem_strdup(name);
    c->window = mem_alloc(WINDOW_SIZE + 1);
    c->next_line = 1;
    enum err_code code = header_read(c, e);
    if (code != ERR_OK) {
        csv_close(c);
        return code;
    }
    *ret_csv = c;
    return ERR_OK;
}

void csv_close(struct csv *c)
{
    if (c == NULL) {
        return;
    }
    gzclose(c->gz);
    for (size_t i = 0; i < c->header_n; i++) {
        free(c->header[i]);
    }
    free(c->header);
    free(c->field);
    free(c->window);
    free(c->name);
    free(c);
}

size_t csv_column(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->header_n; i++) {
        if (name_equal(c->header[i], name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

const char *csv_field(const struct csv *c, size_t column)
{
    return column < c->field_n ? c->field[column] : "";
}

char csv_delimiter(const struct csv *c)
{
    return c->delimiter;
}

size_t csv_columns(const struct csv *c)
{
    return c->header_n;
}

size_t csv_fields(const struct csv *c)
{
    return c->field_n;
}

int64_t csv_line(const struct csv *c)
{
    return c->line;
}
