/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "daemon/account.h"
#include "daemon/config.h"
#include "daemon/config_doc.h"
#include "tests/unit/temp.h"

static const char *const variables[] = {
    "GENRED_CONFIG",   "XDG_CONFIG_HOME",   "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
    "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "GENRED_ACCOUNT",
};

/* Every test begins with an empty home directory and none of our variables. */
static int setup(void **state)
{
    if (temp_setup(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        unsetenv(variables[i]);
    }
    return setenv("HOME", *state, 1);
}

static void file_put(void **state, const char *name, const char *text)
{
    struct err e;
    assert_int_equal(file_write(temp_path(state, name), text, strlen(text), 0600, &e), ERR_OK);
}

/* Loads text as a file, which must work. */
static void load(void **state, const char *text, struct config *c)
{
    struct err e = {0};
    file_put(state, "c.conf", text);
    if (config_load(temp_path(state, "c.conf"), NULL, c, &e) != ERR_OK) {
        fail_msg("%s: %s", text, e.text);
    }
}

static void refuse(void **state, const char *text, const char *part)
{
    struct err e = {0};
    struct config c = {.redirect_port = 77};
    file_put(state, "c.conf", text);
    assert_int_equal(config_load(temp_path(state, "c.conf"), NULL, &c, &e), ERR_CONFIG);
    if (strstr(e.text, part) == NULL || strstr(e.text, "c.conf: ") == NULL) {
        fail_msg("%s: \"%s\" lacks \"%s\"", text, e.text, part);
    }
    assert_int_equal(c.redirect_port, 77);
}

static void test_defaults(void **state)
{
    struct err e;
    struct config c;
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    assert_null(c.file);
    assert_string_equal(c.client_id, "");
    assert_int_equal(c.redirect_port, 8888);
    assert_string_equal(c.api_url, "https://api.spotify.com/v1");
    assert_int_equal(c.order.n, 5);
    assert_string_equal(c.order.items[0], "spotify");
    assert_string_equal(c.listen_host, "127.0.0.1");
    assert_int_equal(c.listen_port, 8787);
    assert_int_equal(c.sync_interval_ms, 6 * 3600 * 1000);
    assert_int_equal(c.log_level, LOG_INFO);
    assert_true(c.threshold == -1);
    assert_string_equal(c.playlist_name, "{genre} (genred)");
    assert_false(c.is_public);
    assert_int_equal(c.min_tracks, 1);
    assert_int_equal(c.genres.n, 0);
    assert_int_equal(c.warnings.n, 0);
    assert_string_equal(c.state_dir, temp_path(state, ".local/state/genred"));
    assert_string_equal(c.socket, temp_path(state, ".local/state/genred/genred.sock"));
    assert_false(config_is_set(&c, "daemon", "state_dir"));
    config_free(&c);
    config_free(&c);
}

static void test_every_key(void **state)
{
    struct config c;
    load(state,
         "[spotify]\nclient_id = abc\nredirect_port=0\napi_url = http://127.0.0.1:9/v1/\n"
         "accounts_url=http://[::1]:9\n[sources]\norder = lastfm, spotify,lastfm\n"
         "[daemon]\nstate_dir = st\nsocket_group = genred\nlisten = [::1]:0\nsync_interval = 0\n"
         "log_level = debug\non_failure = \"notify-send failed\"\n"
         "[sort]\ngenres = rock , jazz,\nthreshold = 0.25\nplaylist_name = My {genre}\npublic = "
         "yes\n"
         "min_tracks = 5\n[classifier]\nmodel = ~/m\n",
         &c);
    assert_string_equal(c.file, temp_path(state, "c.conf"));
    assert_string_equal(c.client_id, "abc");
    assert_int_equal(c.redirect_port, 0);
    assert_string_equal(c.api_url, "http://127.0.0.1:9/v1");
    assert_int_equal(c.order.n, 2);
    assert_string_equal(c.order.items[0], "lastfm");
    assert_string_equal(c.state_dir, temp_path(state, "st"));
    assert_string_equal(c.socket, temp_path(state, "st/genred.sock"));
    assert_string_equal(c.listen_host, "::1");
    assert_int_equal(c.listen_port, 0);
    assert_int_equal(c.sync_interval_ms, 0);
    assert_int_equal(c.log_level, LOG_DEBUG);
    assert_string_equal(c.on_failure, "notify-send failed");
    assert_int_equal(c.genres.n, 2);
    assert_string_equal(c.genres.items[1], "jazz");
    assert_true(c.threshold == 0.25);
    assert_true(c.is_public);
    assert_int_equal(c.min_tracks, 5);
    assert_string_equal(c.model, temp_path(state, "m"));
    assert_int_equal(c.warnings.n, 0);
    assert_true(config_is_set(&c, "sort", "genres"));
    config_free(&c);
}

static void test_listen_off(void **state)
{
    static const char *const words[] = {"[daemon]\nlisten =\n", "[daemon]\nlisten = off\n"};
    for (size_t i = 0; i < 2; i++) {
        struct config c;
        load(state, words[i], &c);
        assert_string_equal(c.listen, "");
        assert_null(c.listen_host);
        config_free(&c);
    }
}

static void test_an_empty_value_is_the_default(void **state)
{
    struct config c;
    load(state, "[sort]\nthreshold = 0.9\nthreshold =\n[spotify]\nredirect_port=\n", &c);
    assert_true(c.threshold == -1);
    assert_int_equal(c.redirect_port, 8888);
    assert_false(config_is_set(&c, "sort", "threshold"));
    config_free(&c);
}

static void test_unknown_names_are_warnings(void **state)
{
    static const struct {
        const char *text, *warning;
    } cases[] = {
        {"[sort]\nthreshhold = 1\n",
         "line 2: unknown key \"threshhold\" in [sort], did you mean \"threshold\"?"},
        {"\n[sotr]\n\nthreshold = 1\n",
         "line 4: unknown section [sotr] of \"threshold\", did you mean [sort]?"},
        {"[daemon]\ngenres = x\n",
         "line 2: unknown key \"genres\" in [daemon], it belongs into [sort]"},
        {"[sources]\norder = spotfy\n",
         "line 2: unknown source \"spotfy\", did you mean \"spotify\"?"},
        {"[sort]\nzzzzzzzz = 1\n", "line 2: unknown key \"zzzzzzzz\" in [sort]"},
        {"lonely = 1\n", "line 1: unknown section [] of \"lonely\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config c;
        char wanted[512];
        load(state, cases[i].text, &c);
        snprintf(wanted, sizeof(wanted), "%s: %s", c.file, cases[i].warning);
        assert_int_equal(c.warnings.n, 1);
        assert_string_equal(c.warnings.items[0], wanted);
        config_free(&c);
    }
}

static void test_bad_values_name_file_and_line(void **state)
{
    refuse(state, "[sort]\nthreshold = 1.5\n", "line 2: sort.threshold: \"1.5\"");
    refuse(state, "[sort]\nthreshold = much\n", "line 2");
    refuse(state, "[sort]\n\nmin_tracks = -1\n", "line 3");
    refuse(state, "[sort]\npublic = maybe\n", "neither yes nor no");
    refuse(state, "[sort]\nplaylist_name = all\n", "{genre}");
    refuse(state, "[daemon]\nsync_interval = 6 hours\n", "6h");
    refuse(state, "[daemon]\nlog_level = loud\n", "debug");
    refuse(state, "[daemon]\nlisten = 127.0.0.1\n", "ADDRESS:PORT");
    refuse(state, "[daemon]\nlisten = example.org:80\n", "numeric");
    refuse(state, "[daemon]\nlisten = ::1:80\n", "numeric");
    refuse(state, "[spotify]\nredirect_port = 65536\n", "65535");
    refuse(state, "threshold 1\n", "line 1");
    refuse(state, "[sort\n", "line 1");
}

static void test_urls_are_safe(void **state)
{
    static const char *const bad[] = {"http://api.spotify.com/v1",
                                      "http://127.0.0.1@example.org/",
                                      "http://127.0.0.1.example.org",
                                      "ftp://127.0.0.1",
                                      "https://",
                                      "https://user:pw@host/",
                                      "https://host/?x=1",
                                      "file:///etc/passwd",
                                      "https://host/a b"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "[spotify]\napi_url = %s\n", bad[i]);
        refuse(state, text, "spotify.api_url");
    }
}

static void test_the_environment_wins(void **state)
{
    struct err e;
    struct config c;
    setenv("GENRED_SORT_THRESHOLD", "0.75", 1);
    setenv("GENRED_SORT_MINTRACKS", "2", 1);
    load(state, "[sort]\nthreshold = 0.25\n", &c);
    assert_true(c.threshold == 0.75);
    assert_int_equal(c.warnings.n, 1);
    assert_string_equal(c.warnings.items[0],
                        "environment: unknown variable GENRED_SORT_MINTRACKS, did you mean "
                        "GENRED_SORT_MIN_TRACKS?");
    config_free(&c);
    setenv("GENRED_SORT_THRESHOLD", "x", 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "environment GENRED_SORT_THRESHOLD"));
    unsetenv("GENRED_SORT_THRESHOLD");
    unsetenv("GENRED_SORT_MINTRACKS");
}

