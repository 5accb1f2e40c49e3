#include "daemon/hook.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

/* Our environment without what the service manager gave to us alone, and with what happened. */
static char **environment(char *error, char *message)
{
    size_t n = 0;
    size_t kept = 0;
    while (environ[n])
        n++;
    char **env = mem_array(n + 3, sizeof(*env));
    for (size_t i = 0; i < n; i++) {
        if (strncmp(environ[i], "NOTIFY_SOCKET=", 14) != 0 &&
            strncmp(environ[i], "GENRED_SPOTIFY_", 15) != 0 &&
            strncmp(environ[i], "GENRED_SOURCES_", 15) != 0)
            env[kept++] = environ[i];
    }
    env[kept++] = error;
    env[kept] = message;
    return env;
}

void hook_run(const char *command, const char *error, const char *message)
{
    char shell[] = "/bin/sh";
    char flag[] = "-c";
    /* The shell that is our child ends at once, so that the command is init's to wait for. */
    char apart[] = "/bin/sh -c \"$0\" &";
    pid_t pid = 0;
    posix_spawnattr_t attr;
    sigset_t all;
    if (!*command)
        return;
    posix_spawnattr_init(&attr);
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attr, &all);
    sigemptyset(&all);
    posix_spawnattr_setsigmask(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char *error_var = mem_printf("GENRED_ERROR=%s", error);
    char *message_var = mem_printf("GENRED_MESSAGE=%s", message);
    char *words = mem_strdup(command);
    char **env = environment(error_var, message_var);
    char *argv[] = {shell, flag, apart, words, NULL};
    int rc = posix_spawn(&pid, shell, NULL, &attr, argv, env);
    if (rc)
        log_error("hook: not started reason='%s'", strerror(rc));
    while (!rc && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    posix_spawnattr_destroy(&attr);
    free(env);
    free(words);
    free(error_var);
    free(message_var);
}
