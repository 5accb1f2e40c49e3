#!/bin/sh
# Everything that a shell runs, through shellcheck; the completions at least parse.
set -u
out=${1:-build/gcc}
status=0
scripts=$(find .ci tests etc -name node_modules -prune -o -name '*.sh' -print -o -path '.ci/run' -print -o -path 'etc/deb/*' -type f -print)
# shellcheck disable=SC2086
shellcheck --severity=warning --format=gcc $scripts || status=1
"$out/genrectl" completion bash | bash -n || { echo 'the bash completion does not parse'; status=1; }
exit $status
