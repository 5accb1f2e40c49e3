#include "daemon/guard.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static void end_session(struct guard *g, struct guard_session *session)
{
    uint64_t number = session->number;
    secret_zero(session, sizeof(*session));
    if (g->ended && number)
        g->ended(g->ctx, number);
}

void guard_set_password(struct guard *g, const char *hash)
{
    text_copy(g->password, sizeof(g->password), hash);
    for (size_t i = 0; i < GUARD_SESSIONS; i++)
        end_session(g, &g->sessions[i]);
    memset(g->tries, 0, sizeof(g->tries));
}

void guard_close(struct guard *g)
{
    secret_zero(g, sizeof(*g));
    text_copy(g->password, sizeof(g->password), "closed"); /* which nothing matches */
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

static struct guard_session *session_of(struct guard *g, const char *cookies, uid_t uid)
{
    char id[GUARD_TOKEN_SIZE];
    struct guard_session *found = NULL;
    if (!cookie_get(cookies, id))
        return NULL;
    for (size_t i = 0; i < GUARD_SESSIONS; i++) {
        if (*g->sessions[i].id && rand_equal(id, g->sessions[i].id))
            found = &g->sessions[i];
    }
    return found && found->uid == uid ? found : NULL;
}

bool guard_is_in(struct guard *g, const char *cookies, uid_t uid, int64_t now_ms,
                 uint64_t *ret_session)
{
    *ret_session = 0;
    if (!guard_has_password(g))
        return true;
    struct guard_session *session = session_of(g, cookies, uid);
    if (!session)
        return false;
    if (now_ms - session->used_ms >= GUARD_IDLE_MS) {
        end_session(g, session);
        return false;
    }
    session->used_ms = now_ms;
    *ret_session = session->number;
    return true;
}

int64_t guard_expire(struct guard *g, int64_t now_ms)
{
    int64_t next_ms = -1;
    for (size_t i = 0; i < GUARD_SESSIONS; i++) {
        struct guard_session *session = &g->sessions[i];
        int64_t left_ms = session->used_ms + GUARD_IDLE_MS - now_ms;
        if (!*session->id)
            continue;
        if (left_ms <= 0)
            end_session(g, session);
        else if (next_ms < 0 || left_ms < next_ms)
            next_ms = left_ms;
    }
    return next_ms;
}

/* --- wrong passwords ---------------------------------------------------------------------------
 */

/* Of IPv6 one network, since a machine has all addresses of it. */
static bool is_same(const struct guard_peer *a, const struct guard_peer *b)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    size_t n = memcmp(a->address, mapped, sizeof(mapped)) == 0 ? sizeof(a->address) : 8;
    if (a->uid != (uid_t)-1)
        return a->uid == b->uid;
    return memcmp(a->address, b->address, n) == 0;
}

static struct guard_tries *tries_of(struct guard *g, const struct guard_peer *peer, int64_t now_ms)
{
    bool known = peer->uid != (uid_t)-1;
    struct guard_tries *tries = g->tries[known ? 0 : 1];
    struct guard_tries *free_one = NULL;
    if (peer->uid == geteuid())
        return &tries[0];
    for (size_t i = 1; i < GUARD_PEERS - 1; i++) {
        if (tries[i].wrong && is_same(peer, &tries[i].peer))
            return &tries[i];
        if (!tries[i].wrong || now_ms - tries[i].last_ms >= GUARD_FORGET_MS)
            free_one = &tries[i];
    }
    if (!free_one)
        return &tries[GUARD_PEERS - 1];
    *free_one = (struct guard_tries){.peer = *peer};
    return free_one;
}

/* A wrong one that comes after a wait is over makes the next wait twice as long. */
static void note_wrong(struct guard_tries *t, int64_t now_ms)
{
    int64_t wait = GUARD_WAIT_MS;
    t->last_ms = now_ms;
    if (++t->wrong < GUARD_TRIES)
        return;
    for (int i = GUARD_TRIES; i < t->wrong && wait < GUARD_WAIT_MOST; i++)
        wait *= 2;
    t->wait_ms = now_ms + (wait < GUARD_WAIT_MOST ? wait : GUARD_WAIT_MOST);
}

/* The one that was used longest ago makes room. */
static struct guard_session *session_new(struct guard *g, uid_t uid, int64_t now_ms)
{
    struct guard_session *slot = g->sessions;
    for (size_t i = 1; i < GUARD_SESSIONS && *slot->id; i++) {
        if (!*g->sessions[i].id || g->sessions[i].used_ms < slot->used_ms)
            slot = &g->sessions[i];
    }
    end_session(g, slot);
    make_token(slot->id);
    slot->number = ++g->numbers;
    slot->uid = uid;
    slot->used_ms = now_ms;
    return slot;
}

enum err_code guard_enter(struct guard *g, const struct guard_peer *peer, const char *password,
                          int64_t now_ms, const struct guard_session **ret_session,
                          int64_t *ret_left_ms, struct err *e)
{
    if (!guard_has_password(g))
        return err_set(e, ERR_USAGE, "no password is set");
    struct guard_tries *tries = tries_of(g, peer, now_ms);
    if (now_ms < tries->wait_ms) {
        *ret_left_ms = tries->wait_ms - now_ms;
        return err_set(e, ERR_RATE, "too many wrong passwords: try again in %lld s",
                       (long long)((*ret_left_ms + 999) / 1000));
    }
    if (strlen(password) > PASSWORD_MAX || !password_matches(password, g->password)) {
        note_wrong(tries, now_ms);
        return err_set(e, ERR_PASSWORD, "this is not the password");
    }
    *tries = (struct guard_tries){.peer = *peer};
    *ret_session = session_new(g, peer->uid, now_ms);
    return ERR_OK;
}

void guard_leave(struct guard *g, const char *cookies, uid_t uid)
{
    struct guard_session *session = session_of(g, cookies, uid);
    if (session)
        end_session(g, session);
}
