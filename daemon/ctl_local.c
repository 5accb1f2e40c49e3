#include "daemon/ctl_local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/classify.h"
#include "classifier/compare.h"
#include "classifier/examine.h"
#include "classifier/recall.h"
#include "classifier/simulate.h"
#include "classifier/train.h"
#include "daemon/command_complete.h"
#include "daemon/command_doc.h"
#include "daemon/config_doc.h"
#include "daemon/ctl.h"
#include "daemon/ctl_features.h"
#include "daemon/ctl_file.h"
#include "daemon/ctl_sound.h"

#define OUT_DEFAULT  "genred.model"
#define SEED_DEFAULT 1

static enum err_code number_of(const struct command *c, enum command_option option, int64_t max,
                               int64_t *ret_value, struct err *e)
{
    const char *text = c->value[option];
    if (text != NULL && !text_to_int(text, 0, max, ret_value)) {
        return err_set(e, ERR_USAGE, "--%s is no whole number from 0 to %lld: \"%.64s\"",
                       command_option_rows[option].name, (long long)max, text);
    }
    return ERR_OK;
}

static enum err_code classify(const struct command *c, struct err *e)
{
    size_t songs = 0;
    struct classify_options options = {.path = c->args[0], .model = c->value[OPTION_MODEL]};
    return classify_run(&options, stdout, &songs, e);
}

/* --- train, eval -------------------------------------------------------------------------------
 */

static enum err_code train(const struct command *c, struct err *e)
{
    int64_t seed = SEED_DEFAULT;
    int64_t epochs = 0;
    enum err_code code = number_of(c, OPTION_SEED, INT64_MAX, &seed, e);
    if (code == ERR_OK) {
        code = number_of(c, OPTION_EPOCHS, 1000, &epochs, e);
    }
    if (code != ERR_OK) {
        return code;
    }
    const char *out = c->value[OPTION_OUT];
    struct train_options options = {
        .data = c->data,
        .data_n = c->n_data,
        .families = c->value[OPTION_FAMILIES],
        .artists = c->value[OPTION_ARTISTS],
        .playlists = c->value[OPTION_PLAYLISTS],
        .out = out != NULL ? out : OUT_DEFAULT,
        .curve = c->value[OPTION_CURVE],
        .card = c->value[OPTION_CARD],
        .report = c->value[OPTION_REPORT],
        .seed = (uint64_t)seed,
        .epochs = (int)epochs,
    };
    return train_run(&options, e);
}

static enum err_code compare(const struct command *c, struct err *e)
{
    int64_t rows = 0, seed = SEED_DEFAULT, epochs = 0;
    enum err_code code = number_of(c, OPTION_ROWS, 100000000, &rows, e);
    if (code == ERR_OK) {
        code = number_of(c, OPTION_SEED, INT64_MAX, &seed, e);
    }
    if (code == ERR_OK) {
        code = number_of(c, OPTION_EPOCHS, 1000, &epochs, e);
    }
    if (code == ERR_OK && c->value[OPTION_DUMP] != NULL) {
        code = file_make_dir(c->value[OPTION_DUMP], 0755, e);
    }
    if (code != ERR_OK) {
        return code;
    }
    struct compare_options options = {
        .data = c->data,
        .data_n = c->n_data,
        .families = c->value[OPTION_FAMILIES],
        .rows = (size_t)rows,
        .seed = (uint64_t)seed,
        .epochs = (int)epochs,
        .dump = c->value[OPTION_DUMP],
        .out = c->value[OPTION_OUT],
        .html = c->value[OPTION_HTML],
        .json = command_has(c, OPTION_JSON),
    };
    return compare_run(&options, stdout, e);
}

/* Flags of eval that mean nothing beside the others. */
static enum err_code eval_check(const struct command *c, struct err *e)
{
    static const enum command_option only[] = {OPTION_ROWS, OPTION_SEED, OPTION_EPOCHS, OPTION_OUT,
                                               OPTION_DUMP};
    static const enum command_option needed[] = {OPTION_DATA, OPTION_FAMILIES};
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!command_has(c, needed[i])) {
            return err_set(e, ERR_USAGE, "eval needs --%s %s", command_option_rows[needed[i]].name,
                           command_option_rows[needed[i]].argument);
        }
    }
    if (command_has(c, OPTION_COMPARE)) {
        return command_has(c, OPTION_MODEL)
                   ? err_set(e, ERR_USAGE, "--compare trains its models and takes no --model")
                   : ERR_OK;
    }
    for (size_t i = 0; i < sizeof(only) / sizeof(only[0]); i++) {
        if (command_has(c, only[i])) {
            return err_set(e, ERR_USAGE, "eval takes --%s only with --compare",
                           command_option_rows[only[i]].name);
        }
    }
    return ERR_OK;
}

