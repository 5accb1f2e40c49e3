#include "daemon/net/server_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define BACKLOG 64

static enum err_code fail_path(const char *path, int why, struct err *e)
{
    return err_set(e, ERR_IO, "%s: %s", path, strerror(why));
}

/* A socket file without a listener is left by a crash; one with a listener is somebody's. */
static enum err_code clear_path(const struct sockaddr_un *addr, struct err *e)
{
    const char *path = addr->sun_path;
    struct stat st;
    if (lstat(path, &st) < 0)
        return errno == ENOENT ? ERR_OK : fail_path(path, errno, e);
    if (!S_ISSOCK(st.st_mode))
        return err_set(e, ERR_IO, "%s is in the way: it is no socket", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(e, ERR_IO, "socket: %s", strerror(errno));
    int rc = connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
    int why = rc == 0 ? 0 : errno;
    close(fd);
    if (why == 0 || why == EAGAIN)
        return err_set(e, ERR_BUSY, "somebody already answers on %s", path);
    if (why != ECONNREFUSED)
        return fail_path(path, why, e);
    if (unlink(path) < 0 && errno != ENOENT)
        return fail_path(path, errno, e);
    return ERR_OK;
}

enum err_code server_listen_unix(const char *path, mode_t mode, gid_t group, int *ret_fd,
                                 struct err *e)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    if (!text_copy(addr.sun_path, sizeof(addr.sun_path), path))
        return err_set(e, ERR_IO, "the socket's path is longer than %zu bytes: %.200s",
                       sizeof(addr.sun_path) - 1, path);
    path = addr.sun_path;
    if (clear_path(&addr, e))
        return e->code;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(e, ERR_IO, "socket: %s", strerror(errno));
    /* On Linux the file takes the socket's mode: nobody else gets in between bind and chmod. */
    if (fchmod(fd, 0600) < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
        fail_path(path, errno, e);
        close(fd);
        return e->code;
    }
    if ((group != (gid_t)-1 && chown(path, (uid_t)-1, group) < 0) || chmod(path, mode) < 0 ||
        listen(fd, BACKLOG) < 0) {
        fail_path(path, errno, e);
        unlink(path);
        close(fd);
        return e->code;
    }
    *ret_fd = fd;
    return ERR_OK;
}

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t parse_address(const char *text, uint16_t port, union address *ret_address)
{
    *ret_address = (union address){.v6 = {0}};
    if (inet_pton(AF_INET, text, &ret_address->v4.sin_addr) == 1) {
        ret_address->v4.sin_family = AF_INET;
        ret_address->v4.sin_port = htons(port);
        return sizeof(ret_address->v4);
    }
    *ret_address = (union address){.v6 = {0}};
    if (inet_pton(AF_INET6, text, &ret_address->v6.sin6_addr) == 1) {
        ret_address->v6.sin6_family = AF_INET6;
        ret_address->v6.sin6_port = htons(port);
        return sizeof(ret_address->v6);
    }
    return 0;
}

enum err_code server_listen_tcp(const char *address, uint16_t port, int *ret_fd, uint16_t *ret_port,
                                struct err *e)
{
    union address a;
    int on = 1;
    socklen_t len = parse_address(address, port, &a);
    if (len == 0)
        return err_set(e, ERR_CONFIG, "%.100s is no IPv4 or IPv6 address", address);
    int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(e, ERR_IO, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, &a.any, len) < 0 || listen(fd, BACKLOG) < 0 || getsockname(fd, &a.any, &len) < 0) {
        err_set(e, errno == EADDRINUSE ? ERR_BUSY : ERR_IO, "%s port %u: %s", address,
                (unsigned)port, strerror(errno));
        close(fd);
        return e->code;
    }
    *ret_port = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
    *ret_fd = fd;
    return ERR_OK;
}

/* From the socket itself, without asking the name service, which could block. */
static bool peer_in_group(int fd, gid_t group)
{
    socklen_t size = 0;
    bool found = false;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0 || errno != ERANGE)
        return false; /* none, or a kernel that does not tell */
    gid_t *groups = mem_alloc(size);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0) {
        for (size_t i = 0; i < size / sizeof(*groups) && !found; i++)
            found = groups[i] == group;
    }
    free(groups);
    return found;
}

bool server_listen_peer(int fd, mode_t mode, gid_t group, uid_t *ret_uid)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t size = sizeof(peer);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return false;
    *ret_uid = peer.uid;
    if (peer.uid == geteuid() || peer.uid == 0)
        return true;
    if ((mode & 0060) == 0)
        return false;
    gid_t wanted = group == (gid_t)-1 ? getegid() : group;
    return peer.gid == wanted || peer_in_group(fd, wanted);
}
