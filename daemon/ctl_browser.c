#include "daemon/ctl_browser.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/ctl.h"

extern char **environ;

bool ctl_browser_may(const char *url)
{
    if (url == NULL || (!text_starts_with(url, "https://") && !text_starts_with(url, "http://"))) {
        return false;
    }
    for (; *url != '\0'; url++) {
        if (*url <= ' ' || *url > '~') {
            return false;
        }
    }
    return true;
}

bool ctl_browser_is_there(void)
{
    return getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL;
}

void ctl_browser_open(const char *url)
{
    char program[] = "xdg-open";
    char address[4096];
    if (!text_copy(address, sizeof(address), url)) {
        return;
    }
    char *argv[] = {program, address, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return;
    }
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return;
    }
    pid_t pid;
    /* What a browser prints does not belong on this terminal. Failing, the address is there to
     * copy. */
    if (posix_spawnattr_setsigmask(&attributes, &none) != 0 ||
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawnp(&pid, program, &actions, &attributes, argv, environ) != 0) {
        ctl_say("no browser could be opened; open the address above yourself");
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
}
