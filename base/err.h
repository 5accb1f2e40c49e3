/* Error codes, their classes, and the one message that travels up with a failure. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdint.h>

/* Only the class decides whether something is tried again and which status a program exits with. */
enum err_class {
    ERR_CLASS_NONE,   /* exit 0 */
    ERR_CLASS_FAILED, /* exit 1: our bug, the machine, or a refusal that waiting does not cure */
    ERR_CLASS_USAGE,  /* exit 2: the person asked for something that cannot be */
    ERR_CLASS_PARTLY, /* exit 3: some of it was done */
    ERR_CLASS_LOGIN,  /* exit 4: a login is needed */
    ERR_CLASS_UNREACHABLE, /* exit 5: the daemon does not answer */
    ERR_CLASS_LATER,       /* exit 6: the same thing may work later, see retry_at_s */
    ERR_CLASS_INTERRUPTED, /* exit 130 */
};

enum err_code {
    ERR_OK = 0,
    ERR_BUG,         /* an assumption of ours did not hold */
    ERR_USAGE,       /* bad flag, unknown genre, unknown command */
    ERR_CONFIG,      /* the configuration file cannot be used */
    ERR_PARTLY,      /* finished, but not everything could be done */
    ERR_LOGIN,       /* never logged in, or the login ended or was revoked */
    ERR_PASSWORD,    /* the page's own password is wanted, or was wrong */
    ERR_TOKEN,       /* a page's word that it is ours is missing or of an earlier start */
    ERR_SCOPE,       /* the login lacks a permission: a fresh consent is needed */
    ERR_PREMIUM,     /* the Premium of the app's owner lapsed */
    ERR_ALLOWLIST,   /* the person is not on the app's list of users */
    ERR_REFUSED,     /* the service refuses this endpoint or this request */
    ERR_RATE,        /* rate limit or quota: try at retry_at_s */
    ERR_NETWORK,     /* name, connection, TLS, time-out, 5xx: try later */
    ERR_UNREACHABLE, /* no daemon, or it went away */
    ERR_CONFIRM,     /* it would lose much: only with the person's word (--yes) */
    ERR_BUSY,        /* another genred owns the state directory */
    ERR_CANCELLED,   /* the person, or the end of the program, stopped it */
    ERR_FORMAT,      /* an answer or a file is not what it should be */
    ERR_STORE,       /* the database said no */
    ERR_IO,          /* a file or directory said no */
    ERR_N
};

struct err {
    enum err_code code;
    int64_t retry_at_s; /* UTC epoch; 0: not known */
    char text[480];
};

/* Sets *e and returns code, so that `return err_set(e, ERR_IO, ...)` fails with a message. The text
 * is lower case, without a full stop, names the object, and never holds a secret. */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the message. Returns e->code. */
enum err_code err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

enum err_class err_class(enum err_code code);
int err_exit_status(enum err_code code);
/* The code's name in JSON and logs: "login", "rate", ... ; static. */
const char *err_name(enum err_code code);
/* The code of that name, ERR_BUG if there is none. */
enum err_code err_code_of_name(const char *name);

#define ERR_NODISCARD __attribute__((warn_unused_result))

#endif
