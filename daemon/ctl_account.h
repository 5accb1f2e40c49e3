/* genrectl and the accounts beside the first: having the service start one, listing them, and
 * telling the person commands that name theirs. */
#ifndef DAEMON_CTL_ACCOUNT_H
#define DAEMON_CTL_ACCOUNT_H

#include "base/err.h"
#include "daemon/ctl.h"

enum ctl_account_result {
    CTL_ACCOUNT_NONE,   /* no service runs that could: the account's daemon must be started here */
    CTL_ACCOUNT_READY,  /* its daemon listens */
    CTL_ACCOUNT_BUSY,   /* another genrectl's daemon has the account just now: try again */
    CTL_ACCOUNT_FAILED, /* *e says why, *ret_exit_status how to end; 0: by the error's code */
};

/* Asks the first account's service to start the daemon of c->account, and waits until it listens.
 */
enum ctl_account_result ctl_account_start(const struct config *c, int stop_fd, int *ret_exit_status,
                                          struct err *e);
/* `genrectl accounts`: from the service, or else from the directories. */
ERR_NODISCARD enum err_code ctl_account_show(struct ctl *c, struct err *e);
/* "anna (runs), ben" of [{"name", "running"}]; appended to b. */
void ctl_account_names(const struct json *accounts, struct buf *b);
/* text with "genrectl login" as it is written for this account. Caller: free. */
char *ctl_account_hint(const struct config *c, const char *text);

#endif
