/* The words of rules (rule.h), and the numbers behind them; for rule.c alone. */
#ifndef CLASSIFIER_RULE_WORD_H
#define CLASSIFIER_RULE_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/song.h"

enum rule_term {
    RULE_GENRE,
    RULE_NUMBER,
    RULE_LANGUAGE,
    RULE_EXPLICIT,
    RULE_TAG,
    RULE_NONE,
    RULE_OPERATOR
};

/* Variables with numbers: the statistics, then these. */
enum { RULE_YEAR = SONG_STATS, RULE_DECADE, RULE_DURATION, RULE_VARIABLES };

/* What the word begins, with the variable of a number; RULE_GENRE: it is none of our words. */
enum rule_term rule_word_term(const char *word, size_t *ret_variable);
/* Whether it means something in rules. */
bool rule_word_is(const char *word);
/* The number that a variable is compared with, as a person writes it. */
bool rule_word_number(size_t variable, const char *text, double *ret_number);

#endif
