#include "daemon/net/server_peer.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/net/server_owner.h"

#define NAME_BUFFER ((size_t)1 << 16)

static bool end_of(int fd, bool peer, struct server_owner_end *ret)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a = {.v6 = {0}};
    socklen_t size = sizeof(a);
    if ((peer ? getpeername(fd, &a.any, &size) : getsockname(fd, &a.any, &size)) < 0)
        return false;
    if (a.any.sa_family == AF_INET) {
        server_owner_set_v4(ret, &a.v4.sin_addr);
        ret->port = ntohs(a.v4.sin_port);
    } else {
        ret->address = a.v6.sin6_addr;
        ret->port = ntohs(a.v6.sin6_port);
    }
    return a.any.sa_family == AF_INET || a.any.sa_family == AF_INET6;
}

static bool is_loopback(const struct server_owner_end *end)
{
    return IN6_IS_ADDR_LOOPBACK(&end->address) ||
           (IN6_IS_ADDR_V4MAPPED(&end->address) && end->address.s6_addr[12] == 127);
}

enum server_peer_how server_peer_open(int fd)
{
    struct server_owner_end own;
    struct server_owner_end none = {.port = 0};
    uid_t uid;
    if (!end_of(fd, false, &own))
        return SERVER_PEER_NOT;
    if (server_owner_ask(&own, &none, &uid) == SERVER_OWNER_FOUND)
        return SERVER_PEER_DIAG;
    if (server_owner_read(&own, &none, &uid) != SERVER_OWNER_UNTOLD) {
        log_debug("server: owners of connections are read from /proc/net/tcp");
        return SERVER_PEER_TABLE;
    }
    log_debug("server: owners of connections cannot be told");
    return SERVER_PEER_NOT;
}

void server_peer_find(int fd, enum server_peer_how how, struct server_peer *ret)
{
    struct server_owner_end own;
    struct server_owner_end peer;
    enum server_owner_answer answer = SERVER_OWNER_UNTOLD;
    *ret = (struct server_peer){.uid = (uid_t)-1};
    if (!end_of(fd, false, &own) || !end_of(fd, true, &peer)) {
        ret->lost = true; /* it is gone already */
        return;
    }
    ret->address = peer.address;
    bool local = is_loopback(&own) || is_loopback(&peer);
    if (how == SERVER_PEER_DIAG)
        answer = server_owner_ask(&peer, &own, &ret->uid);
    else if (how == SERVER_PEER_TABLE && local)
        answer = server_owner_read(&peer, &own, &ret->uid);
    if (answer == SERVER_OWNER_FOUND)
        return;
    ret->remote = !local;
    ret->lost = local && how != SERVER_PEER_NOT;
    if (ret->lost)
        log_debug("server: owner of a connection not found port=%u", (unsigned)peer.port);
}

static bool is_member(uid_t uid, gid_t group)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char *names = mem_alloc(NAME_BUFFER);
    gid_t groups[256];
    int n = sizeof(groups) / sizeof(groups[0]);
    bool member = false;
    if (getpwuid_r(uid, &entry, names, NAME_BUFFER, &found) == 0 && found) {
        member = found->pw_gid == group;
        if (getgrouplist(found->pw_name, found->pw_gid, groups, &n) < 0)
            log_warning("server: too many groups uid=%u", (unsigned)uid);
        else
            for (int i = 0; i < n && !member; i++)
                member = groups[i] == group;
    }
    free(names);
    return member;
}

bool server_peer_may(struct server_peer_users *users, uid_t uid)
{
    if (uid == geteuid() || uid == 0)
        return true;
    if (users->group == (gid_t)-1)
        return false;
    for (size_t i = 0; i < users->n; i++) {
        if (users->uid[i] == uid)
            return users->may[i];
    }
    size_t at = users->next++ % SERVER_PEER_USERS;
    if (users->n < SERVER_PEER_USERS)
        users->n++;
    users->uid[at] = uid;
    users->may[at] = is_member(uid, users->group);
    return users->may[at];
}
