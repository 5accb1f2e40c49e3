/* Where the configuration, the state and the socket are when nobody says. All results are
 * allocated. */
#ifndef DAEMON_CONFIG_PATH_H
#define DAEMON_CONFIG_PATH_H

#include <stdbool.h>

#ifndef GENRED_SYSCONFDIR
#define GENRED_SYSCONFDIR "/etc"
#endif
#define CONFIG_PATH_SYSTEM_FILE   GENRED_SYSCONFDIR "/genred/genred.conf"
#define CONFIG_PATH_SYSTEM_SOCKET "/run/genred/genred.sock"

char *config_path_working_dir(void);
/* Relative to dir, which is absolute; "~/" is the home directory. */
char *config_path_resolve(const char *path, const char *dir);
/* The file to read: path, $GENRED_CONFIG, or the first that exists; NULL: there is none. */
char *config_path_file(const char *path);
/* NULL when there is not even a home directory. */
char *config_path_state(void);
/* In the state directory when that was set, so that several daemons do not meet. */
char *config_path_socket(const char *state_dir, bool state_dir_is_set);
/* The person's genres.conf beside that configuration file (NULL: none was found), or in
 * ~/.config/genred; "" when there is none. */
char *config_path_tree(const char *file);

#endif
