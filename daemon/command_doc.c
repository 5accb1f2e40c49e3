#include "daemon/command_doc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define HELP_COLUMNS 80

static bool has_option(const struct command_row *row, size_t option)
{
    return option < OPTION_FIRST_GLOBAL && (row->options >> option & 1) != 0;
}

/* "--threshold P" */
static void option_put(const struct command_option_row *o, struct buf *b)
{
    buf_printf(b, "--%s%s%s%s", o->name, o->argument != NULL ? " " : "",
               o->argument != NULL ? o->argument : "", o->several ? "..." : "");
}

/* "sort [--genres A,B] [--dry-run]" */
static void usage_put(const struct command_row *row, struct buf *b)
{
    buf_add_str(b, row->name);
    for (size_t i = 0; i < OPTION_N; i++) {
        if (has_option(row, i)) {
            bool required = (row->required >> i & 1) != 0;
            buf_add_str(b, required ? " " : " [");
            option_put(&command_option_rows[i], b);
            buf_add_str(b, required ? "" : "]");
        }
    }
    if (*row->arguments != '\0') {
        buf_printf(b, " %s", row->arguments);
    }
}

/* text from column `at` on, with its lines broken at blanks and indented. */
static void paragraph_put(const char *text, size_t indent, size_t at, struct buf *b)
{
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        if (at > indent && at + 1 + n > HELP_COLUMNS) {
            buf_add_char(b, '\n');
            at = 0;
        } else if (at > indent) {
            buf_add_char(b, ' ');
            at++;
        }
        for (; at < indent; at++) {
            buf_add_char(b, ' ');
        }
        buf_add(b, text, n);
        at += n;
        text += n + (text[n] == ' ');
    }
    buf_add_char(b, '\n');
}

static void option_help(const struct command_option_row *o, struct buf *b)
{
    size_t from = b->len;
    buf_add_str(b, "  ");
    option_put(o, b);
    size_t at = b->len - from;
    if (at > 21) {
        buf_add_char(b, '\n');
        at = 0;
    }
    paragraph_put(o->help, 22, at, b);
}

static void globals_help(struct buf *b)
{
    for (size_t i = OPTION_FIRST_GLOBAL; i < OPTION_N; i++) {
        option_help(&command_option_rows[i], b);
    }
}

static void one_help(const struct command_row *row, struct buf *b)
{
    buf_add_str(b, "Usage: genrectl ");
    usage_put(row, b);
    buf_add_str(b, "\n\n");
    paragraph_put(row->summary, 0, 0, b);
    paragraph_put(row->help, 0, 0, b);
    if (row->options != 0) {
        buf_add_str(b, "\nFlags:\n");
        for (size_t i = 0; i < OPTION_N; i++) {
            if (has_option(row, i)) {
                option_help(&command_option_rows[i], b);
            }
        }
    }
    buf_add_str(b, "\nFlags of every command:\n");
    globals_help(b);
}

void command_doc_help(const struct command_row *row, struct buf *b)
{
    if (row != NULL) {
        one_help(row, b);
        return;
    }
    buf_add_str(b, "genrectl keeps your liked songs on Spotify sorted into one playlist per genre."
                   "\n\nUsage: genrectl [FLAGS] [COMMAND]\n\nCommands:\n");
    for (size_t i = 0; i < command_n_rows; i++) {
        const struct command_row *c = &command_rows[i];
        if (!c->hidden) {
            buf_printf(b, "  %-11s ", c->name);
            paragraph_put(c->summary, 14, 14, b);
        }
    }
    buf_add_str(b, "\nFlags:\n");
    globals_help(b);
    buf_add_str(b, "\nStart with: genrectl login, genrectl genres, genrectl sort --genres A,B\n"
                   "Exit status: 0 done, 1 failed, 2 usage, 3 partly done, 4 login needed,\n"
                   "5 daemon not reachable, 6 try later, 130 interrupted.\n");
}

/* --- reference ---------------------------------------------------------------------------------
 */

void command_doc_markdown(struct buf *b)
{
    buf_add_str(b, "| command | meaning |\n|---|---|\n");
    for (size_t i = 0; i < command_n_rows; i++) {
        if (!command_rows[i].hidden) {
            size_t from = b->len;
            buf_add_str(b, "| `genrectl ");
            usage_put(&command_rows[i], b);
            /* A bar inside a cell is written \|. */
            for (size_t at = from + 2; at < b->len; at++) {
                if (b->data[at] == '|') {
                    char tail[256];
                    text_copy(tail, sizeof(tail), b->data + at);
                    b->len = at;
                    buf_printf(b, "\\%s", tail);
                    at++;
                }
            }
            buf_printf(b, "` | %s |\n", command_rows[i].summary);
        }
    }
    buf_add_str(b, "\n| flag of every command | meaning |\n|---|---|\n");
    for (size_t i = OPTION_FIRST_GLOBAL; i < OPTION_N; i++) {
        buf_add_str(b, "| `");
        option_put(&command_option_rows[i], b);
        buf_printf(b, "` | %s |\n", command_option_rows[i].help);
    }
}

static void scdoc_text(struct buf *b, const char *s)
{
    for (; *s != '\0'; s++) {
        if (strchr("_*[\\~.", *s) != NULL) {
            buf_add_char(b, '\\');
        }
        buf_add_char(b, *s);
    }
}

static void scdoc_option(const struct command_option_row *o, const char *indent, struct buf *b)
{
    buf_printf(b, "%s*--%s*", indent, o->name);
    if (o->argument != NULL) {
        buf_printf(b, " _%s_", o->argument);
    }
    buf_printf(b, "%s\n%s\t", o->several ? " ..." : "", indent);
    scdoc_text(b, o->help);
    buf_add_str(b, "\n\n");
}

void command_doc_scdoc(struct buf *b)
{
    buf_add_str(b, "# COMMANDS\n\n");
    for (size_t i = 0; i < command_n_rows; i++) {
        const struct command_row *row = &command_rows[i];
        if (row->hidden) {
            continue;
        }
        buf_printf(b, "*%s*%s", row->name, *row->arguments != '\0' ? " " : "");
        scdoc_text(b, row->arguments);
        buf_add_str(b, "\n\t");
        scdoc_text(b, row->summary);
        buf_add_char(b, ' ');
        scdoc_text(b, row->help);
        buf_add_str(b, "\n\n");
        for (size_t j = 0; j < OPTION_N; j++) {
            if (has_option(row, j)) {
                scdoc_option(&command_option_rows[j], "\t", b);
            }
        }
    }
    buf_add_str(b, "# OPTIONS\n\nThey may stand before or after the command.\n\n");
    for (size_t i = OPTION_FIRST_GLOBAL; i < OPTION_N; i++) {
        scdoc_option(&command_option_rows[i], "", b);
    }
}
