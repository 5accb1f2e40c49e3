/* The person's own commands: for failures, and for the end of the login. */
#ifndef DAEMON_HOOK_H
#define DAEMON_HOOK_H

/* Starts `command` by /bin/sh -c with $GENRED_ERROR and $GENRED_MESSAGE, and does not wait for it.
 * "" does nothing. */
void hook_run(const char *command, const char *error, const char *message);

#endif
