#include "daemon/config_path.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

static char *home_dir(void)
{
    const char *home = getenv("HOME");
    if (home != NULL && home[0] == '/') {
        return mem_strdup(home);
    }
    struct passwd entry;
    struct passwd *found = NULL;
    char text[4096];
    if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) == 0 && found != NULL &&
        found->pw_dir != NULL && found->pw_dir[0] == '/') {
        return mem_strdup(found->pw_dir);
    }
    return NULL;
}

char *config_path_working_dir(void)
{
    char *cwd = getcwd(NULL, 0);
    return cwd != NULL ? cwd : mem_strdup("/");
}

char *config_path_resolve(const char *path, const char *dir)
{
    if (path[0] == '/') {
        return mem_strdup(path);
    }
    if (path[0] == '~' && (path[1] == '/' || path[1] == '\0')) {
        char *home = home_dir();
        char *full = home != NULL ? mem_printf("%s%s", home, path + 1) : mem_strdup(path);
        free(home);
        return full;
    }
    return mem_printf("%s/%s", text_equal(dir, "/") ? "" : dir, path);
}

/* The absolute path in variable, the first of those between colons, allocated; NULL if it holds
 * none. */
static char *variable_path(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] == '/' ? mem_strndup(value, strcspn(value, ":")) : NULL;
}

/* dir/rest; owns dir, NULL stays NULL. */
static char *joined(char *dir, const char *rest)
{
    char *full = dir != NULL ? mem_printf("%s/%s", dir, rest) : NULL;
    free(dir);
    return full;
}

/* ~/.config/genred/name, or where XDG_CONFIG_HOME wants it; NULL without a home directory. */
static char *person_path(const char *name)
{
    char *dir = variable_path("XDG_CONFIG_HOME");
    if (dir == NULL) {
        dir = joined(home_dir(), ".config");
    }
    return joined(joined(dir, "genred"), name);
}

char *config_path_tree(const char *file)
{
    char *found = NULL;
    if (file != NULL) {
        found = joined(mem_strndup(file, (size_t)(strrchr(file, '/') - file)), "genres.conf");
    }
    if (found == NULL || !file_exists(found)) {
        free(found);
        found = person_path("genres.conf");
    }
    if (found == NULL || !file_exists(found)) {
        free(found);
        found = mem_strdup("");
    }
    return found;
}

char *config_path_file(const char *path)
{
    const char *named = path != NULL ? path : getenv("GENRED_CONFIG");
    if (named != NULL && *named != '\0') {
        char *cwd = config_path_working_dir();
        char *full = config_path_resolve(named, cwd);
        free(cwd);
        return full;
    }
    char *found = person_path("genred.conf");
    if (found == NULL || !file_exists(found)) {
        free(found);
        found = file_exists(CONFIG_PATH_SYSTEM_FILE) ? mem_strdup(CONFIG_PATH_SYSTEM_FILE) : NULL;
    }
    return found;
}

char *config_path_state(void)
{
    char *found = variable_path("STATE_DIRECTORY");
    if (found == NULL) {
        found = joined(variable_path("XDG_STATE_HOME"), "genred");
    }
    return found != NULL ? found : joined(home_dir(), ".local/state/genred");
}

char *config_path_socket(const char *state_dir, bool state_dir_is_set)
{
    char *found = NULL;
    if (!state_dir_is_set) {
        found = joined(variable_path("RUNTIME_DIRECTORY"), "genred.sock");
    }
    if (found == NULL && !state_dir_is_set) {
        found = joined(variable_path("XDG_RUNTIME_DIR"), "genred/genred.sock");
    }
    return found != NULL ? found : joined(mem_strdup(state_dir), "genred.sock");
}
