/* Further accounts beside the first: their names, and where each has its state and its socket. */
#ifndef DAEMON_ACCOUNT_H
#define DAEMON_ACCOUNT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

#define ACCOUNT_NAME_MAX 32 /* bytes */

struct config;
struct config_list;

/* 1 to 32 of a-z, 0-9, _ and -. */
bool account_is_name(const char *name);
/* ERR_USAGE with a sentence unless it is one. */
ERR_NODISCARD enum err_code account_check(const char *name, struct err *e);

/* Fills accounts_dir, first_socket, system_socket and n_accounts of a configuration whose account,
 * state_dir and socket are those of the first; with an account they become that one's own, and the
 * page is off. */
void account_place(struct config *c);
/* Its socket, beside the first account's: "genred.sock" gives "genred-NAME.sock". Caller: free. */
char *account_socket(const char *first_socket, const char *name);

/* Adds the names of the directories in accounts_dir, in the order of the alphabet; none when it
 * cannot be read. */
void account_list(const char *accounts_dir, struct config_list *ret);
/* Whether a daemon listens at that socket. Does not wait. */
bool account_runs(const char *socket);
/* [{"name", "running"}] of the accounts beside the first. Caller: json_free. */
struct json *account_json(const struct config *c);

#endif