static enum err_code eval(const struct command *c, struct err *e)
{
    if (command_has(c, OPTION_AUDIO) || command_has(c, OPTION_TABLE)) {
        return ctl_sound_eval(c, e);
    }
    enum err_code code = eval_check(c, e);
    if (code != ERR_OK) {
        return code;
    }
    if (command_has(c, OPTION_COMPARE)) {
        return compare(c, e);
    }
    if (command_has(c, OPTION_CORRECTIONS)) {
        const struct simulate_options simulated = {.data = c->data,
                                                   .data_n = c->n_data,
                                                   .families = c->value[OPTION_FAMILIES],
                                                   .playlists = c->value[OPTION_PLAYLISTS],
                                                   .model = c->value[OPTION_MODEL],
                                                   .seed = SEED_DEFAULT};
        return simulated.playlists != NULL
                   ? simulate_run(&simulated, stdout, e)
                   : err_set(e, ERR_USAGE, "--corrections needs --playlists");
    }
    if (command_has(c, OPTION_PLAYLISTS)) {
        return recall_run(c->data, c->n_data, c->value[OPTION_PLAYLISTS], c->value[OPTION_MODEL],
                          stdout, e);
    }
    struct examine_options options = {
        .data = c->data,
        .data_n = c->n_data,
        .families = c->value[OPTION_FAMILIES],
        .model = c->value[OPTION_MODEL],
        .html = c->value[OPTION_HTML],
        .json = command_has(c, OPTION_JSON),
    };
    return examine_run(&options, stdout, e);
}

/* --- texts -------------------------------------------------------------------------------------
 */

static enum err_code text_print(struct buf *b, struct err *e)
{
    enum err_code code = ERR_OK;
    if (fwrite(buf_str(b), 1, b->len, stdout) != b->len || fflush(stdout) != 0) {
        code = err_set(e, ERR_IO, "cannot write the text");
    }
    buf_free(b);
    return code;
}

static enum err_code help(const struct command *c, struct err *e)
{
    struct buf b = {0};
    const struct command_row *row = c->row;
    if (row->id == COMMAND_HELP) {
        row = c->n_args > 0 ? command_find(c->args[0]) : NULL;
        if (c->n_args > 0 && row == NULL) {
            return err_set(e, ERR_USAGE, "unknown command \"%.64s\", see genrectl --help",
                           c->args[0]);
        }
    }
    command_doc_help(row, &b);
    return text_print(&b, e);
}

static enum err_code completion(const struct command *c, struct err *e)
{
    struct buf b = {0};
    enum err_code code = command_complete_print(c->args[0], &b, e);
    return code == ERR_OK ? text_print(&b, e) : code;
}

static enum err_code manual(const struct command *c, struct err *e)
{
    static const struct {
        const char *name;
        void (*put)(struct buf *b);
    } formats[] = {{"commands-markdown", command_doc_markdown},
                   {"commands-scdoc", command_doc_scdoc},
                   {"config-markdown", config_doc_markdown},
                   {"config-scdoc", config_doc_scdoc},
                   {"config", config_doc_file}};
    const char *wanted = c->value[OPTION_FORMAT];
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (wanted == NULL ? i == 0 : text_equal(formats[i].name, wanted)) {
            struct buf b = {0};
            formats[i].put(&b);
            return text_print(&b, e);
        }
    }
    return err_set(e, ERR_USAGE, "%s", c->row->help);
}

enum err_code ctl_local_run(const struct command *c, struct err *e)
{
    if (command_has(c, OPTION_HELP)) {
        return help(c, e);
    }
    switch (c->row->id) {
    case COMMAND_CLASSIFY:
        return classify(c, e);
    case COMMAND_FEATURES:
        return ctl_features_run(c, e);
    case COMMAND_WHY:
        return ctl_file_why(c, e);
    case COMMAND_SIMILAR:
        return ctl_file_similar(c, e);
    case COMMAND_TRAIN:
        return train(c, e);
    case COMMAND_EVAL:
        return eval(c, e);
    case COMMAND_COMPLETION:
        return completion(c, e);
    case COMMAND_HELP:
        return help(c, e);
    case COMMAND_MANUAL:
        return manual(c, e);
    case COMMAND_LOGIN:
    case COMMAND_LOGOUT:
    case COMMAND_STATUS:
    case COMMAND_SYNC:
    case COMMAND_SORT:
    case COMMAND_GENRES:
    case COMMAND_LIST:
    case COMMAND_REVIEW:
    case COMMAND_LABEL:
    case COMMAND_EXCLUDE:
    case COMMAND_SOURCES:
    case COMMAND_WEB:
    case COMMAND_IMPORT:
    case COMMAND_BACKUP:
    case COMMAND_RESTORE:
    case COMMAND_RUNS:
    case COMMAND_WATCH:
    case COMMAND_CANCEL:
    case COMMAND_ACCOUNTS:
    case COMMAND_PATHS:
    case COMMAND_DOCTOR:
    case COMMAND_DROP:
    case COMMAND_APPLY:
    case COMMAND_UNDO:
    case COMMAND_ADOPT:
    case COMMAND_RELEASE:
    case COMMAND_LEARN:
        break;
    }
    return err_set(e, ERR_BUG, "%s is no local command", c->row->name);
}
