/* Who is at the other end of a TCP connection within this machine. */
#ifndef DAEMON_NET_SERVER_PEER_H
#define DAEMON_NET_SERVER_PEER_H

#include <stdbool.h>
#include <sys/types.h>

/* The owner of the socket that fd is connected to, as the kernel's table tells it (uid column of
 * /proc/net/tcp and tcp6, proc(5)). False when the peer is on another machine, and when the table
 * cannot be read or does not have it, as in some containers: then it is gone, or cannot be known.
 */
bool server_peer_owner(int fd, uid_t *ret_uid);
/* Our uid, root, and members of the group ((gid_t)-1: none). May ask the name service. */
bool server_peer_may(uid_t uid, gid_t group);

#endif
