#include "daemon/opinions.h"

#include <string.h>

#include "base/mem.h"
#include "daemon/app.h"

#define KEPT_MS (60 * 1000) /* after the last question; somebody who reads a page asks again */

static bool is_true(const struct app *a)
{
    const struct opinions *s = &a->opinions;
    struct store_stamp now;
    bool same = s->is_kept && s->kept.tree == a->tree && s->kept.model == a->model &&
                s->kept.account == a->token.account &&
                !(s->threshold < a->config.threshold || s->threshold > a->config.threshold);
    return same && store_stamp_take(a->store, &now) && now.own == s->stamp.own &&
           now.others == s->stamp.others;
}

void opinions_drop(struct app *a)
{
    opinion_free(&a->opinions.kept);
    a->opinions.is_kept = false;
}

void opinions_drop_stale(struct app *a)
{
    if (!is_true(a))
        opinions_drop(a);
}

static void on_rest(void *ctx)
{
    struct app *a = ctx;
    opinions_drop(a);
    mem_trim();
}

enum err_code opinions_make(struct app *a, const struct tree *tree, struct opinion *ret,
                            struct err *e)
{
    enum err_code code = opinion_load(ret, a->store, a->token.account, a->model, tree, e);
    if (code == ERR_OK)
        opinion_judge(ret, a->config.threshold);
    return code;
}

/* The stamp is older than what is read after it, so that at worst it is read once more. */
static enum err_code renew(struct app *a, struct err *e)
{
    struct opinions *s = &a->opinions;
    opinions_drop(a);
    bool stamped = store_stamp_take(a->store, &s->stamp);
    s->threshold = a->config.threshold;
    enum err_code code = opinions_make(a, a->tree, &s->kept, e);
    s->is_kept = code == ERR_OK && stamped;
    return code;
}

enum err_code opinions_get(struct app *a, bool facts, const struct opinion **ret, struct err *e)
{
    struct opinions *s = &a->opinions;
    enum err_code code = is_true(a) ? ERR_OK : renew(a, e);
    if (code == ERR_OK && facts)
        code = opinion_facts(&s->kept, a->store, e);
    if (!s->rest)
        s->rest = loop_timer_new(a->loop, on_rest, a);
    loop_timer_start(s->rest, KEPT_MS);
    if (code == ERR_OK)
        *ret = &s->kept;
    else
        opinions_drop(a);
    return code;
}

enum err_code opinions_take(struct app *a, struct opinion *ret, struct err *e)
{
    const struct opinion *kept = NULL;
    enum err_code code = opinions_get(a, false, &kept, e);
    if (code)
        return code;
    *ret = a->opinions.kept;
    a->opinions.kept = (struct opinion){0};
    a->opinions.is_kept = false;
    return ERR_OK;
}

void opinions_close(struct app *a)
{
    opinions_drop(a);
    loop_timer_free(a->opinions.rest);
    a->opinions.rest = NULL;
}
