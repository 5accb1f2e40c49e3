/* Any bytes as a backup: refused with a line's number, or records whose strings are UTF-8, come in
 * order and, written again, are the fields that they were read from. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/backup_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
    if (!ok) {
        abort();
    }
}

/* The field is found in the line it came from, once it is escaped. */
static void check_field(const char *data, size_t size, const char *field)
{
    struct buf b;
    buf_init(&b, 2 * BACKUP_TEXT_LINE_MAX + 16);
    backup_text_add(&b, field);
    check(!b.overflow && text_is_utf8(field, strlen(field)));
    check(memmem(data, size, buf_str(&b), b.len) != NULL);
    buf_free(&b);
}

static void check_record(const char *data, size_t size, const struct backup_text_record *r)
{
    const char *const fields[] = {r->id, r->name, r->genre, r->marker, r->by};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i] != NULL) {
            check_field(data, size, fields[i]);
        }
    }
    check(r->p <= 1 && r->song.n_artists <= BACKUP_TEXT_ARTISTS);
    for (size_t i = 0; i < r->song.n_artists; i++) {
        check_field(data, size, r->song.artists[i].sid);
        check_field(data, size, r->song.artists[i].name);
    }
    if (r->kind == BACKUP_TEXT_SONG) {
        check_field(data, size, r->song.name);
        check_field(data, size, r->song.album);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct backup_text b;
    struct backup_text_record r = {.kind = BACKUP_TEXT_ACCOUNT};
    struct err e = {0};
    int64_t line = 0;
    backup_text_open(&b, (const char *)data, size);
    while (r.kind != BACKUP_TEXT_END && backup_text_next(&b, &r, &e) == ERR_OK) {
        check(r.line > line);
        line = r.line;
        check_record((const char *)data, size, &r);
    }
    check(r.kind == BACKUP_TEXT_END || text_starts_with(e.text, "line "));
    backup_text_close(&b);
    return 0;
}
