#include "daemon/net/server_conn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/net/server_listen.h"
#include "daemon/net/server_peer.h"

/* --- whose -------------------------------------------------------------------------------------
 */

/* Not those who may without a word, as far as that can be told. */
static bool is_other(const struct server_conn *conn)
{
    return conn->stranger || conn->peer.remote;
}

/* One user, or one address; of IPv6 one network, since a machine has all addresses of it. */
static bool is_same(const struct server_peer *a, const struct server_peer *b)
{
    size_t n = IN6_IS_ADDR_V4MAPPED(&a->address) ? sizeof(a->address) : 8;
    if (a->uid != (uid_t)-1 || b->uid != (uid_t)-1)
        return a->uid == b->uid;
    return memcmp(&a->address, &b->address, n) == 0;
}

static bool is_one_too_many(const struct server_conn *conn)
{
    size_t same = 0;
    size_t others = 0;
    if (!is_other(conn))
        return false;
    for (const struct server_conn *c = conn->server->conns; c; c = c->next) {
        if (c->session || !is_other(c))
            continue;
        others++;
        if (is_same(&c->peer, &conn->peer))
            same++;
    }
    return same > SERVER_OTHERS_EACH || others > SERVER_OTHERS;
}

static void tell_stranger(struct server_conn *conn)
{
    struct server_peer_users *users = &conn->server->users;
    bool known = conn->peer.uid != (uid_t)-1;
    conn->stranger = conn->peer.lost || (known && !server_peer_may(users, conn->peer.uid));
}

void server_set_group(struct server *s, gid_t group)
{
    s->users = (struct server_peer_users){.group = group};
    for (struct server_conn *c = s->conns; c && s->options.owners; c = c->next)
        tell_stranger(c);
}

/* --- how long ----------------------------------------------------------------------------------
 */

static int64_t deadline_of(const struct server_conn *conn)
{
    int64_t ms = conn->server->options.arrival_ms;
    return conn->since_ms + (ms > 0 ? ms : SERVER_ARRIVAL_MS);
}

/* Those of the unix socket are trusted to come to an end. */
static void arm(struct server *s)
{
    int64_t first = INT64_MAX;
    for (const struct server_conn *c = s->conns; c && !s->path; c = c->next) {
        if (!c->arrived && deadline_of(c) < first)
            first = deadline_of(c);
    }
    if (first == INT64_MAX || s->stopping)
        loop_timer_stop(s->late);
    else if (!loop_timer_is_set(s->late)) /* one that comes too early starts the next */
        loop_timer_start(s->late, first - clock_boot_ms());
}

void server_conn_late(void *ctx)
{
    struct server *s = ctx;
    int64_t now_ms = clock_boot_ms();
    for (struct server_conn *c = s->conns; c; c = c->next) {
        if (c->arrived || deadline_of(c) > now_ms)
            continue;
        log_debug("server: request did not come in time");
        shutdown(c->fd, SHUT_RDWR);
        c->arrived = true; /* MHD ends it in its next run */
    }
    arm(s);
}

void server_conn_arrived(struct server_conn *conn)
{
    conn->arrived = true;
    arm(conn->server);
}

void server_conn_done(struct server_conn *conn)
{
    conn->busy = false;
    conn->arrived = false;
    conn->since_ms = clock_boot_ms();
    arm(conn->server);
}

/* --- all of them -------------------------------------------------------------------------------
 */

struct server_conn *server_conn_add(struct server *s, int fd)
{
    struct server_conn *conn = mem_alloc(sizeof(*conn));
    conn->server = s;
    conn->fd = fd;
    conn->peer.uid = (uid_t)-1;
    conn->since_ms = clock_boot_ms();
    conn->allowed = !s->path || server_listen_peer(fd, s->mode, s->group, &conn->peer.uid);
    if (!s->path && s->options.owners) {
        server_peer_find(fd, s->how, &conn->peer);
        tell_stranger(conn);
    }
    conn->next = s->conns;
    if (conn->next)
        conn->next->prev = conn;
    s->conns = conn;
    s->n_conns++;
    if (is_one_too_many(conn)) {
        log_debug("server: too many connections uid=%d", (int)conn->peer.uid);
        shutdown(fd, SHUT_RDWR);
        conn->arrived = true;
    }
    arm(s);
    return conn;
}

void server_conn_remove(struct server_conn *conn)
{
    struct server *s = conn->server;
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        s->conns = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    s->n_conns--;
    free(conn);
    arm(s);
}

void server_conn_shut(struct server *s, bool busy_too)
{
    for (struct server_conn *conn = s->conns; conn; conn = conn->next) {
        if (busy_too || !conn->busy)
            shutdown(conn->fd, SHUT_RDWR);
    }
}
