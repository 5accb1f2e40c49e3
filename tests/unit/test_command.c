/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/text.h"
#include "daemon/command.h"
#include "daemon/command_complete.h"
#include "daemon/command_doc.h"
#include "daemon/ctl_local.h"

#define WORDS_MAX 80

/* Parses the words between the blanks of text, which lives in `words` afterwards. */
static enum err_code parse(const char *text, struct command *c, struct err *e)
{
    static char words[1024];
    char program[] = "genrectl";
    char *argv[WORDS_MAX] = {program};
    int argc = 1;
    assert_true(text_copy(words, sizeof(words), text));
    for (char *at = words; *at != '\0';) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at != '\0') {
            *at++ = '\0';
        }
    }
    *c = (struct command){0};
    return command_parse(argc, argv, c, e);
}

static void accept(const char *text, struct command *c)
{
    struct err e = {0};
    if (parse(text, c, &e) != ERR_OK) {
        fail_msg("%s: %s", text, e.text);
    }
}

static void refuse(const char *text, const char *part)
{
    struct command c;
    struct err e = {0};
    assert_int_equal(parse(text, &c, &e), ERR_USAGE);
    if (strstr(e.text, part) == NULL) {
        fail_msg("%s: \"%s\" lacks \"%s\"", text, e.text, part);
    }
}

static void test_no_command_is_status(void **state)
{
    (void)state;
    struct command c;
    accept("", &c);
    assert_int_equal(c.row->id, COMMAND_STATUS);
    accept("--json", &c);
    assert_int_equal(c.row->id, COMMAND_STATUS);
    assert_true(command_has(&c, OPTION_JSON));
}

static void test_flags_stand_anywhere(void **state)
{
    (void)state;
    static const char *const same[] = {"--json --config /c sort --genres a,b --dry-run",
                                       "sort --dry-run --genres=a,b --config=/c --json",
                                       "--genres=a,b sort --json --config /c --dry-run",
                                       "--dry-run --json --config=/c --genres a,b sort"};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        struct command c;
        accept(same[i], &c);
        assert_int_equal(c.row->id, COMMAND_SORT);
        assert_string_equal(c.value[OPTION_GENRES], "a,b");
        assert_string_equal(c.value[OPTION_CONFIG], "/c");
        assert_true(command_has(&c, OPTION_DRY_RUN) && command_has(&c, OPTION_JSON));
        assert_false(command_has(&c, OPTION_WAIT));
    }
}

static void test_an_account_is_named_anywhere(void **state)
{
    (void)state;
    struct command c;
    accept("--account anna login", &c);
    assert_string_equal(c.value[OPTION_ACCOUNT], "anna");
    accept("paths --account=anna", &c);
    assert_string_equal(c.value[OPTION_ACCOUNT], "anna");
    accept("accounts", &c);
    refuse("--account Anna", "an account's name has 1 to 32");
    refuse("--account=", "an account's name has 1 to 32");
    refuse("login --account", "--account needs a value: NAME");
}

static void test_arguments(void **state)
{
    (void)state;
    struct command c;
    accept("list rock", &c);
    assert_int_equal(c.n_args, 1);
    assert_string_equal(c.args[0], "rock");
    accept("classify -- --odd", &c);
    assert_string_equal(c.args[0], "--odd");
    accept("classify -", &c);
    assert_string_equal(c.args[0], "-");
    accept("help", &c);
    accept("help sort", &c);
    refuse("list", "list needs GENRE");
    refuse("list a b", "unexpected \"b\"");
    refuse("status x", "unexpected \"x\"");
}

static void test_data_takes_several(void **state)
{
    (void)state;
    static const char *const same[] = {"train --data a b --families f",
                                       "train --families f --data a --data b",
                                       "train --data=a --families=f --data=b"};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        struct command c;
        accept(same[i], &c);
        assert_int_equal(c.n_data, 2);
        assert_int_equal(c.n_args, 0);
        assert_string_equal(c.data[0], "a");
        assert_string_equal(c.data[1], "b");
    }
    refuse("train --families f", "train needs --data");
    refuse("train --data a", "train needs --families");
    refuse("train a", "train needs --data");
}

static void test_flags_of_a_comparison(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"eval --data a --families f --rows 9", "--rows only with --compare"},
        {"eval --data a --families f --dump d", "--dump only with --compare"},
        {"eval --data a --families f --compare --model m", "takes no --model"},
        {"eval --data a --families f --compare --rows many", "--rows is no whole number"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct command c;
        struct err e = {0};
        accept(bad[i][0], &c);
        assert_int_equal(ctl_local_run(&c, &e), ERR_USAGE);
        assert_non_null(strstr(e.text, bad[i][1]));
    }
    refuse("train --data a --families f --compare", "train takes no --compare");
}

