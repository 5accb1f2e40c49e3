/* genred, the daemon: its arguments. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/app.h"

#define FD_MOST (1 << 20)

static const char usage[] =
    "usage: genred [--config FILE] [--account NAME]\n"
    "  --config FILE  configuration (else $GENRED_CONFIG, the user's, /etc/genred/genred.conf)\n"
    "  --account NAME the further account to serve (else $GENRED_ACCOUNT, the first and all "
    "others)\n"
    "  --version      print the version\n"
    "  --help         print this\n"
    "genred runs in the foreground; genrectl talks to it.\n";

static bool number(const char *text, int max, int *ret_number)
{
    int64_t n = 0;
    if (!text_to_int(text, 0, max, &n))
        return false;
    *ret_number = (int)n;
    return true;
}

/* -1: go on; else the status to exit with. */
static int read_arguments(int argc, char **argv, struct app_options *o)
{
    /* transient and ready are between genrectl and the daemon that it starts for one command,
     * parent and ready between a service and the daemon of a further account. */
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"account", required_argument, NULL, 'a'},
        {"parent", required_argument, NULL, 'p'}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},      {"transient", required_argument, NULL, 't'},
        {"ready", required_argument, NULL, 'r'},  {NULL, 0, NULL, 0},
    };
    int option;
    bool ok = true;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h' || option == 'v') {
            fputs(option == 'h' ? usage : "genred " GENRED_VERSION "\n", stdout);
            return 0;
        }
        if (option == 'c')
            o->config = optarg;
        else if (option == 'a')
            o->account = optarg;
        else if (option == 'p')
            ok = ok && number(optarg, INT_MAX, &o->parent);
        else if (option == 't')
            ok = ok && number(optarg, FD_MOST, &o->transient);
        else if (option == 'r')
            ok = ok && number(optarg, FD_MOST, &o->ready);
        else
            ok = false;
    }
    if (ok && optind == argc)
        return -1;
    fputs(usage, stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct app_options options = {.transient = -1, .ready = -1};
    struct err e = {0};
    int status = read_arguments(argc, argv, &options);
    if (status >= 0)
        return status;
    if (app_run(&options, &e)) {
        if (options.ready < 0)
            fprintf(stderr, "genred: %s\n", e.text);
        return err_exit_status(e.code);
    }
    return 0;
}
