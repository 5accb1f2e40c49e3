/* The configuration: one table of keys, read from an INI file and from the environment. */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"

/* Names a person listed, in their order. Owned. */
struct config_list {
    char **items;
    size_t n;
};

/* Everything is owned by the struct and never NULL unless said; config_free gives it back. */
struct config {
    char *file;    /* the file that was read, absolute; NULL: none was found */
    char *account; /* NULL: the first one */
    uint64_t set;  /* bit i: row i of the table was set by the file or the environment */
    uint64_t from_environment;   /* bit i: row i was set by the environment */
    struct config_list warnings; /* whole sentences, without a full stop, at most one per cause */

    char *client_id;           /* "" while the person has not set it */
    int64_t redirect_port;     /* 0: a free one */
    char *api_url;             /* https, or http to loopback; no '/' at the end */
    char *accounts_url;        /* likewise */
    int64_t max_calls_per_day; /* 0: no ceiling */

    struct config_list order;        /* known sources only, each once */
    char *reccobeats_url;            /* as api_url */
    char *musicbrainz_url;           /* likewise */
    int64_t musicbrainz_interval_ms; /* >= 1000 unless the address is loopback */
    char *lastfm_url;                /* likewise */
    char *lastfm_key;                /* "": none */
    char *contact;                   /* "": none */

    char *state_dir;          /* absolute */
    char *socket;             /* absolute; fits into sockaddr_un */
    char *socket_group;       /* "": the socket is for its owner alone */
    char *listen;             /* as written; "" when off */
    char *listen_host;        /* numeric address, without brackets; NULL: no page */
    int64_t listen_port;      /* 0: a free one */
    char *page_host;          /* "": none */
    int64_t sync_interval_ms; /* 0: only when asked */
    enum log_level log_level;
    int64_t keep_runs;
    char *on_failure;        /* for /bin/sh -c; "": none */
    char *on_login_expiring; /* likewise */

    struct config_list from;   /* "liked", "albums", "playlist:" and an id; each once, n > 0 */
    struct config_list genres; /* as written; whether they exist is for the genre tree to say */
    double threshold;          /* 0 .. 1; -1: each genre's own */
    char *playlist_name;       /* holds "{genre}" once */
    bool is_public;
    int64_t min_tracks;

    char *model; /* absolute; "": the shipped one */
    char *tree;  /* absolute; "": the shipped one alone */

    char *accounts_dir;  /* absolute: the state directories of the further accounts */
    char *first_socket;  /* of the first account's daemon */
    char *system_socket; /* that this account has when the daemon is a service of the system */
    int64_t n_accounts;  /* those in accounts_dir, and the first */
};

enum config_type {
    CONFIG_TEXT,
    CONFIG_PATH,
    CONFIG_URL,
    CONFIG_INT, /* min .. max of the row */
    CONFIG_NUM, /* likewise; empty: -1 */
    CONFIG_BOOL,
    CONFIG_DURATION, /* milliseconds; "off": 0 */
    CONFIG_LEVEL,
    CONFIG_LISTEN,
    CONFIG_TEMPLATE, /* text that holds "{genre}" */
    CONFIG_LIST,     /* names between commas */
    CONFIG_SOURCES,  /* likewise, of the known sources */
    CONFIG_PLACES,   /* likewise: where songs are, playlists by id, address or URI */
};

struct config_key {
    const char *section;
    const char *key;
    enum config_type type;
    size_t at;         /* offset in struct config */
    const char *value; /* default; NULL: found at run time, see help */
    double min, max;   /* of CONFIG_INT and CONFIG_NUM */
    const char *help;  /* one line */
};

/* The table: the file's reference, the man page and the README come from it. */
extern const struct config_key config_keys[];
extern const size_t config_n_keys;
/* The sources that `order` may name. */
extern const char *const config_sources[];
extern const size_t config_n_sources;

/* account: the name of a further account; NULL: $GENRED_ACCOUNT, and without that the first.
 * ERR_USAGE if it cannot be a name. A section [account NAME] sets for that account alone the keys
 * of all other sections but state_dir, socket and listen, which follow from the name; of the
 * sections of other accounts only the keys are looked at, never the values.
 *
 * Reads `path`, or when NULL the first of $GENRED_CONFIG, $XDG_CONFIG_HOME/genred/genred.conf (else
 * ~/.config/genred/genred.conf) and /etc/genred/genred.conf that exists; then the environment
 * GENRED_<SECTION>_<KEY>, which wins. A file that was named and is missing, a malformed line or a
 * bad value is ERR_CONFIG with file and line; an unknown section, key or source is a warning in the
 * result. Relative paths in the file are relative to the file's directory, those in the environment
 * to the working directory; "~/" is the home directory. *ret is untouched on failure. Caller:
 * config_free. */
ERR_NODISCARD enum err_code config_load(const char *path, const char *account, struct config *ret,
                                        struct err *e);
void config_free(struct config *c); /* zeroes it; legal on a zeroed one */

/* Whether the file or the environment set this key. */
bool config_is_set(const struct config *c, const char *section, const char *key);
/* Whether the environment did, above all else. */
bool config_is_from_environment(const struct config *c, const char *section, const char *key);
/* One log line per warning. */
void config_warn(const struct config *c);

#endif