static void test_where_the_file_is(void **state)
{
    struct err e;
    struct config c;
    char dir[512];
    snprintf(dir, sizeof(dir), "%s", temp_path(state, "xdg/genred"));
    assert_int_equal(file_make_dir(dir, 0700, &e), ERR_OK);
    file_put(state, "xdg/genred/genred.conf", "[spotify]\nclient_id = from-xdg\n");
    setenv("XDG_CONFIG_HOME", temp_path(state, "xdg"), 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    assert_string_equal(c.client_id, "from-xdg");
    config_free(&c);

    file_put(state, "named.conf", "[spotify]\nclient_id = named\n");
    setenv("GENRED_CONFIG", temp_path(state, "named.conf"), 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    assert_string_equal(c.client_id, "named");
    config_free(&c);

    setenv("GENRED_CONFIG", temp_path(state, "missing.conf"), 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "missing.conf"));
    assert_int_equal(config_load(temp_path(state, "absent"), NULL, &c, &e), ERR_CONFIG);
}

static void test_where_the_socket_is(void **state)
{
    (void)state;
    struct err e;
    struct config c;
    setenv("STATE_DIRECTORY", "/var/lib/genred:/elsewhere", 1);
    setenv("RUNTIME_DIRECTORY", "/run/genred", 1);
    setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    assert_string_equal(c.state_dir, "/var/lib/genred");
    assert_string_equal(c.socket, "/run/genred/genred.sock");
    config_free(&c);
    unsetenv("RUNTIME_DIRECTORY");
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    assert_string_equal(c.socket, "/run/user/7/genred/genred.sock");
    config_free(&c);
    setenv("GENRED_DAEMON_STATE_DIR", "/tmp/own", 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    assert_string_equal(c.socket, "/tmp/own/genred.sock");
    config_free(&c);
    unsetenv("GENRED_DAEMON_STATE_DIR");

    char text[128] = "/";
    memset(text + 1, 'a', 110);
    setenv("GENRED_DAEMON_SOCKET", text, 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "107 bytes"));
    unsetenv("GENRED_DAEMON_SOCKET");
}

/* Loads c.conf for the account, which must work. */
static void load_account(void **state, const char *text, const char *account, struct config *c)
{
    struct err e = {0};
    file_put(state, "c.conf", text);
    if (config_load(temp_path(state, "c.conf"), account, c, &e) != ERR_OK) {
        fail_msg("%s: %s", text, e.text);
    }
}

static const char account_file[] =
    "[account anna]\ngenres = jazz\nthreshold = 0.25\npublic = yes\nclient_id = own\n"
    "[sort]\ngenres = rock, pop\nmin_tracks = 3\n[spotify]\nclient_id = all\n"
    "[account ben]\nthreshold = much\n[daemon]\nstate_dir = st\nlisten = 127.0.0.1:1\n";

static void test_an_account_has_its_own_values(void **state)
{
    struct config c;
    load_account(state, account_file, "anna", &c);
    assert_string_equal(c.account, "anna");
    assert_int_equal(c.genres.n, 1);
    assert_string_equal(c.genres.items[0], "jazz");
    assert_true(c.threshold == 0.25 && c.is_public);
    assert_string_equal(c.client_id, "own");
    assert_int_equal(c.min_tracks, 3);
    assert_string_equal(c.state_dir, temp_path(state, "st/accounts/anna"));
    assert_string_equal(c.accounts_dir, temp_path(state, "st/accounts"));
    assert_string_equal(c.socket, temp_path(state, "st/genred-anna.sock"));
    assert_string_equal(c.first_socket, temp_path(state, "st/genred.sock"));
    assert_string_equal(c.system_socket, "/run/genred/genred-anna.sock");
    assert_string_equal(c.listen, "");
    assert_null(c.listen_host);
    assert_int_equal(c.warnings.n, 0);
    config_free(&c);
}

static void test_the_first_account_sees_no_others_values(void **state)
{
    struct config c;
    load_account(state, account_file, NULL, &c);
    assert_null(c.account);
    assert_int_equal(c.genres.n, 2);
    assert_true(c.threshold == -1 && !c.is_public);
    assert_string_equal(c.client_id, "all");
    assert_string_equal(c.state_dir, temp_path(state, "st"));
    assert_string_equal(c.socket, temp_path(state, "st/genred.sock"));
    assert_string_equal(c.listen_host, "127.0.0.1");
    config_free(&c);
    struct err e;
    assert_int_equal(config_load(temp_path(state, "c.conf"), "ben", &c, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "line 12: sort.threshold: \"much\""));
}

static void test_accounts_are_counted(void **state)
{
    struct err e;
    struct config c;
    char dir[512];
    static const char *const dirs[] = {"st/accounts/ben", "st/accounts/anna", "st/accounts/No"};
    load_account(state, "[daemon]\nstate_dir = st\n", NULL, &c);
    assert_int_equal(c.n_accounts, 1);
    config_free(&c);
    for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
        snprintf(dir, sizeof(dir), "%s", temp_path(state, dirs[i]));
        assert_int_equal(file_make_dir(dir, 0700, &e), ERR_OK);
    }
    file_put(state, "st/accounts/file", "");
    load_account(state, "[daemon]\nstate_dir = st\n", NULL, &c);
    assert_int_equal(c.n_accounts, 3);
    struct json *list = account_json(&c);
    assert_int_equal(json_size(list), 2);
    assert_string_equal(json_get_str(json_first(list), "name"), "anna");
    assert_false(json_get_bool(json_first(list), "running", true));
    json_free(list);
    config_free(&c);
}

