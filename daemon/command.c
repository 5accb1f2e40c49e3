#include "daemon/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/account.h"

#define COMMAND_MOST 64 /* rows; command_table.c holds it */

const struct command_row *command_find(const char *name)
{
    for (size_t i = 0; i < command_n_rows; i++) {
        if (text_equal(command_rows[i].name, name)) {
            return &command_rows[i];
        }
    }
    return NULL;
}

bool command_has(const struct command *c, enum command_option option)
{
    return (c->given >> option & 1) != 0;
}

static const struct command_row *row_of(enum command_id id)
{
    const struct command_row *row = command_rows;
    while (row->id != id) {
        row++;
    }
    return row;
}

static enum err_code unknown_command(const char *name, struct err *e)
{
    const char *names[COMMAND_MOST];
    size_t n = 0;
    for (size_t i = 0; i < command_n_rows; i++) {
        if (!command_rows[i].hidden) {
            names[n++] = command_rows[i].name;
        }
    }
    const char *near = text_nearest(name, names, n);
    if (near != NULL) {
        return err_set(e, ERR_USAGE, "unknown command \"%.64s\", did you mean \"%s\"?", name, near);
    }
    return err_set(e, ERR_USAGE, "unknown command \"%.64s\", see genrectl --help", name);
}

static enum err_code unknown_option(const char *word, size_t n, struct err *e)
{
    const char *names[OPTION_N];
    for (size_t i = 0; i < OPTION_N; i++) {
        names[i] = command_option_rows[i].name;
    }
    char *name = mem_strndup(word + 2, n - 2);
    const char *near = text_nearest(name, names, OPTION_N);
    free(name);
    int shown = n < 64 ? (int)n : 64;
    if (near != NULL) {
        return err_set(e, ERR_USAGE, "unknown flag \"%.*s\", did you mean \"--%s\"?", shown, word,
                       near);
    }
    return err_set(e, ERR_USAGE, "unknown flag \"%.*s\", see genrectl --help", shown, word);
}

/* n bytes of word, "--" included. */
static const struct command_option_row *option_find(const char *word, size_t n)
{
    for (size_t i = 0; i < OPTION_N; i++) {
        const struct command_option_row *o = &command_option_rows[i];
        if (strlen(o->name) == n - 2 && strncmp(o->name, word + 2, n - 2) == 0) {
            return o;
        }
    }
    return NULL;
}

struct words {
    int argc;
    char *const *argv;
    int at;
};

static enum err_code data_add(struct command *c, const char *value, struct err *e)
{
    if (c->n_data == COMMAND_VALUES_MAX) {
        return err_set(e, ERR_USAGE, "more than %d files for --data", COMMAND_VALUES_MAX);
    }
    c->data[c->n_data++] = value;
    return ERR_OK;
}

/* The flag at w->at, and its value if it takes one. */
static enum err_code option_take(struct words *w, struct command *c, struct err *e)
{
    const char *word = w->argv[w->at++];
    if (text_equal(word, "-h")) {
        word = "--help";
    } else if (text_equal(word, "-V")) {
        word = "--version";
    } else if (text_equal(word, "-q")) {
        word = "--quiet";
    } else if (text_equal(word, "-n")) {
        word = "--count";
    }
    if (word[1] != '-') {
        return err_set(e, ERR_USAGE, "unknown flag \"%.64s\", see genrectl --help", word);
    }
    size_t n = strcspn(word, "=");
    const struct command_option_row *o = option_find(word, n);
    if (o == NULL) {
        return unknown_option(word, n, e);
    }
    c->given |= UINT64_C(1) << o->option;
    if (o->argument == NULL) {
        return word[n] == '\0' ? ERR_OK : err_set(e, ERR_USAGE, "--%s takes no value", o->name);
    }
    if (word[n] == '=') {
        c->value[o->option] = word + n + 1;
    } else if (w->at < w->argc) {
        c->value[o->option] = w->argv[w->at++];
    } else {
        return err_set(e, ERR_USAGE, "--%s needs a value: %s", o->name, o->argument);
    }
    return o->several ? data_add(c, c->value[o->option], e) : ERR_OK;
}

