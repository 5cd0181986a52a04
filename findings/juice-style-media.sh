#!/usr/bin/env bash
# juice 11.1.1 inlines the rules of a style element whatever its `media` attribute says, and so does MJML 5, which uses
# it for <mj-style inline="inline">: what was meant for paper, or for dark screens only, becomes everybody's style.
#
# `@media` inside a style element is left alone, so most mails never meet this. But Thunderbird obeys the attribute and
# not the at-rule, and such an element must be added after inlining.
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
