#!/usr/bin/env bash
# Roundcube 1.6.5 (Debian 12) inserts its class prefix after every dot of a selector, even after those inside the value
# of an attribute selector: [src$=".gif"] becomes [src$=".v1gif"], and [title="Release 2.4"] becomes
# [title="Release 2.v14"]. The rule stays in the mail, but matches nothing.
#
# Needs php-cli with mbstring and xml. Output seen:
#   img[src$=".gif"] -> #box img[src$=".v1gif"]
#   a[title="Release 2.4"] -> #box a[title="Release 2.v14"]
set -euo pipefail

command -v php > /dev/null || { echo 'expected php on the PATH: apt-get install php-cli php-mbstring php-xml' >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq -o APT::Sandbox::User=root roundcube-core
dpkg -x roundcube-core_*.deb .
ls roundcube-core_*.deb
cat > try.php <<'PHP'
<?php
error_reporting(E_ERROR);
define('RCUBE_CHARSET', 'UTF-8');
spl_autoload_register(function ($name) { require __DIR__ . "/usr/share/roundcube/program/lib/Roundcube/$name.php"; });
$same = true;
foreach (['img[src$=".gif"]' => '#box img[src$=".v1gif"]', 'a[title="Release 2.4"]' => '#box a[title="Release 2.v14"]'] as $written => $seen) {
    $css = rcube_utils::mod_css_styles("$written {color: red}", 'box', true, 'v1');
    $made = trim(substr($css, 0, strpos($css, '{')));
    echo "$written -> $made\n";
    $same = $same && $made === $seen;
}
exit($same ? 0 : 1);
PHP
php try.php