static enum err_code word_take(struct command *c, const char *word, struct err *e)
{
    if (c->row == NULL) {
        c->row = command_find(word);
        return c->row != NULL ? ERR_OK : unknown_command(word, e);
    }
    if (c->n_args == COMMAND_VALUES_MAX) {
        return err_set(e, ERR_USAGE, "too many words after %s", c->row->name);
    }
    c->args[c->n_args++] = word;
    return ERR_OK;
}

static enum err_code args_check(struct command *c, struct err *e)
{
    const struct command_row *row = c->row;
    if (row->options >> OPTION_DATA & 1) {
        /* --data a b c: what follows the first file are files too. */
        if (c->n_args > 0 && c->n_data == 0) {
            return err_set(e, ERR_USAGE, "%s takes its files with --data", row->name);
        }
        for (size_t i = 0; i < c->n_args; i++) {
            enum err_code code = data_add(c, c->args[i], e);
            if (code != ERR_OK) {
                return code;
            }
        }
        c->n_args = 0;
        return ERR_OK;
    }
    if (c->n_args > row->max_args) {
        return err_set(e, ERR_USAGE, "%s: unexpected \"%.64s\"", row->name, c->args[row->max_args]);
    }
    if (c->n_args < row->min_args) {
        return err_set(e, ERR_USAGE, "%s needs %s", row->name, row->arguments);
    }
    return ERR_OK;
}

/* Flags that do not belong to the command, and those that it lacks. */
static enum err_code options_check(const struct command *c, struct err *e)
{
    for (int i = 0; i < OPTION_N; i++) {
        const struct command_option_row *o = &command_option_rows[i];
        uint64_t bit = UINT64_C(1) << i;
        if ((c->given & bit) != 0 && i < OPTION_FIRST_GLOBAL && (c->row->options & bit) == 0) {
            return err_set(e, ERR_USAGE, "%s takes no --%s", c->row->name, o->name);
        }
        if ((c->row->required & bit) != 0 && (c->given & bit) == 0) {
            return err_set(e, ERR_USAGE, "%s needs --%s %s", c->row->name, o->name, o->argument);
        }
    }
    const char *account = c->value[OPTION_ACCOUNT];
    return account != NULL ? account_check(account, e) : ERR_OK;
}

/* Whether --json stands among the words; for the shape of an error about any other word. */
static bool json_is_wanted(int argc, char *const *argv)
{
    for (int i = 1; i < argc && !text_equal(argv[i], "--"); i++) {
        if (text_equal(argv[i], "--json")) {
            return true;
        }
    }
    return false;
}

static enum err_code parse(int argc, char *const *argv, struct command *c, struct err *e)
{
    struct words w = {.argc = argc, .argv = argv, .at = 1};
    bool flags_ended = false;
    enum err_code code = ERR_OK;
    while (w.at < argc && code == ERR_OK) {
        const char *word = argv[w.at];
        if (flags_ended || word[0] != '-' || word[1] == '\0') {
            code = word_take(c, word, e);
            w.at++;
        } else if (text_equal(word, "--")) {
            flags_ended = true;
            w.at++;
        } else {
            code = option_take(&w, c, e);
        }
    }
    if (code != ERR_OK) {
        return code;
    }
    bool named = c->row != NULL;
    if (!named) {
        c->row = row_of(COMMAND_STATUS);
    }
    if (command_has(c, OPTION_HELP) || command_has(c, OPTION_VERSION)) {
        c->row = command_has(c, OPTION_HELP) && !named ? row_of(COMMAND_HELP) : c->row;
        return ERR_OK;
    }
    code = options_check(c, e);
    return code == ERR_OK ? args_check(c, e) : code;
}

enum err_code command_parse(int argc, char *const *argv, struct command *ret, struct err *e)
{
    struct command c = {0};
    enum err_code code = parse(argc, argv, &c, e);
    if (code != ERR_OK) {
        ret->given = c.given | (json_is_wanted(argc, argv) ? UINT64_C(1) << OPTION_JSON : 0);
        return code;
    }
    *ret = c;
    return ERR_OK;
}
