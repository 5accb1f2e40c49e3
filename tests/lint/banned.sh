#!/bin/sh
# Functions that are not used here, and marks of unfinished work.
set -u
status=0
banned='strcpy|strcat|sprintf|strncpy|strtok|atoi|atof|atol|gets|scanf|system|popen|gmtime|localtime|rand|srand|signal'
if grep -rnE "(^|[^_a-zA-Z.>])($banned)\(" base spotify store classifier daemon --include='*.[ch]'; then
    status=1
fi
if grep -rniE 'SELECT \*|TODO|FIXME|\bXXX\b' base spotify store classifier daemon --include='*.[ch]'; then
    status=1
fi
exit $status
