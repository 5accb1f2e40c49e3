#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "spotify/parse.h"

#define ID "0000000000000000000001"

static struct buf body_of(const char *text)
{
    struct buf b;
    buf_init(&b, 0);
    buf_add_str(&b, text);
    return b;
}

/* The one entry of a page whose entry is `entry`. */
static struct library_entry read_entry(struct arena *a, const char *entry)
{
    struct library_page page = {0};
    struct err e = {0};
    struct buf b;
    buf_init(&b, 0);
    buf_printf(&b, "{\"items\":[%s],\"total\":7,\"next\":null}", entry);
    assert_int_equal(parse_page(&b, a, &page, &e), ERR_OK);
    assert_int_equal(page.n, 1);
    assert_int_equal(page.total, 7);
    assert_false(page.more);
    buf_free(&b);
    return page.entries[0];
}

static void test_kinds(void **state)
{
    static const struct {
        const char *entry;
        enum library_kind kind;
    } cases[] = {
        {"{\"track\":{\"id\":\"" ID "\",\"type\":\"track\"}}", LIBRARY_TRACK},
        {"{\"item\":{\"id\":\"" ID "\"}}", LIBRARY_TRACK},
        /* two booleans of a playlist's track object are no wrapper */
        {"{\"track\":true,\"item\":{\"id\":\"" ID "\",\"track\":true,\"episode\":false}}",
         LIBRARY_TRACK},
        {"{\"track\":null}", LIBRARY_GONE},
        {"{}", LIBRARY_GONE},
        {"null", LIBRARY_GONE},
        {"{\"track\":{\"id\":null,\"name\":\"x\"}}", LIBRARY_GONE},
        {"{\"track\":{\"id\":\"../../me\"}}", LIBRARY_GONE},
        {"{\"is_local\":true,\"track\":{\"id\":null,\"uri\":\"spotify:local:a:b:c:1\"}}",
         LIBRARY_LOCAL},
        {"{\"track\":{\"id\":null,\"is_local\":true}}", LIBRARY_LOCAL},
        {"{\"track\":{\"id\":\"" ID "\",\"type\":\"episode\"}}", LIBRARY_EPISODE},
        {"{\"track\":{\"id\":\"" ID "\",\"uri\":\"spotify:episode:" ID "\"}}", LIBRARY_EPISODE},
    };
    struct arena a = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(read_entry(&a, cases[i].entry).kind, cases[i].kind);
    arena_free(&a);
}

static void test_a_whole_track(void **state)
{
    struct arena a = {0};
    struct library_entry e = read_entry(
        &a,
        "{\"added_at\":\"2026-01-02T03:04:05Z\",\"track\":{\"id\":\"" ID
        "\",\"linked_from\":{\"id\":\"0000000000000000000002\"},\"name\":\"N\","
        "\"external_ids\":{\"isrc\":\"XX1\"},\"duration_ms\":1000,\"explicit\":true,"
        "\"restrictions\":{\"reason\":\"market\"},\"artists\":[{\"id\":null,\"name\":\"A\"},null,"
        "{\"id\":\"b\",\"name\":\"B\"}],\"album\":{\"name\":\"L\",\"release_date\":\"1999-12\"}}}");
    (void)state;
    assert_int_equal(e.added_s, 1767323045);
    assert_string_equal(e.track.linked_sid, "0000000000000000000002");
    assert_string_equal(e.track.isrc, "XX1");
    assert_string_equal(e.track.release_date, "1999-12");
    assert_int_equal(e.track.n_artists, 2);
    assert_string_equal(e.track.artists[0].sid, "");
    assert_int_equal(e.track.is_explicit, 1);
    assert_false(e.track.playable);
    e = read_entry(&a,
                   "{\"track\":{\"id\":\"" ID "\",\"album\":null,\"artists\":null,\"name\":7}}");
    assert_string_equal(e.track.album, "");
    assert_string_equal(e.track.release_date, "");
    assert_string_equal(e.track.name, "");
    assert_int_equal(e.track.is_explicit, -1);
    assert_true(e.track.playable);
    assert_int_equal(e.added_s, 0);
    arena_free(&a);
}

