/* The commands of genrectl: one table, from which the parser, --help, the man page and the shell
 * completions come. */
#ifndef DAEMON_COMMAND_H
#define DAEMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum command_id {
    COMMAND_LOGIN,
    COMMAND_LOGOUT,
    COMMAND_STATUS,
    COMMAND_SYNC,
    COMMAND_SORT,
    COMMAND_GENRES,
    COMMAND_LIST,
    COMMAND_REVIEW,
    COMMAND_WHY,
    COMMAND_LABEL,
    COMMAND_EXCLUDE,
    COMMAND_SIMILAR,
    COMMAND_SOURCES,
    COMMAND_WEB,
    COMMAND_IMPORT,
    COMMAND_BACKUP,
    COMMAND_RESTORE,
    COMMAND_RUNS,
    COMMAND_WATCH,
    COMMAND_CANCEL,
    COMMAND_ACCOUNTS,
    COMMAND_PATHS,
    COMMAND_DOCTOR,
    COMMAND_DROP,
    COMMAND_APPLY,
    COMMAND_UNDO,
    COMMAND_ADOPT,
    COMMAND_RELEASE,
    COMMAND_LEARN,
    COMMAND_CLASSIFY,
    COMMAND_FEATURES,
    COMMAND_TRAIN,
    COMMAND_EVAL,
    COMMAND_COMPLETION,
    COMMAND_HELP,
    COMMAND_MANUAL,
};

/* How a command is carried out. */
enum command_kind {
    COMMAND_LOCAL, /* in genrectl itself: no daemon, network or configuration file */
    COMMAND_PLAIN, /* configuration file, perhaps a look at the socket, but no daemon is started */
    COMMAND_ASK,   /* one request to the daemon, one document back */
    COMMAND_WORK,  /* a run in the daemon, followed to its end on the event stream */
};

enum command_option {
    OPTION_NO_BROWSER,
    OPTION_PASTE,
    OPTION_OPEN,
    OPTION_PASSWORD,
    OPTION_NO_PASSWORD,
    OPTION_REFRESH,
    OPTION_GENRES,
    OPTION_DRY_RUN,
    OPTION_THRESHOLD,
    OPTION_WAIT,
    OPTION_YES,
    OPTION_PLAN,
    OPTION_MAY_REMOVE,
    OPTION_AS,
    OPTION_NOT,
    OPTION_FORGET,
    OPTION_ARTIST,
    OPTION_COUNT,
    OPTION_PLAYLIST,
    OPTION_FROM,
    OPTION_MODEL,
    OPTION_DATA,
    OPTION_FAMILIES,
    OPTION_ARTISTS,
    OPTION_PLAYLISTS,
    OPTION_CORRECTIONS,
    OPTION_HTML,
    OPTION_CURVE,
    OPTION_OUT,
    OPTION_CARD,
    OPTION_REPORT,
    OPTION_SEED,
    OPTION_EPOCHS,
    OPTION_COMPARE,
    OPTION_ROWS,
    OPTION_DUMP,
    OPTION_AUDIO,
    OPTION_TABLE,
    OPTION_AUGMENT,
    OPTION_CSV,
    OPTION_PNG,
    OPTION_FORMAT,
    OPTION_ACCOUNT, /* from here on: legal with every command */
    OPTION_CONFIG,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_NO_COLOR,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_N
};
#define OPTION_FIRST_GLOBAL OPTION_ACCOUNT

/* What a shell offers for the word. */
enum command_words { WORDS_NONE, WORDS_FILES, WORDS_GENRES, WORDS_SHELLS, WORDS_COMMANDS };

struct command_option_row {
    enum command_option option;
    const char *name;     /* without "--" */
    const char *argument; /* NULL: a flag */
    bool several;         /* may be repeated; each takes the following words up to the next flag */
    enum command_words words;
    const char *help; /* one line */
};

struct command_row {
    enum command_id id;
    const char *name;
    const char *arguments; /* "" or e.g. "GENRE"; in usage lines */
    size_t min_args, max_args;
    enum command_kind kind;
    bool hidden;
    enum command_words words; /* of its arguments */
    uint64_t options;         /* bit 1 << enum command_option; the global ones are left out */
    uint64_t required;        /* likewise: those that must be given */
    const char *summary;      /* one line */
    const char *help;         /* whole sentences */
};

extern const struct command_row command_rows[];
extern const size_t command_n_rows;
extern const struct command_option_row command_option_rows[OPTION_N];

#define COMMAND_VALUES_MAX 1024

/* What the person asked for. Strings are borrowed from argv. */
struct command {
    const struct command_row *row;        /* `status` when none was named */
    uint64_t given;                       /* bit 1 << option */
    const char *value[OPTION_N];          /* the last one given; NULL */
    const char *data[COMMAND_VALUES_MAX]; /* of --data, in order */
    size_t n_data;
    const char *args[COMMAND_VALUES_MAX];
    size_t n_args;
};

/* argv[0] is skipped. Flags may stand before or after the command, as --x=v or --x v; "--" ends
 * them. ERR_USAGE names the nearest command or flag. With --help and --version missing arguments
 * are fine. On failure ret->given still tells whether --json was seen anywhere. */
ERR_NODISCARD enum err_code command_parse(int argc, char *const *argv, struct command *ret,
                                          struct err *e);
bool command_has(const struct command *c, enum command_option option);
/* NULL if there is none of that name. */
const struct command_row *command_find(const char *name);

#endif
