/* Log lines `domain: event key=value` on standard error, with syslog's priority prefix under
 * systemd, and with " account=NAME" at the end where $GENRED_ACCOUNT names one of several. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped. Default LOG_INFO. */
void log_level_set(enum log_level level);
/* "error", "warning", "info", "debug"; false if name is none of them. */
bool log_level_parse(const char *name, enum log_level *ret_level);

/* Any thread. error: somebody must act; warning: degraded; info: once per run. Control characters
 * in the formatted text are written as \xNN, so that a song's name cannot forge a line. */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_DEBUG, __VA_ARGS__)

#endif
