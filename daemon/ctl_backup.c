#include "daemon/ctl_backup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/text.h"
#include "store/backup_text.h"

/* A character takes up to six bytes in JSON, and the daemon takes 64 KiB in one body. */
#define PIECE_BYTES  10000
#define UPLOAD_CHARS 22

struct counts {
    int64_t playlists;
    int64_t items;
    int64_t labels;
    int64_t exclusions;
};

/* Goes through the whole text, so that what cannot be used is told before anything is sent. */
static enum err_code examine(const struct buf *text, struct counts *ret, struct err *e)
{
    struct backup_text b;
    struct backup_text_record r = {.kind = BACKUP_TEXT_ACCOUNT};
    struct counts n = {0};
    enum err_code code = ERR_OK;
    backup_text_open(&b, buf_str(text), text->len);
    while (code == ERR_OK && r.kind != BACKUP_TEXT_END) {
        code = backup_text_next(&b, &r, e);
        n.playlists += r.kind == BACKUP_TEXT_PLAYLIST;
        n.items += r.kind == BACKUP_TEXT_ITEM;
        n.labels += r.kind == BACKUP_TEXT_CORRECTION;
        n.exclusions += r.kind == BACKUP_TEXT_EXCLUSION;
    }
    backup_text_close(&b);
    if (code == ERR_OK) {
        *ret = n;
    }
    return code;
}

/* --- backup ------------------------------------------------------------------------------------
 */

static enum err_code fetch(struct ctl *c, struct buf *text, struct err *e)
{
    struct ctl_http http = {.fd = -1};
    struct json *failure = NULL;
    struct err ignored;
    enum err_code code = ctl_daemon_open(&c->daemon, &http, e);
    if (code == ERR_OK) {
        code = ctl_http_ask(&http, "GET", "/api/backup", NULL, e);
    }
    if (code == ERR_OK) {
        code = ctl_http_read_all(&http, text, e);
    }
    if (code == ERR_OK && http.status != 200) {
        bool told = json_parse(buf_str(text), text->len, &failure, &ignored) == ERR_OK;
        code = told ? ctl_failure(c, failure, e)
                    : err_set(e, ERR_BUG, "the daemon answers with status %d", http.status);
        json_free(failure);
    }
    ctl_http_close(&http);
    return code;
}

static void show_written(const struct ctl *c, const char *path, const struct counts *n)
{
    if (c->json) {
        struct json *j = json_object();
        json_set_str(j, "file", path);
        json_set_int(j, "playlists", n->playlists);
        json_set_int(j, "items", n->items);
        json_set_int(j, "labels", n->labels);
        json_set_int(j, "exclusions", n->exclusions);
        ctl_print_json(j);
        json_free(j);
    } else {
        printf("%s: %lld playlists with %lld songs, %lld labels, %lld exclusions\n", path,
               (long long)n->playlists, (long long)n->items, (long long)n->labels,
               (long long)n->exclusions);
    }
}

enum err_code ctl_backup_run(struct ctl *c, struct err *e)
{
    const char *path = c->command.n_args > 0 ? c->command.args[0] : "-";
    bool to_file = !text_equal(path, "-");
    struct buf text;
    struct counts n;
    if (c->json && !to_file) {
        return err_set(e, ERR_USAGE, "backup --json needs a FILE: the backup itself is no JSON");
    }
    buf_init(&text, BACKUP_TEXT_MAX);
    enum err_code code = fetch(c, &text, e);
    if (code == ERR_OK && examine(&text, &n, e) != ERR_OK) {
        code = err_set(e, ERR_BUG, "the backup that the daemon made cannot be read again");
    }
    if (code == ERR_OK && to_file) {
        code = file_write(path, buf_str(&text), text.len, 0600, e);
    } else if (code == ERR_OK) {
        size_t wrote = fwrite(buf_str(&text), 1, text.len, stdout);
        if (wrote != text.len || fflush(stdout) != 0) {
            code = err_set(e, ERR_IO, "cannot write the backup: %s", strerror(errno));
        }
    }
    if (code == ERR_OK && to_file) {
        show_written(c, path, &n);
    }
    buf_free(&text);
    return code;
}

/* --- restore -----------------------------------------------------------------------------------
 */

static enum err_code load(const char *path, struct buf *text, struct err *e)
{
    struct counts n;
    enum err_code code = file_read(path, text, e);
    if (code == ERR_OK && examine(text, &n, e) != ERR_OK) {
        code = err_wrap(e, "%s", path);
    }
    return code;
}

/* Bytes of the next piece: it ends where a line or, of a long one, a character does. */
static size_t piece_of(const char *text, size_t left)
{
    size_t n = left < PIECE_BYTES ? left : PIECE_BYTES;
    while (n < left && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80) {
        n--;
    }
    return n;
}

static enum err_code send_pieces(struct ctl *c, const struct buf *text, struct json **ret_answer,
                                 struct err *e)
{
    char upload[UPLOAD_CHARS + 1];
    size_t at = 0;
    enum err_code code = ERR_OK;
    rand_token(upload, UPLOAD_CHARS);
    while (code == ERR_OK && at < text->len) {
        size_t n = piece_of(text->data + at, text->len - at);
        char *piece = mem_strndup(text->data + at, n);
        struct json *body = json_object();
        json_set_str(body, "upload", upload);
        json_set_int(body, "at", (int64_t)at);
        json_set_str(body, "text", piece);
        at += n;
        json_set_bool(body, "done", at == text->len);
        code = ctl_ask(c, "POST", "/api/restore", body, at == text->len ? ret_answer : NULL, e);
        json_free(body);
        free(piece);
    }
    return code;
}

static void show_restored(const struct json *answer)
{
    int64_t known = json_get_int(answer, "playlists_known", 0);
    int64_t dead = json_get_int(answer, "labels_left_out", 0);
    printf("%lld playlists with %lld songs, %lld labels, %lld exclusions taken over\n",
           (long long)json_get_int(answer, "playlists", 0),
           (long long)json_get_int(answer, "items", 0),
           (long long)json_get_int(answer, "labels", 0),
           (long long)json_get_int(answer, "exclusions", 0));
    if (known > 0) {
        printf("%lld playlists were known already and stay as they are\n", (long long)known);
    }
    if (dead > 0) {
        printf("%lld labels are of genres that are not here, and were left out: if these stand in "
               "genres.conf, put that file in its place and restore once more\n",
               (long long)dead);
    }
    puts(json_get_bool(answer, "logged_in", false)
             ? "next: genrectl sort --wait, so that all sources are heard before a song moves"
             : "next: genrectl login, then genrectl sort --wait");
}

enum err_code ctl_backup_restore(struct ctl *c, struct err *e)
{
    struct buf text;
    struct json *answer = NULL;
    buf_init(&text, BACKUP_TEXT_MAX);
    enum err_code code = load(c->command.args[0], &text, e);
    if (code == ERR_OK) {
        code = send_pieces(c, &text, &answer, e);
    }
    if (code == ERR_OK && c->json) {
        ctl_print_json(answer);
    } else if (code == ERR_OK) {
        show_restored(answer);
    }
    json_free(answer);
    buf_free(&text);
    return code;
}
