#include "daemon/jobs/token.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/setting.h"

#define EARLY_S 60
#define AGAIN_S ((int64_t)6 * 3600)
#define ENDED   "login_ended"

static void context_of(const struct token *t, char *out, size_t out_size)
{
    snprintf(out, out_size, "token:%s", t->client_id);
}

static enum err_code load_account(struct token *t, struct err *e)
{
    struct buf b;
    buf_init(&b, 64);
    enum err_code code = store_setting_get(t->store, "account", &b, e);
    if (code == ERR_OK && !text_to_int(buf_str(&b), 1, INT64_MAX, &t->account))
        t->account = 0;
    buf_free(&b);
    return code;
}

/* "WHEN TIMES" */
static enum err_code load_end(struct token *t, struct err *e)
{
    struct buf b;
    buf_init(&b, 64);
    t->ended_s = t->refused = 0;
    enum err_code code = store_setting_get(t->store, ENDED, &b, e);
    if (code == ERR_OK && b.len) {
        char *times = strchr(b.data, ' ');
        if (times)
            *times++ = '\0';
        if (!times || !text_to_int(b.data, 1, INT64_MAX / 2, &t->ended_s) ||
            !text_to_int(times, 1, 1000, &t->refused))
            t->ended_s = t->refused = 0;
    }
    t->dead = t->refused > 0;
    buf_free(&b);
    return code;
}

static void note_end(struct token *t)
{
    char text[48];
    struct err e = {0};
    t->dead = true;
    t->ended_s = clock_utc_s();
    t->refused++;
    log_error("token: login ended times=%lld", (long long)t->refused);
    int n = snprintf(text, sizeof(text), "%lld %lld", (long long)t->ended_s, (long long)t->refused);
    if (t->account && store_setting_put(t->store, ENDED, text, (size_t)n, &e))
        log_error("store: end of the login not kept reason='%s'", e.text);
}

enum err_code token_load(struct token *t, struct err *e)
{
    char context[160];
    struct buf blob;
    struct secret text = {0};
    struct err damaged = {0};
    buf_init(&blob, 1 << 16);
    context_of(t, context, sizeof(context));
    enum err_code code = load_account(t, e);
    if (code == ERR_OK)
        code = load_end(t, e);
    if (code == ERR_OK)
        code = store_setting_get(t->store, "token", &blob, e);
    if (code == ERR_OK && blob.len) {
        if (seal_open(&t->key, context, blob.data, blob.len, &text, &damaged) ||
            auth_token_unpack(&text, &t->held, &damaged))
            log_warning("token: stored login cannot be used reason='%s'", damaged.text);
    }
    secret_wipe(&text);
    buf_free(&blob);
    return code;
}

static enum err_code save_both(struct token *t, const struct buf *blob, struct err *e)
{
    char account[24];
    int n = snprintf(account, sizeof(account), "%lld", (long long)t->account);
    enum err_code code = store_begin(t->store, e);
    if (code)
        return code;
    code = store_setting_put(t->store, "token", blob->data, blob->len, e);
    if (code == ERR_OK)
        code = store_setting_put(t->store, "account", account, (size_t)n, e);
    if (code == ERR_OK)
        code = store_setting_drop(t->store, ENDED, e);
    return store_end(t->store, code, e);
}

enum err_code token_save(struct token *t, struct err *e)
{
    char context[160];
    struct buf blob;
    struct secret text = {0};
    buf_init(&blob, 1 << 16);
    context_of(t, context, sizeof(context));
    auth_token_pack(&t->held, &text);
    seal_close(&t->key, context, &text, &blob);
    secret_wipe(&text);
    enum err_code code = save_both(t, &blob, e);
    buf_free(&blob);
    return code;
}

enum err_code token_forget(struct token *t, struct err *e)
{
    auth_token_wipe(&t->held);
    t->dead = false;
    t->ended_s = t->refused = 0;
    enum err_code code = store_setting_drop(t->store, ENDED, e);
    return code ? code : store_setting_drop(t->store, "token", e);
}

void token_close(struct token *t)
{
    auth_token_wipe(&t->held);
    secret_zero(&t->key, sizeof(t->key));
}

int64_t token_again_at(const struct token *t)
{
    bool once = t->dead && t->refused == 1 && secret_is_set(&t->held.refresh);
    return once ? t->ended_s + AGAIN_S : 0;
}

/* Not known to have ended, or it is time to make sure. */
static bool may_refresh(const struct token *t)
{
    int64_t again_s = token_again_at(t);
    return secret_is_set(&t->held.refresh) && (!t->dead || (again_s && clock_utc_s() >= again_s));
}

bool token_is_set(const struct token *t)
{
    return t->account != 0 && may_refresh(t);
}

const struct secret *token_get(struct token *t)
{
    if (!secret_is_set(&t->held.access) || clock_utc_s() + EARLY_S >= t->held.access_expires_s)
        return NULL;
    return &t->held.access;
}

enum err_code token_ask(struct token *t, struct http_req *req, struct err *e)
{
    if (!may_refresh(t))
        return err_set(e, ERR_LOGIN, "%s",
                       t->dead
                           ? "the login has ended or was revoked: run 'genrectl login' once more"
                           : "nobody is logged in: run 'genrectl login'");
    auth_refresh_ask(t->client_id, t->accounts_url, &t->held.refresh, req);
    return ERR_OK;
}

enum err_code token_take(struct token *t, const struct http_res *res, struct err *e)
{
    enum err_code code = auth_token_take(res, clock_utc_s(), &t->held, e);
    if (code == ERR_LOGIN)
        note_end(t);
    if (code)
        return code;
    t->dead = false;
    t->ended_s = t->refused = 0;
    return token_save(t, e);
}
