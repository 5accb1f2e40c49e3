#include "base/ini.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static bool is_comment(char c)
{
    return c == '#' || c == ';';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Ends an unquoted value before " #" or " ;". */
static void comment_cut(char *value)
{
    for (size_t i = 0; value[i] != '\0'; i++) {
        if (is_comment(value[i]) && (i == 0 || is_blank(value[i - 1]))) {
            value[i] = '\0';
            return;
        }
    }
}

/* NULL when the quotes do not match. */
static char *value_read(char *text)
{
    if (*text != '"') {
        comment_cut(text);
        return text_trim(text);
    }
    char *end = strchr(text + 1, '"');
    if (end == NULL) {
        return NULL;
    }
    char *rest = text_trim(end + 1);
    if (*rest != '\0' && !is_comment(*rest)) {
        return NULL;
    }
    *end = '\0';
    return text + 1;
}

/* "[name]" with perhaps a comment after it; NULL when it is malformed. */
static char *section_read(char *line)
{
    char *end = strchr(line, ']');
    if (end == NULL) {
        return NULL;
    }
    char *rest = text_trim(end + 1);
    if (*rest != '\0' && !is_comment(*rest)) {
        return NULL;
    }
    *end = '\0';
    char *name = text_trim(line + 1);
    return *name != '\0' ? name : NULL;
}

struct parse {
    ini_key_fn *fn;
    void *ctx;
    char *section;
    int line;
};

static enum err_code malformed(const struct parse *p, const char *why, struct err *e)
{
    return err_set(e, ERR_CONFIG, "line %d: %s", p->line, why);
}

static enum err_code line_take(struct parse *p, char *line, struct err *e)
{
    line = text_trim(line);
    if (*line == '\0' || is_comment(*line)) {
        return ERR_OK;
    }
    if (*line == '[') {
        char *name = section_read(line);
        if (name == NULL) {
            return malformed(p, "a section is written [name]", e);
        }
        free(p->section);
        p->section = mem_strdup(name);
        return ERR_OK;
    }
    char *equals = strchr(line, '=');
    if (equals == NULL || equals == line) {
        return malformed(p, "neither [section] nor key = value", e);
    }
    *equals = '\0';
    char *value = value_read(text_trim(equals + 1));
    if (value == NULL) {
        return malformed(p, "the quotes around the value do not match", e);
    }
    return p->fn(p->ctx, p->section, text_trim(line), value, p->line, e);
}

enum err_code ini_parse(const char *text, size_t n, ini_key_fn *fn, void *ctx, struct err *e)
{
    struct parse p = {.fn = fn, .ctx = ctx, .section = mem_strdup("")};
    const char *at = text;
    const char *end = text + n;
    enum err_code code = ERR_OK;
    if (n >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        at += 3;
    }
    while (at < end && code == ERR_OK) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop != NULL ? stop : end) - at);
        p.line++;
        if (memchr(at, '\0', len) != NULL || !text_is_utf8(at, len)) {
            code = malformed(&p, "not UTF-8 text", e);
            break;
        }
        char *line = mem_strndup(at, len);
        code = line_take(&p, line, e);
        free(line);
        at += len + (stop != NULL);
    }
    free(p.section);
    return code;
}
