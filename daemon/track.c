#include "daemon/track.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "daemon/app.h"
#include "store/liked.h"

#define TOLD 4 /* of several that fit */

bool track_link(const char *text, const char *kind, char ret_id[TRACK_ID_LEN + 1])
{
    for (int i = 0; i < 2; i++) {
        char mark[32];
        int len = i ? snprintf(mark, sizeof(mark), "/%s/", kind)
                    : snprintf(mark, sizeof(mark), "spotify:%s:", kind);
        const char *at = strstr(text, mark);
        if (!at || strcspn(at + len, "?#/") != TRACK_ID_LEN)
            continue;
        memcpy(ret_id, at + len, TRACK_ID_LEN);
        ret_id[TRACK_ID_LEN] = '\0';
        return true;
    }
    return false;
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
    char id[TRACK_ID_LEN + 1];
    struct store_found *list = NULL;
    size_t n = 0;
    enum err_code code = ERR_OK;
    if (*text == '\0')
        code = err_set(e, ERR_USAGE, "a song must be named");
    if (code == ERR_OK)
        code = store_liked_search(a->store, a->token.account,
                                  track_link(text, "track", id) ? id : text, TOLD + 1, &arena,
                                  &list, &n, e);
    if (code == ERR_OK && n == 0)
        code = err_set(e, ERR_USAGE, "none of your songs is '%s'", text);
    if (code == ERR_OK && n > 1 && list[0].fit == list[1].fit)
        code = several(text, list, n, e);
    if (code == ERR_OK)
        *ret_track = list[0].track;
    arena_free(&arena);
    return code;
}
