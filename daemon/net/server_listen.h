/* Listening sockets, and who is at the other end. */
#ifndef DAEMON_NET_SERVER_LISTEN_H
#define DAEMON_NET_SERVER_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

ERR_NODISCARD enum err_code server_listen_unix(const char *path, mode_t mode, gid_t group,
                                               int *ret_fd, struct err *e);
/* port 0: a free one. ret_port: the one it is. */
ERR_NODISCARD enum err_code server_listen_tcp(const char *address, uint16_t port, int *ret_fd,
                                              uint16_t *ret_port, struct err *e);
/* Whether the unix peer of fd may talk to us: our uid, root, or with mode & 0060 a member of group.
 */
bool server_listen_peer(int fd, mode_t mode, gid_t group, uid_t *ret_uid);

#endif
