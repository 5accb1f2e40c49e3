#include "daemon/command_complete.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/text.h"
#include "classifier/genre.h"
#include "daemon/command.h"

static const char *const shells[] = {"bash", "zsh", "fish"};

/* Flags that a shell offers behind a command; the global ones too when it is NULL. */
static bool is_offered(const struct command_row *row, size_t option)
{
    if (option >= OPTION_FIRST_GLOBAL) {
        return row == NULL;
    }
    return row != NULL && (row->options >> option & 1) != 0;
}

static void words_put(const char *const *words, size_t n, struct buf *b)
{
    for (size_t i = 0; i < n; i++) {
        buf_printf(b, "%s%s", i > 0 ? " " : "", words[i]);
    }
}

static void commands_put(struct buf *b)
{
    bool first = true;
    for (size_t i = 0; i < command_n_rows; i++) {
        if (!command_rows[i].hidden) {
            buf_printf(b, "%s%s", first ? "" : " ", command_rows[i].name);
            first = false;
        }
    }
}

/* The words themselves, blanks between; nothing for files. */
static void kind_put(enum command_words kind, struct buf *b)
{
    switch (kind) {
    case WORDS_NONE:
    case WORDS_FILES:
        break;
    case WORDS_GENRES:
        words_put(genre_name, GENRE_N, b);
        break;
    case WORDS_SHELLS:
        words_put(shells, sizeof(shells) / sizeof(shells[0]), b);
        break;
    case WORDS_COMMANDS:
        commands_put(b);
        break;
    }
}

static void flags_put(const struct command_row *row, struct buf *b)
{
    for (size_t i = 0; i < OPTION_N; i++) {
        if (is_offered(row, i)) {
            buf_printf(b, " --%s", command_option_rows[i].name);
        }
    }
}

/* Text between single quotes of a POSIX shell. */
static void quoted_put(const char *s, struct buf *b)
{
    buf_add_char(b, '\'');
    for (; *s != '\0'; s++) {
        if (*s == '\'') {
            buf_add_str(b, "'\\''");
        } else {
            buf_add_char(b, *s);
        }
    }
    buf_add_char(b, '\'');
}

/* --- bash --------------------------------------------------------------------------------------
 */

static void bash_values(struct buf *b)
{
    buf_add_str(b, "    case $previous in\n");
    for (size_t i = 0; i < OPTION_N; i++) {
        const struct command_option_row *o = &command_option_rows[i];
        if (o->argument == NULL) {
            continue;
        }
        buf_printf(b, "    --%s)", o->name);
        if (o->words == WORDS_FILES) {
            buf_add_str(b, " COMPREPLY=($(compgen -f -- \"$word\"));");
        } else if (o->words == WORDS_GENRES) {
            /* Behind the last comma of the list. */
            buf_add_str(b, "\n        local head=''\n"
                           "        [[ $word == *,* ]] && head=${word%,*},\n"
                           "        COMPREPLY=($(compgen -P \"$head\" -W '");
            kind_put(o->words, b);
            buf_add_str(b, "' -- \"${word##*,}\"));\n       ");
        }
        buf_add_str(b, " return ;;\n");
    }
    buf_add_str(b, "    esac\n");
}