static void test_what_is_unknown_is_told_its_neighbour(void **state)
{
    (void)state;
    refuse("srot", "did you mean \"sort\"?");
    refuse("sort --thresold 1", "did you mean \"--threshold\"?");
    refuse("sort --thresold=1", "did you mean \"--threshold\"?");
    refuse("zzzzzz", "--help");
    refuse("-x", "unknown flag");
    refuse("sync --dry-run", "sync takes no --dry-run");
    refuse("sort --json=1", "takes no value");
    refuse("sort --threshold", "needs a value");
}

static void test_json_is_known_even_when_the_rest_is_wrong(void **state)
{
    (void)state;
    struct command c;
    struct err e;
    assert_int_equal(parse("srot --json", &c, &e), ERR_USAGE);
    assert_true(command_has(&c, OPTION_JSON));
    assert_int_equal(parse("srot -- --json", &c, &e), ERR_USAGE);
    assert_false(command_has(&c, OPTION_JSON));
}

static void test_help_needs_no_arguments(void **state)
{
    (void)state;
    struct command c;
    accept("drop --help", &c);
    assert_int_equal(c.row->id, COMMAND_DROP);
    accept("--help", &c);
    assert_int_equal(c.row->id, COMMAND_HELP);
    accept("train --version", &c);
}

static void test_the_tables_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPTION_N; i++) {
        assert_int_equal(command_option_rows[i].option, i);
        assert_non_null(command_option_rows[i].name);
        assert_non_null(command_option_rows[i].help);
    }
    for (size_t i = 0; i < command_n_rows; i++) {
        const struct command_row *row = &command_rows[i];
        assert_ptr_equal(command_find(row->name), row);
        assert_int_equal(row->required & ~row->options, 0);
        assert_true(row->options < UINT64_C(1) << OPTION_FIRST_GLOBAL);
        assert_true(row->max_args <= COMMAND_VALUES_MAX);
    }
    assert_null(command_find("srot"));
}

/* Every command that is not hidden stands in each text. */
static void assert_names_all(const struct buf *b)
{
    for (size_t i = 0; i < command_n_rows; i++) {
        bool stands = strstr(buf_str(b), command_rows[i].name) != NULL;
        if (stands == command_rows[i].hidden) {
            fail_msg("%s", command_rows[i].name);
        }
    }
}

static void test_the_texts_name_every_command(void **state)
{
    (void)state;
    static const char *const shells[] = {"bash", "zsh", "fish"};
    struct buf b = {0};
    struct err e;
    command_doc_help(NULL, &b);
    assert_names_all(&b);
    buf_clear(&b);
    command_doc_markdown(&b);
    assert_names_all(&b);
    assert_non_null(strstr(buf_str(&b), "completion bash\\|zsh\\|fish"));
    buf_clear(&b);
    command_doc_scdoc(&b);
    assert_names_all(&b);
    for (size_t i = 0; i < 3; i++) {
        buf_clear(&b);
        assert_int_equal(command_complete_print(shells[i], &b, &e), ERR_OK);
        assert_names_all(&b);
    }
    assert_int_equal(command_complete_print("csh", &b, &e), ERR_USAGE);
    buf_free(&b);
}

static void test_help_lines_fit(void **state)
{
    (void)state;
    struct buf b = {0};
    command_doc_help(NULL, &b);
    for (size_t i = 0; i < command_n_rows; i++) {
        command_doc_help(&command_rows[i], &b);
    }
    for (const char *line = buf_str(&b); *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t n = strcspn(line, "\n");
        if (n > 80 && !text_starts_with(line, "Usage:")) {
            fail_msg("%.*s", (int)n, line);
        }
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_command_is_status),
        cmocka_unit_test(test_flags_stand_anywhere),
        cmocka_unit_test(test_an_account_is_named_anywhere),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_data_takes_several),
        cmocka_unit_test(test_flags_of_a_comparison),
        cmocka_unit_test(test_what_is_unknown_is_told_its_neighbour),
        cmocka_unit_test(test_json_is_known_even_when_the_rest_is_wrong),
        cmocka_unit_test(test_help_needs_no_arguments),
        cmocka_unit_test(test_the_tables_are_sound),
        cmocka_unit_test(test_the_texts_name_every_command),
        cmocka_unit_test(test_help_lines_fit),
    };
    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