static void test_what_is_no_page(void **state)
{
    static const char *const texts[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"items\":{},\"total\":1}",
                                        "{\"items\":[]}",
                                        "<html>",
                                        "{\"items\":[],\"total\":\"3\"}"};
    struct arena a = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct library_page page = {0};
        struct err e = {0};
        struct buf b = body_of(texts[i]);
        assert_int_equal(parse_page(&b, &a, &page, &e), ERR_FORMAT);
        buf_free(&b);
    }
    arena_free(&a);
}

static void test_playlists_of_both_shapes(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct library_playlists page = {0};
    struct buf b =
        body_of("{\"total\":3,\"next\":\"x\",\"items\":[null,"
                "{\"id\":\"p1\",\"name\":\"A &amp; B\",\"description\":\"it&#x27;s "
                "[m]\",\"snapshot_id\":\"s\","
                "\"owner\":{\"id\":\"me\",\"display_name\":null},\"items\":{\"total\":4}},"
                "{\"id\":\"p2\",\"name\":null,\"tracks\":{\"total\":5}},{\"id\":\"p3\"}]}");
    (void)state;
    assert_int_equal(parse_playlists(&b, &a, &page, &e), ERR_OK);
    assert_int_equal(page.n, 3);
    assert_true(page.more);
    assert_string_equal(page.playlists[0].name, "A & B");
    assert_string_equal(page.playlists[0].description, "it's [m]");
    assert_int_equal(page.playlists[0].total, 4);
    assert_int_equal(page.playlists[1].total, 5);
    assert_int_equal(page.playlists[2].total, -1);
    buf_free(&b);
    arena_free(&a);
}

static void test_statistics_are_matched_by_id(void **state)
{
    static const char *const ids[] = {"a", "b", "c"};
    struct parse_statistics stats[3];
    struct err e = {0};
    struct buf b = body_of("{\"audio_features\":[{\"id\":\"b\",\"tempo\":120,\"energy\":null},null,"
                           "{\"id\":\"a\",\"energy\":0.5},{\"id\":\"stranger\",\"energy\":1}]}");
    (void)state;
    assert_int_equal(parse_statistics(&b, ids, 3, stats, &e), ERR_OK);
    assert_int_equal(stats[0].mask, UINT32_C(1) << SONG_ENERGY);
    assert_int_equal(stats[1].mask, UINT32_C(1) << SONG_TEMPO);
    assert_int_equal(stats[2].mask, 0);
    assert_true(stats[1].stat[SONG_TEMPO] > 119.0F && stats[1].stat[SONG_TEMPO] < 121.0F);
    buf_free(&b);
}

static void test_artist_tags(void **state)
{
    static const char *const ids[] = {"a", "b", "c", "d"};
    const char *tags[4];
    struct arena a = {0};
    struct err e = {0};
    struct buf b = body_of("{\"artists\":[{\"id\":\"a\",\"genres\":[\"x\",\"y z\",3]},null,"
                           "{\"id\":\"c\",\"genres\":null},{\"id\":\"d\"}]}");
    (void)state;
    assert_int_equal(parse_artist_tags(&b, ids, 4, &a, tags, &e), ERR_OK);
    assert_string_equal(tags[0], "x; y z");
    for (int i = 1; i < 4; i++)
        assert_string_equal(tags[i], "");
    buf_free(&b);
    arena_free(&a);
}

static void test_people_and_snapshots(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct parse_user user;
    struct buf b = body_of("{\"id\":\"u\",\"display_name\":null,\"account_id\":\"acc\"}");
    (void)state;
    assert_int_equal(parse_user(&b, &a, &user, &e), ERR_OK);
    assert_string_equal(user.name, "u");
    assert_string_equal(user.account_id, "acc");
    assert_string_equal(parse_snapshot(&b, &a), "");
    buf_free(&b);
    b = body_of("{\"display_name\":\"x\"}");
    assert_int_equal(parse_user(&b, &a, &user, &e), ERR_FORMAT);
    buf_free(&b);
    arena_free(&a);
}

