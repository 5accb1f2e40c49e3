#include "daemon/jobs/login.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"
#include "store/account.h"

struct login {
    struct token *token;
    struct auth_login auth;
    struct secret code;
    char api_url[256];
    bool asked;
    char name[160];
};

static enum job_wish exchange_ask(struct job *j, struct job_io *io)
{
    struct login *l = j->state;
    if (secret_is_set(&l->token->held.access))
        return JOB_NEXT;
    if (l->asked)
        return JOB_WAIT;
    l->asked = true;
    auth_code_ask(&l->auth, l->token->accounts_url, &l->code, &io->req);
    return JOB_SEND;
}

static enum job_after exchange_take(struct job *j, struct job_io *io)
{
    struct login *l = j->state;
    l->asked = false;
    l->token->held.consent_s = clock_utc_s();
    secret_wipe(&l->code);
    if (auth_token_take(&io->res, clock_utc_s(), &l->token->held, &io->err))
        return JOB_TAKE_FAIL;
    if (!secret_is_set(&l->token->held.refresh)) {
        err_set(&io->err, ERR_LOGIN, "Spotify's answer holds no refresh token");
        return JOB_TAKE_FAIL;
    }
    return JOB_AGAIN;
}

static enum job_wish profile_ask(struct job *j, struct job_io *io)
{
    struct login *l = j->state;
    if (l->token->account)
        return JOB_NEXT;
    if (l->asked)
        return JOB_WAIT;
    l->asked = true;
    endpoint_me(&io->req, l->api_url);
    return JOB_SEND;
}

static enum job_after profile_take(struct job *j, struct job_io *io)
{
    struct login *l = j->state;
    struct arena a = {0};
    struct parse_user user;
    enum err_code code = ERR_OK;
    if (io->res.status != 200)
        code = err_set(&io->err, ERR_REFUSED, "Spotify refuses to say who logged in (status %d)",
                       io->res.status);
    if (code == ERR_OK)
        code = parse_user(&io->res.body, &a, &user, &io->err);
    if (code == ERR_OK) {
        text_copy(l->name, sizeof(l->name), user.name);
        code = store_account_put(l->token->store, *user.account_id ? user.account_id : user.id,
                                 user.id, user.name, &l->token->account, &io->err);
    }
    if (code == ERR_OK)
        code = token_save(l->token, &io->err);
    arena_free(&a);
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

static struct json *summary(struct job *j, const struct err *e)
{
    const struct login *l = j->state;
    char when[24] = "";
    struct json *s = json_object();
    json_set_bool(s, "logged_in", e->code == ERR_OK);
    json_set_str(s, "user", l->name);
    text_time(auth_login_expires_s(&l->token->held), when, sizeof(when));
    json_set_str(s, "login_expires_at", e->code == ERR_OK ? when : NULL);
    json_set_int(s, "exit_status", err_exit_status(e->code));
    return s;
}

static void login_free(void *state)
{
    struct login *l = state;
    secret_wipe(&l->code);
    secret_zero(&l->auth, sizeof(l->auth));
    free(l);
}

static const struct job_step steps[] = {
    {"exchange", exchange_ask, exchange_take},
    {"profile", profile_ask, profile_take},
};

struct job *login_new(struct token *candidate, const struct auth_login *login, struct secret *code,
                      const char *api_url)
{
    struct login *l = mem_alloc(sizeof(*l));
    struct job *j = mem_alloc(sizeof(*j));
    l->token = candidate;
    l->auth = *login;
    l->code = *code;
    *code = (struct secret){0};
    text_copy(l->api_url, sizeof(l->api_url), api_url);
    *j = (struct job){
        .name = "login",
        .steps = steps,
        .n_steps = sizeof(steps) / sizeof(steps[0]),
        .next = JOB_NEXT_IN_ORDER,
        .state = l,
        .state_free = login_free,
        .summary = summary,
    };
    return j;
}
