#include "daemon/net/server_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define FIELDS      10 /* of a line, as far as they are looked at */
#define NAME_BUFFER ((size_t)1 << 16)

/* IPv4 as the IPv6 address that it is mapped to. */
struct end {
    struct in6_addr address;
    uint16_t port;
};

static void set_v4(struct end *end, const void *bytes)
{
    end->address = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(end->address.s6_addr + 12, bytes, 4);
}

static bool end_of(int fd, bool peer, struct end *ret)
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
        set_v4(ret, &a.v4.sin_addr);
        ret->port = ntohs(a.v4.sin_port);
    } else {
        ret->address = a.v6.sin6_addr;
        ret->port = ntohs(a.v6.sin6_port);
    }
    return a.any.sa_family == AF_INET || a.any.sa_family == AF_INET6;
}

static bool is_loopback(const struct end *end)
{
    return IN6_IS_ADDR_LOOPBACK(&end->address) ||
           (IN6_IS_ADDR_V4MAPPED(&end->address) && end->address.s6_addr[12] == 127);
}

/* "0100007F:1F90": words of 32 bits in the machine's own order, and the port. */
static bool end_parse(const char *text, struct end *ret)
{
    uint32_t words[4] = {0};
    char digits[9] = "";
    size_t n = strspn(text, "0123456789ABCDEF");
    if ((n != 8 && n != 32) || text[n] != ':')
        return false;
    for (size_t i = 0; i < n / 8; i++) {
        memcpy(digits, text + 8 * i, 8);
        words[i] = (uint32_t)strtoul(digits, NULL, 16);
    }
    if (n == 8)
        set_v4(ret, words);
    else
        memcpy(ret->address.s6_addr, words, sizeof(words));
    ret->port = (uint16_t)strtoul(text + n + 1, NULL, 16);
    return true;
}

static bool is_end(const char *text, const struct end *want)
{
    struct end end;
    return end_parse(text, &end) && end.port == want->port &&
           memcmp(&end.address, &want->address, sizeof(end.address)) == 0;
}

/* The peer's line is the one whose local end is our remote one. Without an inode the socket has no
 * owner any more, and its uid column says root. */
static bool line_tells(char *line, const struct end *peer, const struct end *own, uid_t *ret_uid)
{
    const char *field[FIELDS] = {NULL};
    size_t n = 0;
    char *rest = line;
    const char *word;
    while (n < FIELDS && (word = strsep(&rest, " \n"))) {
        if (*word)
            field[n++] = word;
    }
    if (n < FIELDS || !is_end(field[1], peer) || !is_end(field[2], own) ||
        strtoull(field[9], NULL, 10) == 0)
        return false;
    *ret_uid = (uid_t)strtoul(field[7], NULL, 10);
    return true;
}

static bool table_tells(const char *path, const struct end *peer, const struct end *own,
                        uid_t *ret_uid)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *f = fopen(path, "re");
    while (f && !found && getline(&line, &size, f) > 0)
        found = line_tells(line, peer, own, ret_uid);
    free(line);
    if (f)
        fclose(f);
    return found;
}

bool server_peer_owner(int fd, uid_t *ret_uid)
{
    struct end own;
    struct end peer;
    if (!end_of(fd, false, &own) || !end_of(fd, true, &peer) || !is_loopback(&peer))
        return false;
    /* Below self, since a unit may see nothing else of /proc. */
    if (table_tells("/proc/self/net/tcp", &peer, &own, ret_uid) ||
        table_tells("/proc/self/net/tcp6", &peer, &own, ret_uid))
        return true;
    log_debug("server: owner of a connection not found port=%u", (unsigned)peer.port);
    return false;
}

bool server_peer_may(uid_t uid, gid_t group)
{
    if (uid == geteuid() || uid == 0)
        return true;
    if (group == (gid_t)-1)
        return false;
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