static void test_saved_albums(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct library_albums page = {0};
    struct library_page more = {0};
    struct buf b = body_of(
        "{\"items\":[{\"added_at\":\"2026-01-02T03:04:05Z\",\"album\":{\"id\":\"" ID
        "\",\"name\":\"L\",\"release_date\":\"1999\",\"tracks\":{\"total\":60,\"next\":\"x\","
        "\"items\":[{\"id\":\"" ID "\",\"name\":\"N\",\"artists\":[{\"id\":\"a\",\"name\":\"A\"}]},"
        "null,{\"id\":null}]}}},{\"album\":null},null,{\"album\":{\"id\":\"" ID "\"}}],"
        "\"total\":9,\"next\":\"y\"}");
    (void)state;
    assert_int_equal(parse_albums(&b, &a, &page, &e), ERR_OK);
    assert_int_equal(page.n, 4);
    assert_int_equal(page.total, 9);
    assert_true(page.more);
    const struct library_album *album = &page.albums[0];
    assert_string_equal(album->sid, ID);
    assert_int_equal(album->added_s, 1767323045);
    assert_int_equal(album->tracks.n, 3);
    assert_int_equal(album->tracks.total, 60);
    assert_true(album->tracks.more);
    assert_int_equal(album->tracks.entries[0].kind, LIBRARY_TRACK);
    assert_int_equal(album->tracks.entries[0].added_s, 1767323045);
    assert_string_equal(album->tracks.entries[0].track.album, "L");
    assert_string_equal(album->tracks.entries[0].track.release_date, "1999");
    assert_string_equal(album->tracks.entries[0].track.artists[0].name, "A");
    assert_int_equal(album->tracks.entries[1].kind, LIBRARY_GONE);
    assert_int_equal(album->tracks.entries[2].kind, LIBRARY_GONE);
    for (size_t i = 1; i < 4; i++) {
        assert_int_equal(page.albums[i].tracks.n, 0);
        assert_false(page.albums[i].tracks.more);
    }
    assert_string_equal(page.albums[2].sid, "");
    assert_int_equal(parse_album_tracks(&b, album, &a, &more, &e), ERR_OK);
    assert_int_equal(more.n, 4);
    buf_free(&b);
    b = body_of("{\"items\":[{\"id\":\"" ID "\"}],\"total\":60,\"next\":null}");
    assert_int_equal(parse_album_tracks(&b, album, &a, &more, &e), ERR_OK);
    assert_int_equal(more.n, 1);
    assert_string_equal(more.entries[0].track.album, "L");
    assert_int_equal(more.entries[0].added_s, 1767323045);
    buf_free(&b);
    b = body_of("{\"albums\":[]}");
    assert_int_equal(parse_albums(&b, &a, &page, &e), ERR_FORMAT);
    assert_int_equal(parse_album_tracks(&b, album, &a, &more, &e), ERR_FORMAT);
    buf_free(&b);
    arena_free(&a);
}

static void test_one_playlist(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct library_playlist p = {0};
    struct buf b = body_of("{\"id\":\"" ID "\",\"name\":\"a &amp; b\",\"snapshot_id\":\"s\"}");
    (void)state;
    assert_int_equal(parse_playlist(&b, &a, &p, &e), ERR_OK);
    assert_string_equal(p.name, "a & b");
    assert_string_equal(p.snapshot, "s");
    buf_free(&b);
    b = body_of("{\"name\":\"x\"}");
    assert_int_equal(parse_playlist(&b, &a, &p, &e), ERR_FORMAT);
    assert_null(strstr(e.text, "new"));
    assert_int_equal(parse_created(&b, &a, &p, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "the new playlist"));
    buf_free(&b);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_a_whole_track),
        cmocka_unit_test(test_what_is_no_page),
        cmocka_unit_test(test_playlists_of_both_shapes),
        cmocka_unit_test(test_statistics_are_matched_by_id),
        cmocka_unit_test(test_artist_tags),
        cmocka_unit_test(test_people_and_snapshots),
        cmocka_unit_test(test_saved_albums),
        cmocka_unit_test(test_one_playlist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