static void test_account_sections_warn(void **state)
{
    static const struct {
        const char *text, *warning;
    } cases[] = {
        {"[account anna]\ngenre = x\n",
         "line 2: unknown key \"genre\" in [account anna], did you mean \"genres\"?"},
        {"[account anna]\nsocket = x\n", "line 2: unknown key \"socket\" in [account anna]"},
        {"[account Anna]\ngenres = x\n",
         "line 2: an account's name has 1 to 32 of the characters a-z, 0-9, _ and -, unlike "
         "\"Anna\""},
        {"[account]\ngenres = x\n",
         "line 2: an account's name has 1 to 32 of the characters a-z, 0-9, _ and -, unlike \"\""},
        {"[accounts]\ngenres = x\n", "line 2: unknown section [accounts] of \"genres\""},
    };
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        struct config c;
        char wanted[512];
        load_account(state, cases[i / 2].text, i % 2 == 0 ? NULL : "anna", &c);
        snprintf(wanted, sizeof(wanted), "%s: %s", c.file, cases[i / 2].warning);
        assert_int_equal(c.warnings.n, 1);
        assert_string_equal(c.warnings.items[0], wanted);
        assert_int_equal(c.genres.n, 0);
        config_free(&c);
    }
}

static void test_account_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "Anna", "a b",
                                      "a/b", "..",   "\xc3\xa4",
                                      "a.b", "a\n",  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    static const char *const good[] = {"a", "anna-2_b", "-", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct err e;
    struct config c;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(account_is_name(bad[i]));
        assert_int_equal(config_load(NULL, bad[i], &c, &e), ERR_USAGE);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(account_is_name(good[i]));
    }
    setenv("GENRED_ACCOUNT", "No", 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_USAGE);
    assert_non_null(strstr(e.text, "GENRED_ACCOUNT"));
    setenv("GENRED_ACCOUNT", "env", 1);
    assert_int_equal(config_load(NULL, "anna", &c, &e), ERR_OK);
    assert_string_equal(c.account, "anna");
    config_free(&c);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    assert_string_equal(c.account, "env");
    config_free(&c);
}

