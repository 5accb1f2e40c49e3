/* The person's browser, from a terminal. */
#ifndef DAEMON_CTL_BROWSER_H
#define DAEMON_CTL_BROWSER_H

#include <stdbool.h>

/* Whether the text is an http or https address and nothing else, so that it may go to the terminal
 * and to a browser. */
bool ctl_browser_may(const char *url);
/* Whether there is a desktop. */
bool ctl_browser_is_there(void);
/* Failing is told on standard error. */
void ctl_browser_open(const char *url);

#endif
