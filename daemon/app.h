/* The daemon: what it owns, and the order in which that starts and stops. */
#ifndef DAEMON_APP_H
#define DAEMON_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "classifier/model.h"
#include "classifier/tree.h"
#include "daemon/accounts.h"
#include "daemon/backup.h"
#include "daemon/config.h"
#include "daemon/door.h"
#include "daemon/events.h"
#include "daemon/expiry.h"
#include "daemon/jobs/token.h"
#include "daemon/map.h"
#include "daemon/net/client.h"
#include "daemon/net/lease.h"
#include "daemon/net/loop.h"
#include "daemon/net/notify.h"
#include "daemon/net/runner.h"
#include "daemon/net/server.h"
#include "daemon/opinions.h"
#include "daemon/runs.h"
#include "daemon/schedule.h"
#include "daemon/session.h"
#include "daemon/sources.h"
#include "spotify/access.h"
#include "spotify/budget.h"
#include "store/store.h"

struct app_options {
    const char *config;  /* --config, or NULL */
    const char *account; /* --account, or NULL */
    int parent;          /* pid of the service that this is a further account of; 0: none */
    int transient;       /* descriptor that its starter holds open, -1: a service */
    int ready;           /* descriptor to write to when it listens, -1: none */
};

struct app {
    struct app_options options;
    struct config config;
    bool client_id_stored; /* the one in config is the store's, see daemon/setup.h */
    bool reload_wanted;    /* applied when no job runs */
    bool stopping;
    int lock_fd;
    struct loop *loop;
    struct store *store;
    struct access access;
    struct budget budget; /* of the whole app, kept across restarts */
    int unkept_calls;     /* counted since it was stored */
    struct model *model;
    struct tree *tree;
    char *edits_left_out; /* why the page's edits are not in the tree; NULL: they are */
    bool edits_wanted;    /* the tree is made anew when no job runs */
    struct token token;
    struct client *client;
    struct server *unix_server;
    struct server *page_server; /* NULL: off; see daemon/door.h */
    struct notify_watchdog *watchdog;
    struct lease *lease;        /* NULL: a service, or our starter is gone */
    struct loop_timer *stopper; /* NULL until app_stop */
    struct events events;
    struct runs runs;
    struct session session;
    struct schedule schedule;
    struct sources sources;
    struct expiry expiry;
    struct backup backup;
    struct map map;
    struct opinions opinions;
    struct accounts accounts;
    struct door door;
};

/* Runs the daemon until it is told to stop. ERR_BUSY when another one owns the state directory. */
ERR_NODISCARD enum err_code app_run(const struct app_options *options, struct err *e);
/* Cancels what runs, then ends the loop. */
void app_stop(struct app *a);
/* Whether a run, a login or a source is at work. */
bool app_is_busy(const struct app *a);
/* In place of the tree that was in force, which is closed. */
void app_use_tree(struct app *a, struct tree *tree);
/* Gives memory back when nothing is at work. */
void app_rest(struct app *a);
/* The login that is stored for config.client_id becomes the one that is used. */
ERR_NODISCARD enum err_code app_load_login(struct app *a, struct err *e);
/* Of [daemon] socket_group, (gid_t)-1: none. */
gid_t app_socket_group(const struct app *a);
/* Reads the configuration again, at once or when no job runs. */
void app_reload(struct app *a);
#endif