static void test_an_accounts_socket_must_fit(void **state)
{
    (void)state;
    struct err e;
    struct config c;
    char text[128] = "/";
    memset(text + 1, 'a', 99);
    setenv("GENRED_DAEMON_SOCKET", text, 1);
    assert_int_equal(config_load(NULL, NULL, &c, &e), ERR_OK);
    config_free(&c);
    assert_int_equal(config_load(NULL, "x", &c, &e), ERR_OK); /* 107 bytes with "-x.sock" */
    config_free(&c);
    assert_int_equal(config_load(NULL, "xx", &c, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "107 bytes"));
    unsetenv("GENRED_DAEMON_SOCKET");
}

static void test_the_default_file_is_the_defaults(void **state)
{
    struct buf b = {0};
    struct config c;
    struct config without = {0};
    struct err e;
    config_doc_file(&b);
    load(state, buf_str(&b), &c);
    assert_int_equal(c.set, 0);
    config_free(&c);
    /* And with every comment mark taken off it must still be a file that loads without a warning.
     */
    char *copy = buf_steal(&b);
    for (char *line = copy; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (*line == '#' && line[1] != ' ') {
            *line = ' ';
        }
    }
    load(state, copy, &c);
    assert_int_equal(c.warnings.n, 0);
    assert_int_equal(config_load(NULL, NULL, &without, &e), ERR_OK);
    assert_string_equal(c.playlist_name, without.playlist_name);
    config_free(&without);
    config_free(&c);
    free(copy);
}

