#include "daemon/net/server_owner.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define FIELDS 10 /* of a line, as far as they are looked at */
#define LISTEN 10 /* TCP_LISTEN of the kernel's tcp_states.h */

void server_owner_set_v4(struct server_owner_end *end, const void *bytes)
{
    end->address = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(end->address.s6_addr + 12, bytes, 4);
}

/* --- sock_diag ---------------------------------------------------------------------------------
 */

struct ask {
    struct nlmsghdr head;
    struct inet_diag_req_v2 request;
};

static void put_address(__be32 out[4], const struct server_owner_end *end, bool v4)
{
    if (v4)
        memcpy(out, end->address.s6_addr + 12, 4);
    else
        memcpy(out, &end->address, sizeof(end->address));
}

static int diag_open(const struct ask *ask)
{
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    struct timeval limit = {.tv_sec = 1}; /* the answer is there when sendto comes back */
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    if (sendto(fd, ask, sizeof(*ask), 0, (const struct sockaddr *)&kernel, sizeof(kernel)) ==
        (ssize_t)sizeof(*ask))
        return fd;
    close(fd);
    return -1;
}

/* What follows the head is aligned to 4 bytes, as the head is long already. */
union answer {
    struct nlmsghdr head;
    struct {
        struct nlmsghdr head;
        struct inet_diag_msg socket;
    } told;
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
    } failed;
    char bytes[2048];
};

/* Without a connection the kernel falls back to a listening socket. Without an inode the socket has
 * no owner any more, and its uid says root. */
static enum server_owner_answer diag_read(const union answer *got, size_t n, bool listening,
                                          uid_t *ret_uid)
{
    const struct inet_diag_msg *socket = &got->told.socket;
    if (n < sizeof(got->head) || got->head.nlmsg_len > n)
        return SERVER_OWNER_UNTOLD;
    if (got->head.nlmsg_type == NLMSG_ERROR && n >= sizeof(got->failed))
        return got->failed.error.error == -ENOENT ? SERVER_OWNER_NONE : SERVER_OWNER_UNTOLD;
    if (got->head.nlmsg_type != SOCK_DIAG_BY_FAMILY || n < sizeof(got->told))
        return SERVER_OWNER_UNTOLD;
    if ((socket->idiag_state == LISTEN) != listening || socket->idiag_inode == 0)
        return SERVER_OWNER_NONE;
    *ret_uid = socket->idiag_uid;
    return SERVER_OWNER_FOUND;
}

enum server_owner_answer server_owner_ask(const struct server_owner_end *own,
                                          const struct server_owner_end *peer, uid_t *ret_uid)
{
    bool v4 = IN6_IS_ADDR_V4MAPPED(&own->address);
    struct ask ask = {
        .head = {.nlmsg_len = sizeof(ask),
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST},
        .request = {.sdiag_family = v4 ? AF_INET : AF_INET6,
                    .sdiag_protocol = IPPROTO_TCP,
                    .idiag_states = ~0U,
                    .id = {.idiag_sport = htons(own->port),
                           .idiag_dport = htons(peer->port),
                           .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
    };
    union answer got;
    put_address(ask.request.id.idiag_src, own, v4);
    put_address(ask.request.id.idiag_dst, peer, v4);
    int fd = diag_open(&ask);
    if (fd < 0)
        return SERVER_OWNER_UNTOLD;
    ssize_t n = recv(fd, &got, sizeof(got), 0);
    close(fd);
    return n < 0 ? SERVER_OWNER_UNTOLD : diag_read(&got, (size_t)n, peer->port == 0, ret_uid);
}

/* --- /proc -------------------------------------------------------------------------------------
 */

/* "0100007F:1F90": words of 32 bits in the machine's own order, and the port. */
static bool end_parse(const char *text, struct server_owner_end *ret)
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
        server_owner_set_v4(ret, words);
    else
        memcpy(ret->address.s6_addr, words, sizeof(words));
    ret->port = (uint16_t)strtoul(text + n + 1, NULL, 16);
    return true;
}

static bool is_end(const char *text, const struct server_owner_end *want)
{
    struct server_owner_end end;
    return end_parse(text, &end) && end.port == want->port &&
           memcmp(&end.address, &want->address, sizeof(end.address)) == 0;
}

static bool line_tells(char *line, const struct server_owner_end *own,
                       const struct server_owner_end *peer, uid_t *ret_uid)
{
    const char *field[FIELDS] = {NULL};
    size_t n = 0;
    char *rest = line;
    const char *word;
    while (n < FIELDS && (word = strsep(&rest, " \n"))) {
        if (*word)
            field[n++] = word;
    }
    if (n < FIELDS || !is_end(field[1], own) || !is_end(field[2], peer) ||
        strtoull(field[9], NULL, 10) == 0)
        return false;
    *ret_uid = (uid_t)strtoul(field[7], NULL, 10);
    return true;
}

static enum server_owner_answer table_tells(const char *path, const struct server_owner_end *own,
                                            const struct server_owner_end *peer, uid_t *ret_uid)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *f = fopen(path, "re");
    if (!f)
        return SERVER_OWNER_UNTOLD;
    bool told = getline(&line, &size, f) > 0; /* the head */
    while (told && !found && getline(&line, &size, f) > 0)
        found = line_tells(line, own, peer, ret_uid);
    free(line);
    fclose(f);
    return found ? SERVER_OWNER_FOUND : told ? SERVER_OWNER_NONE : SERVER_OWNER_UNTOLD;
}

enum server_owner_answer server_owner_read(const struct server_owner_end *own,
                                           const struct server_owner_end *peer, uid_t *ret_uid)
{
    /* Below self, since a unit may see nothing else of /proc. */
    enum server_owner_answer four = table_tells("/proc/self/net/tcp", own, peer, ret_uid);
    if (four == SERVER_OWNER_FOUND)
        return four;
    enum server_owner_answer six = table_tells("/proc/self/net/tcp6", own, peer, ret_uid);
    return six == SERVER_OWNER_UNTOLD ? four : six;
}
