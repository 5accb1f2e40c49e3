#include "daemon/backup.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/edits.h"
#include "store/account.h"
#include "store/backup.h"
#include "store/backup_text.h"

enum err_code backup_make(struct app *a, struct buf *text, struct err *e)
{
    buf_init(text, BACKUP_TEXT_MAX);
    if (!a->token.account)
        return err_set(e, ERR_LOGIN, "nobody is logged in, so there is nothing to back up");
    return store_backup_write(a->store, a->token.account, clock_utc_s(), text, e);
}

static enum err_code piece_add(struct backup *b, const struct json *body, struct err *e)
{
    const char *upload = json_get_str(body, "upload");
    const char *text = json_get_str(body, "text");
    int64_t at = json_get_int(body, "at", -1);
    if (!upload || !*upload || strlen(upload) >= sizeof(b->upload) || !text)
        return err_set(e, ERR_USAGE, "a piece of a backup has the name of the whole, and a text");
    if (at == 0) {
        backup_close(b);
        buf_init(&b->text, BACKUP_TEXT_MAX);
        text_copy(b->upload, sizeof(b->upload), upload);
    }
    if (!text_equal(b->upload, upload) || at != (int64_t)b->text.len)
        return err_set(e, ERR_USAGE,
                       "the pieces of the backup do not follow each other: another restore came "
                       "between");
    if (!buf_add_str(&b->text, text))
        return err_set(e, ERR_USAGE, "the backup is larger than %zu MiB", BACKUP_TEXT_MAX >> 20);
    return ERR_OK;
}

/* What the store cannot know: which genres there are. */
struct taking {
    struct app *app;
    struct tree *tree; /* with the changes that were taken over; NULL: it is not known */
    bool looked;
};

/* Of changes that are no such text nothing is taken. */
static enum err_code merge(void *ctx, struct buf *here, const char *more, struct err *e)
{
    const struct taking *t = ctx;
    struct err why = {0};
    struct buf text;
    (void)e;
    buf_init(&text, BACKUP_TEXT_LINE_MAX);
    buf_add_str(&text, more);
    here->max = EDITS_MAX;
    if (edits_merge(t->app, here, &text, &why))
        log_warning("backup: changed genres left out reason='%s'", why.text);
    buf_free(&text);
    return ERR_OK;
}

/* While it is not known which there are, none is called unknown. */
static bool knows(void *ctx, int64_t account, const char *genre)
{
    struct taking *t = ctx;
    struct arena arena = {0};
    struct store_account row;
    struct err e = {0};
    struct buf text;
    buf_init(&text, EDITS_MAX);
    if (!t->looked && store_account_get(t->app->store, account, &arena, &row, &e) == ERR_OK &&
        buf_add_str(&text, row.tree) && edits_lay(t->app, &text, &t->tree, &e))
        t->tree = NULL;
    t->looked = true;
    buf_free(&text);
    arena_free(&arena);
    return !t->tree || tree_find(t->tree, genre) != TREE_NONE;
}

static enum err_code restore(struct app *a, struct json *answer, struct err *e)
{
    struct store_backup_counts c = {0};
    struct taking taking = {.app = a};
    const struct store_backup_text text = {.text = buf_str(&a->backup.text),
                                           .n = a->backup.text.len,
                                           .ctx = &taking,
                                           .merge = merge,
                                           .knows = knows};
    if (runs_is_busy(&a->runs))
        return err_set(e, ERR_BUSY,
                       "a run is at work: try again when it is done, or stop it with genrectl "
                       "cancel");
    enum err_code code = store_backup_restore(a->store, a->token.account, &text, &c, e);
    tree_close(taking.tree);
    if (code)
        return code;
    edits_renew(a);
    json_set_int(answer, "songs", c.songs);
    json_set_int(answer, "playlists", c.playlists);
    json_set_int(answer, "playlists_known", c.playlists_known);
    json_set_int(answer, "items", c.items);
    json_set_int(answer, "labels", c.corrections);
    json_set_int(answer, "labels_left_out", c.dead);
    json_set_int(answer, "exclusions", c.exclusions);
    json_set_bool(answer, "genres", c.genres != 0);
    json_set_bool(answer, "edits", c.edits != 0);
    json_set_bool(answer, "places", c.places != 0);
    json_set_bool(answer, "logged_in", a->token.account != 0);
    log_info("backup: restored playlists=%lld items=%lld labels=%lld exclusions=%lld",
             (long long)c.playlists, (long long)c.items, (long long)c.corrections,
             (long long)c.exclusions);
    return ERR_OK;
}

enum err_code backup_take(struct app *a, const struct json *body, struct json **ret, struct err *e)
{
    struct json *answer = json_object();
    bool done = json_get_bool(body, "done", false);
    enum err_code code = piece_add(&a->backup, body, e);
    if (code == ERR_OK && done)
        code = restore(a, answer, e);
    if (code != ERR_OK || done)
        backup_close(&a->backup);
    if (code) {
        json_free(answer);
        return code;
    }
    *ret = answer;
    return ERR_OK;
}

void backup_close(struct backup *b)
{
    buf_free(&b->text);
    *b = (struct backup){0};
}
