#!/bin/sh
# Installs the Debian packages named, those that are missing, in one go. COMMAND:PACKAGE is left alone where
# the command is there, whoever brought it.
set -eu
missing=
for package in "$@"; do
    case $package in
    *:*)
        if command -v "${package%%:*}" >/dev/null; then continue; fi
        package=${package#*:}
        ;;
    esac
    state=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    case $state in
    ii*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
