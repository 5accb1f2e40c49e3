/* Who is at the other end of a TCP connection: a user of this machine, or an address. */
#ifndef DAEMON_NET_SERVER_PEER_H
#define DAEMON_NET_SERVER_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SERVER_PEER_USERS 16 /* whose right is remembered */

/* How owners of sockets are told here. */
enum server_peer_how {
    SERVER_PEER_NOT,   /* not at all */
    SERVER_PEER_DIAG,  /* sock_diag(7), one query for one socket */
    SERVER_PEER_TABLE, /* /proc/net/tcp and tcp6, proc(5), line by line */
};

struct server_peer {
    uid_t uid;               /* (uid_t)-1: not told */
    struct in6_addr address; /* IPv4 as the IPv6 address that it is mapped to */
    bool lost;               /* of this machine, but nobody owns its socket (any more) */
    bool remote;             /* came over the network, as far as can be told */
};

/* Which users may, as far as they have been looked up. */
struct server_peer_users {
    gid_t group; /* (gid_t)-1: none */
    uid_t uid[SERVER_PEER_USERS];
    bool may[SERVER_PEER_USERS];
    size_t n;
    size_t next;
};

/* Decided once, by asking for the listening socket fd itself; logged where it is not the first. */
enum server_peer_how server_peer_open(int fd);
/* Of the connected socket fd. When our own end is a loopback address, the other one is on this
 * machine whatever address it took. */
void server_peer_find(int fd, enum server_peer_how how, struct server_peer *ret);
/* Our uid, root, and members of the group. May ask the name service, once for a user. */
bool server_peer_may(struct server_peer_users *users, uid_t uid);

#endif
