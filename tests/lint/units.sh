#!/bin/sh
# The units are clean, and the system unit's exposure is 2.0 at most.
set -u
out=$(cd "${1:-build/gcc}" && pwd)
command -v systemd-analyze >/dev/null || exit 0
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR="$work"
for unit in systemd/*.service systemd/*.timer; do
    sed "s|/usr/bin/genre|$out/genre|" "$unit" >"$work/$(basename "$unit")"
done
# verify MANAGER UNIT
verify() {
    systemd-analyze --man=no "$1" verify "$work/$2" 2>&1 | grep -F "${2%.*}" | sed "s|^|systemd/$2: |"
}
found=$(verify --system genred-system.service
    for unit in genred.service genred-resync.service genred-resync.timer; do verify --user "$unit"; done)
[ -z "$found" ] || { echo "$found"; status=1; }
systemd-analyze security --offline=true --threshold=20 --no-pager "$work/genred-system.service" >"$work/report" 2>&1 || {
    echo "systemd/genred-system.service: $(grep 'Overall' "$work/report" || tail -1 "$work/report")"
    status=1
}
systemd-sysusers --dry-run "$PWD/systemd/genred.sysusers" >"$work/report" 2>&1 || {
    echo "systemd/genred.sysusers: $(tail -1 "$work/report")"
    status=1
}
exit $status
