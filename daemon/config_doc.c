#include "daemon/config_doc.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "daemon/config.h"

static const char account_help[] =
    "Of a further account (genrectl --account NAME): any key of the other sections but state_dir, "
    "socket and listen, for that account alone.";

static bool starts_section(size_t row)
{
    return row == 0 || !text_equal(config_keys[row].section, config_keys[row - 1].section);
}

static const char *shown_default(const struct config_key *k)
{
    return k->value != NULL ? k->value : "";
}

void config_doc_file(struct buf *b)
{
    buf_add_str(b, "# Configuration of genred. Every key may be left out; what stands here behind "
                   "a '#' is the default.\n"
                   "# The environment GENRED_<SECTION>_<KEY> wins over this file. "
                   "See genred.conf(5).\n");
    for (size_t i = 0; i < config_n_keys; i++) {
        const struct config_key *k = &config_keys[i];
        if (starts_section(i)) {
            buf_printf(b, "\n[%s]\n", k->section);
        }
        const char *value = shown_default(k);
        buf_printf(b, "# %s\n#%s =%s%s\n", k->help, k->key, *value != '\0' ? " " : "", value);
    }
    buf_printf(b, "\n# %s\n#[account name]\n#genres =\n", account_help);
}

void config_doc_markdown(struct buf *b)
{
    for (size_t i = 0; i < config_n_keys; i++) {
        const struct config_key *k = &config_keys[i];
        if (starts_section(i)) {
            buf_printf(b, "%s`[%s]`\n\n| key | default | meaning |\n|---|---|---|\n",
                       i > 0 ? "\n" : "", k->section);
        }
        const char *value = shown_default(k);
        const char *quote = *value != '\0' ? "`" : "";
        buf_printf(b, "| `%s` | %s%s%s | %s |\n", k->key, quote, value, quote, k->help);
    }
    buf_printf(b, "\n`[account NAME]`\n\n%s\n", account_help);
}

/* scdoc takes _ and * for emphasis and [ for a table: all are written literally. */
static void scdoc_text(struct buf *b, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '_' || *s == '*' || *s == '[' || *s == '\\' || *s == '~' || *s == '.') {
            buf_add_char(b, '\\');
        }
        buf_add_char(b, *s);
    }
}

void config_doc_scdoc(struct buf *b)
{
    for (size_t i = 0; i < config_n_keys; i++) {
        const struct config_key *k = &config_keys[i];
        if (starts_section(i)) {
            buf_printf(b, "## [%s]\n\n", k->section);
        }
        buf_add_str(b, "*");
        scdoc_text(b, k->key);
        buf_add_str(b, "*");
        if (*shown_default(k) != '\0') {
            buf_add_str(b, " (default: ");
            scdoc_text(b, k->value);
            buf_add_str(b, ")");
        }
        buf_add_str(b, "\n\t");
        scdoc_text(b, k->help);
        buf_add_str(b, "\n\n");
    }
    buf_add_str(b, "## [account NAME]\n\n");
    scdoc_text(b, account_help);
    buf_add_str(b, "\n\n");
}
