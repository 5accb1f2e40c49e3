#include "daemon/account.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/config.h"
#include "daemon/config_path.h"
#include "daemon/config_value.h"

#define SUFFIX ".sock"

bool account_is_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= ACCOUNT_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

enum err_code account_check(const char *name, struct err *e)
{
    if (account_is_name(name)) {
        return ERR_OK;
    }
    return err_set(e, ERR_USAGE,
                   "an account's name has 1 to %d of the characters a-z, 0-9, _ and -, unlike "
                   "\"%.64s\"",
                   ACCOUNT_NAME_MAX, name);
}

char *account_socket(const char *first_socket, const char *name)
{
    size_t n = strlen(first_socket);
    size_t suffix = strlen(SUFFIX);
    if (n > suffix && text_equal(first_socket + n - suffix, SUFFIX)) {
        n -= suffix;
    }
    return mem_printf("%.*s-%s" SUFFIX, (int)n, first_socket, name);
}

static int by_name(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

static bool is_directory(int dir_fd, const char *name)
{
    struct stat st;
    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

void account_list(const char *accounts_dir, struct config_list *ret)
{
    DIR *dir = opendir(accounts_dir);
    const struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (account_is_name(entry->d_name) && is_directory(dirfd(dir), entry->d_name)) {
            config_value_list_add(ret, mem_strdup(entry->d_name));
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    if (ret->n > 1) {
        qsort(ret->items, ret->n, sizeof(*ret->items), by_name);
    }
}

static void replace(char **field, char *owned)
{
    free(*field);
    *field = owned;
}

void account_place(struct config *c)
{
    struct config_list names = {0};
    replace(&c->accounts_dir, mem_printf("%s/accounts", c->state_dir));
    replace(&c->first_socket, mem_strdup(c->socket));
    replace(&c->system_socket, mem_strdup(CONFIG_PATH_SYSTEM_SOCKET));
    account_list(c->accounts_dir, &names);
    c->n_accounts = 1 + (int64_t)names.n;
    config_value_list_free(&names);
    if (c->account == NULL) {
        return;
    }
    replace(&c->state_dir, mem_printf("%s/%s", c->accounts_dir, c->account));
    replace(&c->socket, account_socket(c->first_socket, c->account));
    replace(&c->system_socket, account_socket(CONFIG_PATH_SYSTEM_SOCKET, c->account));
    replace(&c->listen, mem_strdup(""));
    replace(&c->listen_host, NULL);
    c->listen_port = 0;
}

bool account_runs(const char *socket_path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!text_copy(to.sun_path, sizeof(to.sun_path), socket_path)) {
        return false;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* EAGAIN: its queue is full for the moment. */
    bool runs =
        fd >= 0 && (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 || errno == EAGAIN);
    if (fd >= 0) {
        close(fd);
    }
    return runs;
}

struct json *account_json(const struct config *c)
{
    struct config_list names = {0};
    struct json *list = json_array();
    account_list(c->accounts_dir, &names);
    for (size_t i = 0; i < names.n; i++) {
        char *path = account_socket(c->first_socket, names.items[i]);
        struct json *one = json_object();
        json_set_str(one, "name", names.items[i]);
        json_set_bool(one, "running", account_runs(path));
        json_add(list, one);
        free(path);
    }
    config_value_list_free(&names);
    return list;
}
