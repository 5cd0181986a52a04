#!/usr/bin/env bash
# juice 11.1.1 inlines the rules of a style element whatever its `media` attribute says. So does MJML 5, which uses juice
# for <mj-style inline="inline">. Styles meant only for print, or only for dark mode, then apply to everybody.
#
# juice leaves `@media` inside a style element alone, so most mails never run into this. But Thunderbird honours the
# attribute and not the at-rule, so such a style element must be added after inlining.
#
# Output seen:
#   <style media="print">:      <p style="color: red;">Paper</p>
#   @media print in a style:    <p>Paper</p>
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts juice@11.1.1 > npm.log 2>&1 || { cat npm.log; exit 1; }
cat > try.cjs <<'JS'
const juice = require('juice');
console.log(`juice ${require('juice/package.json').version}`);
const attribute = juice('<style media="print">p{color:red}</style><p>Paper</p>');
const rule = juice('<style>@media print{p{color:red}}</style><p>Paper</p>').replace(/<style[\s\S]*<\/style>/, '');
console.log(`<style media="print">:      ${attribute.trim()}`);
console.log(`@media print in a style:    ${rule.trim()}`);
process.exit(attribute.includes('<p style="color: red;">') && rule.includes('<p>Paper</p>') ? 0 : 1);
JS
node try.cjs
