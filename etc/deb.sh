#!/bin/sh
# deb.sh DIR VERSION: makes build/genred_VERSION_ARCH.deb of the staged install in DIR/root.
# The maintainer is $DEBFULLNAME <$DEBEMAIL>, else the authors at an address that does not exist.
set -eu
dir=$1
version=$2
root=$dir/root
here=$(dirname "$0")
arch=$(dpkg --print-architecture)
name=${DEBFULLNAME:-the genred authors}
email=${DEBEMAIL:-genred@nowhere.example}
doc=$root/usr/share/doc/genred

# --- files ---------------------------------------------------------------------------------------------

strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/genred" "$root/usr/bin/genrectl"
install -D -m 644 etc/genred.conf "$root/etc/genred/genred.conf"
find "$root/usr/share/man" -type f -exec gzip -9n {} +
{
    echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
    echo 'Upstream-Name: genred'
    echo
    echo 'Files: *'
    sed -n 's/^Copyright (c) /Copyright: /p' LICENSE
    echo 'License: Expat'
    sed '1,/^Copyright/d' LICENSE | sed -e '1{/^$/d}' -e 's/^$/./' -e 's/^/ /'
} >"$doc/copyright"
rm "$doc/LICENSE"
{
    printf 'genred (%s) unstable; urgency=medium\n\n  * Release %s.\n\n' "$version" "$version"
    printf ' -- %s <%s>  %s\n' "$name" "$email" "$(LC_ALL=C date -R -u -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"

# --- control -------------------------------------------------------------------------------------------

mkdir -p "$root/DEBIAN" "$dir/debian"
: >"$dir/debian/control"
depends=$(cd "$dir" && dpkg-shlibdeps -O root/usr/bin/genred root/usr/bin/genrectl | sed -n 's/^shlibs:Depends=//p')
cat >"$root/DEBIAN/control" <<EOF
Package: genred
Version: $version
Architecture: $arch
Maintainer: $name <$email>
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends, systemd | systemd-standalone-sysusers | systemd-sysusers
Recommends: ca-certificates
Suggests: xdg-utils
Section: sound
Priority: optional
Description: keeps liked songs on Spotify sorted into genre playlists
 genred is a small background service. It reads the songs that a person likes on
 Spotify, finds out with a model of its own which genres each belongs to, and
 keeps one playlist per chosen genre up to date. genrectl is its command line.
 .
 It runs for one person or as a service of the whole system, and only ever
 writes to playlists that it made.
EOF
echo /etc/genred/genred.conf >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 755 "$here/deb/$script" "$root/DEBIAN/$script"
done
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod -R u=rwX,go=rX "$root"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group --build "$root" "build/genred_${version}_$arch.deb" >/dev/null
