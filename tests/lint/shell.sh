#!/bin/sh
# Everything that a shell runs, through shellcheck; the completions at least parse.
set -u
out=${1:-build/gcc}
status=0
scripts=$(find .ci tests etc -name '*.sh' -o -path '.ci/run' -o -path 'etc/deb/*' -type f)
# shellcheck disable=SC2086
shellcheck --severity=warning --format=gcc $scripts || status=1
"$out/genrectl" completion bash | bash -n || { echo 'the bash completion does not parse'; status=1; }
exit $status