static void test_the_reference_names_every_key(void **state)
{
    (void)state;
    struct buf markdown = {0};
    struct buf scdoc = {0};
    config_doc_markdown(&markdown);
    config_doc_scdoc(&scdoc);
    for (size_t i = 0; i < config_n_keys; i++) {
        char cell[64];
        snprintf(cell, sizeof(cell), "| `%s` |", config_keys[i].key);
        assert_non_null(strstr(buf_str(&markdown), cell));
        assert_true(config_keys[i].help[0] != '\0' && strchr(config_keys[i].help, '\n') == NULL);
    }
    assert_non_null(strstr(buf_str(&scdoc), "*sync\\_interval* (default: 6h)"));
    buf_free(&markdown);
    buf_free(&scdoc);
}

static void test_places(void **state)
{
    static const char id[] = "37i9dQZF1DX0XUsuxWHRQd";
    static const char *const ways[] = {
        "playlist:%s",
        "playlist: %s",
        "playlist:spotify:playlist:%s",
        "spotify:playlist:%s",
        "https://open.spotify.com/playlist/%s",
        "https://open.spotify.com/playlist/%s?si=abc&x=1",
        "playlist:https://open.spotify.com/intl-de/playlist/%s",
    };
    struct config c;
    load(state, "", &c);
    assert_int_equal(c.from.n, 1);
    assert_string_equal(c.from.items[0], "liked");
    config_free(&c);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct buf text;
        buf_init(&text, 0);
        buf_add_str(&text, "[sort]\nfrom = albums, ");
        const char *at = strstr(ways[i], "%s");
        buf_add(&text, ways[i], (size_t)(at - ways[i]));
        buf_printf(&text, "%s%s,albums,playlist:%s\n", id, at + 2, id);
        load(state, buf_str(&text), &c);
        assert_int_equal(c.from.n, 2); /* each once, in their order */
        assert_string_equal(c.from.items[0], "albums");
        assert_true(text_starts_with(c.from.items[1], "playlist:"));
        assert_string_equal(c.from.items[1] + strlen("playlist:"), id);
        config_free(&c);
        buf_free(&text);
    }
    refuse(state, "\n[sort]\nfrom = liked, album\n", "line 3: sort.from: \"album\"");
    refuse(state, "[sort]\nfrom = playlist:short\n", "line 2: sort.from");
    refuse(state, "[sort]\nfrom = 37i9dQZF1DX0XUsuxWHRQd\n", "is none of liked, albums");
    refuse(state, "[sort]\nfrom = https://open.spotify.com/album/37i9dQZF1DX0XUsuxWHRQd\n",
           "is none of liked, albums");
    refuse(state, "[sort]\nfrom = ,\n", "names nothing");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, temp_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_defaults),
        TEST(test_every_key),
        TEST(test_listen_off),
        TEST(test_an_empty_value_is_the_default),
        TEST(test_unknown_names_are_warnings),
        TEST(test_bad_values_name_file_and_line),
        TEST(test_urls_are_safe),
        TEST(test_places),
        TEST(test_the_environment_wins),
        TEST(test_where_the_file_is),
        TEST(test_where_the_socket_is),
        TEST(test_an_account_has_its_own_values),
        TEST(test_the_first_account_sees_no_others_values),
        TEST(test_accounts_are_counted),
        TEST(test_account_sections_warn),
        TEST(test_account_names),
        TEST(test_an_accounts_socket_must_fit),
        TEST(test_the_default_file_is_the_defaults),
        TEST(test_the_reference_names_every_key),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
