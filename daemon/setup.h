/* The app at Spotify, as a person without a configuration file sets it: the client id in the store
 * stands in where neither file nor environment has one. */
#ifndef DAEMON_SETUP_H
#define DAEMON_SETUP_H

#include "base/err.h"
#include "base/json.h"

struct app;

/* After the configuration was read, before the login is: lays the stored client id over an empty
 * one, so that nothing else has to know. */
ERR_NODISCARD enum err_code setup_lay(struct app *a, struct err *e);
/* Setup of daemon/page/api.ts. */
struct json *setup_json(const struct app *a);
/* ERR_USAGE when it is no client id, or one is set elsewhere; ERR_BUSY while a run needs the old
 * one. A login of another app is gone with it. */
ERR_NODISCARD enum err_code setup_put(struct app *a, const char *client_id, struct err *e);
/* After the store was wiped: it was the person's. */
void setup_forget(struct app *a);

#endif