static void bash_put(struct buf *b)
{
    buf_add_str(b, "# bash completion for genrectl\n# shellcheck shell=bash disable=SC2207\n"
                   "_genrectl()\n{\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                   "    local command='' words='' files='' i\n"
                   "    COMPREPLY=()\n");
    bash_values(b);
    buf_add_str(b, "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                   "        case ${COMP_WORDS[i]} in\n        ");
    bool first = true;
    for (size_t i = 0; i < command_n_rows; i++) {
        if (!command_rows[i].hidden) {
            buf_printf(b, "%s%s", first ? "" : "|", command_rows[i].name);
            first = false;
        }
    }
    buf_add_str(b, ") command=${COMP_WORDS[i]}; break ;;\n        esac\n    done\n"
                   "    case $command in\n    '') words='");
    commands_put(b);
    buf_add_str(b, "' ;;\n");
    for (size_t i = 0; i < command_n_rows; i++) {
        const struct command_row *row = &command_rows[i];
        if (row->hidden) {
            continue;
        }
        buf_printf(b, "    %s) words='", row->name);
        kind_put(row->words, b);
        flags_put(row, b);
        buf_printf(b, "'%s ;;\n", row->words == WORDS_FILES ? " files=1" : "");
    }
    buf_add_str(b, "    esac\n    words+='");
    flags_put(NULL, b);
    buf_add_str(b, "'\n"
                   "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                   "    [[ $files ]] && COMPREPLY+=($(compgen -f -- \"$word\"))\n"
                   "}\n"
                   "complete -o filenames -F _genrectl genrectl\n");
}

/* --- zsh ---------------------------------------------------------------------------------------
 */

/* What _arguments runs for a value. */
static void zsh_action(enum command_words kind, struct buf *b)
{
    if (kind == WORDS_FILES) {
        buf_add_str(b, "_files");
    } else if (kind != WORDS_NONE) {
        buf_add_char(b, '(');
        kind_put(kind, b);
        buf_add_char(b, ')');
    }
}

/* '--threshold=[help]:P:' with the characters that _arguments takes for its own escaped. */
static void zsh_option(const struct command_option_row *o, struct buf *b)
{
    struct buf spec = {0};
    buf_printf(&spec, "%s--%s%s[", o->several ? "*" : "", o->name, o->argument != NULL ? "=" : "");
    for (const char *s = o->help; *s != '\0'; s++) {
        if (*s == '[' || *s == ']' || *s == ':' || *s == '\\') {
            buf_add_char(&spec, '\\');
        }
        buf_add_char(&spec, *s);
    }
    buf_add_char(&spec, ']');
    if (o->argument != NULL) {
        buf_printf(&spec, ":%s:", o->argument);
        if (o->words == WORDS_GENRES) {
            buf_add_str(&spec, "_sequence _genrectl_genres");
        } else {
            zsh_action(o->words, &spec);
        }
    }
    buf_add_str(b, " \\\n            ");
    quoted_put(buf_str(&spec), b);
    buf_free(&spec);
}

static void zsh_options(const struct command_row *row, struct buf *b)
{
    for (size_t i = 0; i < OPTION_N; i++) {
        if (is_offered(row, i)) {
            zsh_option(&command_option_rows[i], b);
        }
    }
}

static void zsh_command(const struct command_row *row, struct buf *b)
{
    buf_printf(b, "        %s) _arguments $global", row->name);
    zsh_options(row, b);
    if (row->words != WORDS_NONE) {
        buf_printf(b, " \\\n            '%s::", row->max_args > 1 ? "*" : "1");
        zsh_action(row->words, b);
        buf_add_char(b, '\'');
    }
    buf_add_str(b, " ;;\n");
}

static void zsh_put(struct buf *b)
{
    buf_add_str(b, "#compdef genrectl\n\n"
                   "_genrectl_genres()\n{\n    compadd \"$@\" -- ");
    kind_put(WORDS_GENRES, b);
    buf_add_str(b, "\n}\n\n_genrectl()\n{\n    local state line curcontext=$curcontext\n"
                   "    local -a global commands\n    global=(");
    zsh_options(NULL, b);
    buf_add_str(b, ")\n    commands=(");
    for (size_t i = 0; i < command_n_rows; i++) {
        const struct command_row *row = &command_rows[i];
        if (!row->hidden) {
            struct buf item = {0};
            buf_printf(&item, "%s:%s", row->name, row->summary);
            buf_add_str(b, " \\\n        ");
            quoted_put(buf_str(&item), b);
            buf_free(&item);
        }
    }
    buf_add_str(b, ")\n"
                   "    _arguments -C $global '1:command:->command' '*::argument:->argument'\n"
                   "    case $state in\n"
                   "    command) _describe command commands ;;\n"
                   "    argument)\n        case $line[1] in\n");
    for (size_t i = 0; i < command_n_rows; i++) {
        if (!command_rows[i].hidden) {
            zsh_command(&command_rows[i], b);
        }
    }
    buf_add_str(b, "        esac ;;\n    esac\n}\n\n"
                   "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n    _genrectl \"$@\"\n"
                   "else\n    compdef _genrectl genrectl\nfi\n");
}

/* --- fish --------------------------------------------------------------------------------------
 */

static void fish_option(const struct command_row *row, const struct command_option_row *o,
                        struct buf *b)
{
    buf_add_str(b, "complete -c genrectl");
    if (row != NULL) {
        buf_printf(b, " -n '__fish_seen_subcommand_from %s'", row->name);
    }
    buf_printf(b, " -l %s%s", o->name, o->argument != NULL ? " -r" : "");
    if (o->words == WORDS_FILES) {
        buf_add_str(b, " -F");
    } else if (o->words == WORDS_GENRES) {
        buf_add_str(b, " -a '(__fish_complete_list , \"string split -- \\\" \\\" \\\"");
        kind_put(o->words, b);
        buf_add_str(b, "\\\"\")'");
    }
    buf_add_str(b, " -d ");
    quoted_put(o->help, b);
    buf_add_char(b, '\n');
}

static void fish_put(struct buf *b)
{
    buf_add_str(b, "# fish completion for genrectl\ncomplete -c genrectl -f\n");
    for (size_t i = 0; i < OPTION_N; i++) {
        if (is_offered(NULL, i)) {
            fish_option(NULL, &command_option_rows[i], b);
        }
    }
    for (size_t i = 0; i < command_n_rows; i++) {
        const struct command_row *row = &command_rows[i];
        if (row->hidden) {
            continue;
        }
        buf_printf(b, "complete -c genrectl -n __fish_use_subcommand -a %s -d ", row->name);
        quoted_put(row->summary, b);
        buf_add_char(b, '\n');
        for (size_t j = 0; j < OPTION_N; j++) {
            if (is_offered(row, j)) {
                fish_option(row, &command_option_rows[j], b);
            }
        }
        if (row->words != WORDS_NONE) {
            buf_printf(b, "complete -c genrectl -n '__fish_seen_subcommand_from %s' ", row->name);
            if (row->words == WORDS_FILES) {
                buf_add_str(b, "-F");
            } else {
                buf_add_str(b, "-a '");
                kind_put(row->words, b);
                buf_add_char(b, '\'');
            }
            buf_add_char(b, '\n');
        }
    }
}

enum err_code command_complete_print(const char *shell, struct buf *b, struct err *e)
{
    if (text_equal(shell, "bash")) {
        bash_put(b);
    } else if (text_equal(shell, "zsh")) {
        zsh_put(b);
    } else if (text_equal(shell, "fish")) {
        fish_put(b);
    } else {
        return err_set(e, ERR_USAGE, "unknown shell \"%.64s\": bash, zsh or fish", shell);
    }
    return ERR_OK;
}
