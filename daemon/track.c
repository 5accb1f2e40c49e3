#include "daemon/track.h"

#include <string.h>

#include "base/buf.h"
#include "daemon/app.h"
#include "store/liked.h"

#define ID_LEN 22
#define TOLD   4 /* of several that fit */

/* The id in "spotify:track:ID" or "https://open.spotify.com/track/ID?si=..."; else the text itself.
 */
static const char *id_of(const char *text, struct arena *a)
{
    static const char *const marks[] = {"spotify:track:", "/track/"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        const char *at = strstr(text, marks[i]);
        if (!at)
            continue;
        at += strlen(marks[i]);
        size_t n = strcspn(at, "?#/");
        if (n == ID_LEN)
            return arena_printf(a, "%.*s", (int)n, at);
    }
    return text;
}

static enum err_code several(const char *text, const struct store_found *list, size_t n,
                             struct err *e)
{
    struct buf names;
    buf_init(&names, 2048);
    for (size_t i = 0; i < n && i < TOLD; i++)
        buf_printf(&names, "%s%s - %s (%s)", i ? "; " : "", list[i].name, list[i].artists,
                   list[i].sid);
    err_set(e, ERR_USAGE, "several of your songs fit '%s', name one by its id: %s", text,
            buf_str(&names));
    buf_free(&names);
    return e->code;
}

enum err_code track_find(struct app *a, const char *text, int64_t *ret_track, struct err *e)
{
    struct arena arena = {0};
    struct store_found *list = NULL;
    size_t n = 0;
    enum err_code code = ERR_OK;
    if (*text == '\0')
        code = err_set(e, ERR_USAGE, "a song must be named");
    if (code == ERR_OK)
        code = store_liked_search(a->store, a->token.account, id_of(text, &arena), TOLD + 1, &arena,
                                  &list, &n, e);
    if (code == ERR_OK && n == 0)
        code = err_set(e, ERR_USAGE, "none of your liked songs is '%s'", text);
    if (code == ERR_OK && n > 1 && list[0].fit == list[1].fit)
        code = several(text, list, n, e);
    if (code == ERR_OK)
        *ret_track = list[0].track;
    arena_free(&arena);
    return code;
}
