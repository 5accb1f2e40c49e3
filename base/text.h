/* Words, numbers and times as people write them. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies with truncation at a UTF-8 boundary; always terminated. False when it was cut. */
bool text_copy(char *out, size_t out_size, const char *s);
/* Bytes of the character that s[0..n) begins with, 0 when that is no UTF-8 (RFC 3629). */
size_t text_utf8_next(const char *s, size_t n, uint32_t *ret_codepoint);
bool text_is_utf8(const char *s, size_t n);
/* ASCII blanks cut off at both ends, in place. Returns s advanced. */
char *text_trim(char *s);
bool text_equal(const char *a, const char *b); /* NULL equals NULL only */
bool text_starts_with(const char *s, const char *prefix);
/* Whole string, in range, nothing after it. */
bool text_to_int(const char *s, int64_t min, int64_t max, int64_t *ret_value);
bool text_to_num(const char *s, double min, double max,
                 double *ret_value);               /* locale-free, finite */
bool text_to_bool(const char *s, bool *ret_value); /* yes no true false on off 1 0 */
/* "90", "90s", "15m", "6h", "2d", "250ms", "1.5h" -> milliseconds. */
bool text_to_duration_ms(const char *s, int64_t *ret_ms);
/* "6 h", "2 min 30 s", "3 d 4 h": the two largest units. */
void text_duration(int64_t ms, char *out, size_t out_size);
/* ISO 8601 in UTC with Z, e.g. 2026-11-20T21:29:00Z (out_size >= 21), and back; false if it is no
 * such time. Years 0 to 9999: others are written as the nearest of them. A fraction is read and
 * dropped. */
void text_time(int64_t utc_s, char *out, size_t out_size);
bool text_to_time(const char *s, int64_t *ret_utc_s);
/* Edits (insert, delete, replace, swap neighbours) that turn a into b; for "did you mean". */
size_t text_distance(const char *a, const char *b);
/* The name nearest to s among n names, NULL when none is near enough to suggest. */
const char *text_nearest(const char *s, const char *const *names, size_t n);
/* Replaces &amp; &lt; &gt; &quot; &#39; &#x27; &#x2F; and other numeric references, in place. */
void text_unescape_html(char *s);
/* Columns that s takes on a terminal (wcwidth), and s cut (with an ellipsis) or padded to exactly
 * `columns`, as far as out has room. Control characters and bad bytes become '?'. */
size_t text_columns(const char *s);
void text_fit(const char *s, size_t columns, char *out, size_t out_size);
/* 64-bit FNV-1a of n bytes, continued from `seed` (start with TEXT_HASH_START). */
#define TEXT_HASH_START 0xcbf29ce484222325u
uint64_t text_hash(const void *p, size_t n, uint64_t seed);

#endif
