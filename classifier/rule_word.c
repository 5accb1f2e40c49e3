#include "classifier/rule_word.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char *const more_names[] = {"year", "decade", "duration"};
static const char *const operators[] = {"and", "or", "not"};
static const struct {
    const char *word;
    enum rule_term kind;
} terms[] = {{"language", RULE_LANGUAGE},
             {"explicit", RULE_EXPLICIT},
             {"tag", RULE_TAG},
             {"none", RULE_NONE}};

static bool variable_find(const char *name, size_t *ret_variable)
{
    for (size_t i = 0; i < RULE_VARIABLES; i++) {
        const char *known = i < SONG_STATS ? song_stat_name[i] : more_names[i - SONG_STATS];
        if (strcasecmp(name, known) == 0) {
            *ret_variable = i;
            return true;
        }
    }
    return false;
}

enum rule_term rule_word_term(const char *word, size_t *ret_variable)
{
    if (variable_find(word, ret_variable)) {
        return RULE_NUMBER;
    }
    for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        if (strcasecmp(word, terms[i].word) == 0) {
            return terms[i].kind;
        }
    }
    return RULE_GENRE;
}

bool rule_word_is(const char *word)
{
    size_t variable;
    bool is = rule_word_term(word, &variable) != RULE_GENRE;
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        is = is || strcasecmp(word, operators[i]) == 0;
    }
    return is;
}

/* "90s", "1990s" and 1990 are 1990; "10s" is 2010. */
static bool decade_read(const char *text, double *ret_number)
{
    char digits[8];
    size_t n = strspn(text, "0123456789");
    bool s = text[n] == 's' || text[n] == 'S';
    if ((n != 2 && n != 4) || (n == 2 && !s) || text[n + s] != '\0') {
        return false;
    }
    memcpy(digits, text, n);
    digits[n] = '\0';
    int64_t year = 0;
    if (!text_to_int(digits, 0, 9999, &year) || year % 10 != 0) {
        return false;
    }
    *ret_number = (double)(n == 4 ? year : year + (year < 30 ? 2000 : 1900));
    return true;
}

bool rule_word_number(size_t variable, const char *text, double *ret_number)
{
    int64_t ms;
    if (variable == RULE_DECADE) {
        return decade_read(text, ret_number);
    }
    if (variable == SONG_MODE &&
        (strcasecmp(text, "major") == 0 || strcasecmp(text, "minor") == 0)) {
        *ret_number = strcasecmp(text, "major") == 0;
        return true;
    }
    if (text_to_num(text, -1e9, 1e9, ret_number)) {
        return true;
    }
    if (variable == RULE_DURATION && text_to_duration_ms(text, &ms)) {
        *ret_number = (double)ms / 1000.0;
        return true;
    }
    return false;
}
