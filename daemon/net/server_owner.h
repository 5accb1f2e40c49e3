/* Whose a TCP socket of this machine is, as the kernel tells it. */
#ifndef DAEMON_NET_SERVER_OWNER_H
#define DAEMON_NET_SERVER_OWNER_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

struct server_owner_end {
    struct in6_addr address; /* IPv4 as the IPv6 address that it is mapped to */
    uint16_t port;           /* 0: of a socket that listens */
};

enum server_owner_answer {
    SERVER_OWNER_FOUND,
    SERVER_OWNER_NONE,   /* there is no such socket, or nobody holds it any more */
    SERVER_OWNER_UNTOLD, /* the kernel cannot be asked */
};

void server_owner_set_v4(struct server_owner_end *end, const void *bytes);
/* The socket whose own end is `own` and whose other end is `peer`. sock_diag(7): inet_diag_req_v2
 * with both ends, the answer to which takes no longer with many sockets. */
enum server_owner_answer server_owner_ask(const struct server_owner_end *own,
                                          const struct server_owner_end *peer, uid_t *ret_uid);
/* The same from /proc/self/net/tcp and tcp6, whose lines are all read: for where a netlink socket
 * may not be opened. */
enum server_owner_answer server_owner_read(const struct server_owner_end *own,
                                           const struct server_owner_end *peer, uid_t *ret_uid);

#endif
