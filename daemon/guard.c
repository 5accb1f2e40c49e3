#include "daemon/guard.h"

#include <stdio.h>
#include <string.h>

#include "base/rand.h"
#include "base/secret.h"
#include "base/text.h"

static void make_token(char out[GUARD_TOKEN_SIZE])
{
    uint8_t bytes[GUARD_TOKEN_BYTES];
    rand_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    secret_zero(bytes, sizeof(bytes));
}

void guard_open(struct guard *g, const char *hash)
{
    *g = (struct guard){0};
    make_token(g->token);
    guard_set_password(g, hash);
}

void guard_set_password(struct guard *g, const char *hash)
{
    text_copy(g->password, sizeof(g->password), hash);
    secret_zero(g->sessions, sizeof(g->sessions));
    g->wrong = 0;
    g->wait_ms = 0;
}

void guard_close(struct guard *g)
{
    secret_zero(g, sizeof(*g));
}

bool guard_has_password(const struct guard *g)
{
    return *g->password != '\0';
}

bool guard_token_is(const struct guard *g, const char *token)
{
    return token && *g->token && rand_equal(token, g->token);
}

/* Copies the value of our cookie; one program on another port of this host may have set more of
 * that name, and then none of them is one. */
static bool cookie_get(const char *cookies, char out[GUARD_TOKEN_SIZE])
{
    static const char name[] = GUARD_COOKIE "=";
    bool found = false;
    while (cookies && *cookies) {
        cookies += strspn(cookies, "; \t");
        size_t n = strcspn(cookies, ";");
        if (n == strlen(name) + GUARD_TOKEN_SIZE - 1 && strncmp(cookies, name, strlen(name)) == 0) {
            if (found)
                return false;
            memcpy(out, cookies + strlen(name), GUARD_TOKEN_SIZE - 1);
            out[GUARD_TOKEN_SIZE - 1] = '\0';
            found = true;
        }
        cookies += n;
    }
    return found;
}

static struct guard_session *session_of(struct guard *g, const char *cookies)
{
    char id[GUARD_TOKEN_SIZE];
    struct guard_session *found = NULL;
    if (!cookie_get(cookies, id))
        return NULL;
    for (size_t i = 0; i < GUARD_SESSIONS; i++) {
        if (*g->sessions[i].id && rand_equal(id, g->sessions[i].id))
            found = &g->sessions[i];
    }
    return found;
}

bool guard_is_in(struct guard *g, const char *cookies, int64_t now_ms)
{
    if (!guard_has_password(g))
        return true;
    struct guard_session *session = session_of(g, cookies);
    if (!session)
        return false;
    if (now_ms - session->used_ms >= GUARD_IDLE_MS) {
        secret_zero(session, sizeof(*session));
        return false;
    }
    session->used_ms = now_ms;
    return true;
}

/* A wrong one that comes after a wait is over makes the next wait twice as long. */
static void note_wrong(struct guard *g, int64_t now_ms)
{
    int64_t wait = GUARD_WAIT_MS;
    if (++g->wrong < GUARD_TRIES)
        return;
    for (int i = GUARD_TRIES; i < g->wrong && wait < GUARD_WAIT_MOST; i++)
        wait *= 2;
    g->wait_ms = now_ms + (wait < GUARD_WAIT_MOST ? wait : GUARD_WAIT_MOST);
}

enum err_code guard_enter(struct guard *g, const char *password, int64_t now_ms,
                          char id[GUARD_TOKEN_SIZE], int64_t *ret_left_ms, struct err *e)
{
    if (!guard_has_password(g))
        return err_set(e, ERR_USAGE, "no password is set");
    if (now_ms < g->wait_ms) {
        *ret_left_ms = g->wait_ms - now_ms;
        return err_set(e, ERR_RATE, "too many wrong passwords: try again in %lld s",
                       (long long)((*ret_left_ms + 999) / 1000));
    }
    if (strlen(password) > PASSWORD_MAX || !password_matches(password, g->password)) {
        note_wrong(g, now_ms);
        return err_set(e, ERR_PASSWORD, "this is not the password");
    }
    g->wrong = 0;
    g->wait_ms = 0;
    struct guard_session *slot = g->sessions;
    for (size_t i = 1; i < GUARD_SESSIONS && *slot->id; i++) {
        if (!*g->sessions[i].id || g->sessions[i].used_ms < slot->used_ms)
            slot = &g->sessions[i];
    }
    make_token(slot->id);
    slot->used_ms = now_ms;
    memcpy(id, slot->id, GUARD_TOKEN_SIZE);
    return ERR_OK;
}

void guard_leave(struct guard *g, const char *cookies)
{
    struct guard_session *session = session_of(g, cookies);
    if (session)
        secret_zero(session, sizeof(*session));
}
