<?php
// Roundcube's own wash_html on one file, with stubs for what it asks of the rest of Roundcube.
// php roundcube-wash.php FOLDER-OF-UNPACKED-PACKAGES FILE PICTURES-SHOWN(0 or 1)
error_reporting(E_ERROR);
[, $home, $file, $shown] = $argv;
$root = "$home/usr/share/roundcube/";
define('RCUBE_CHARSET', 'UTF-8');
define('INSTALL_PATH', $root);
spl_autoload_register(function ($name) use ($home, $root) {
    $masterminds = "$home/usr/share/php/" . str_replace('\\', '/', $name) . '.php';
    $own = "{$root}program/lib/Roundcube/$name.php";
    foreach ([$masterminds, $own] as $path) if (is_file($path)) { require $path; return; }
});
class Settings { function get($name, $default = null) { return $default; } }
class rcube {
    public $config;
    static function get_instance() { $own = new self; $own->config = new Settings; return $own; }
    static function JQ($text) { return addslashes($text); }
    static function Q($text) { return htmlspecialchars($text); }
}
class rcmail_output { const JS_OBJECT_NAME = 'rcmail'; }
class Output { function asset_url($path) { return $path; } function set_env() {} }
class rcmail {
    public $output;
    static function get_instance() { $own = new self; $own->output = new Output; return $own; }
    function url($path) { return '#'; }
}
class rcmail_action {}
eval('?>' . file_get_contents("{$root}program/actions/mail/index.php"));
class washing extends rcmail_action_mail_index { function run($args = []) {} }
echo washing::wash_html(file_get_contents($file), [
    'safe' => $shown === '1',
    'inline_html' => true,
    'css_prefix' => 'v1',
    'body_class' => 'rcmBody',
    'container_id' => 'message-htmlpart1',
]);
