#include "daemon/ctl_sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "classifier/sound/contest.h"
#include "daemon/ctl.h"
#include "daemon/ctl_count.h"
#include "daemon/ctl_table.h"

static void complain(void *context, const char *name, const char *why)
{
    char *shown = ctl_table_clean(name);
    ctl_count_clear(context);
    ctl_say("%s %s", shown, why);
    free(shown);
}

static void progress(void *context, size_t done, size_t total)
{
    ctl_count_set(context, done, total);
}

static enum err_code number_of(const struct command *c, enum command_option option, int64_t most,
                               int64_t *ret, struct err *e)
{
    const char *text = c->value[option];
    if (text != NULL && !text_to_int(text, 0, most, ret)) {
        return err_set(e, ERR_USAGE, "--%s is no whole number from 0 to %lld: \"%.64s\"",
                       command_option_rows[option].name, (long long)most, text);
    }
    return ERR_OK;
}

enum err_code ctl_sound_eval(const struct command *c, struct err *e)
{
    struct ctl_count count;
    const struct watch watch = {complain, progress, &count};
    struct contest *result = mem_alloc(sizeof(*result));
    int64_t seed = 1, epochs = 0;
    const bool bar = isatty(STDERR_FILENO) && !command_has(c, OPTION_QUIET);
    enum err_code code = number_of(c, OPTION_SEED, INT64_MAX, &seed, e);
    if (code == ERR_OK) {
        code = number_of(c, OPTION_EPOCHS, 1000, &epochs, e);
    }
    if (code == ERR_OK && command_has(c, OPTION_AUGMENT) && !command_has(c, OPTION_AUDIO)) {
        code = err_set(e, ERR_USAGE, "--augment needs --audio");
    }
    const struct contest_options options = {.audio = c->value[OPTION_AUDIO],
                                            .table = c->value[OPTION_TABLE],
                                            .augment = command_has(c, OPTION_AUGMENT),
                                            .epochs = (int)epochs,
                                            .seed = (uint64_t)seed};
    ctl_count_init(&count, "eval", "files", !bar, false);
    if (code == ERR_OK) {
        code = contest_run(&options, &watch, result, e);
    }
    ctl_count_clear(&count);
    if (code == ERR_OK && command_has(c, OPTION_JSON)) {
        struct json *j = contest_json(result);
        ctl_print_json(j);
        json_free(j);
    } else if (code == ERR_OK) {
        contest_print(result, stdout);
    }
    if (code == ERR_OK && result->failed > 0) {
        code = err_set(e, ERR_PARTLY, "%zu files or rows could not be used", result->failed);
    }
    free(result);
    return code;
}
