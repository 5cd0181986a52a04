/** The preview's own look: plain, so that the mail stands out. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#f3f0ea;--bar:#fff;--line:#e2dbcf;--ink:#221c15;--soft:#6b6255;--accent:#b93c0b;--tint:#fdeee4;--grave:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#15120e;--bar:#1e1a15;--line:#352e25;--ink:#f1ebe1;--soft:#a99e8d;--accent:#ff9a5c;--tint:#3a2516;--grave:#ff8a80}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;height:100vh;height:100dvh;display:flex;flex-direction:column;background:var(--paper);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans",sans-serif}
header{background:var(--bar);border-bottom:1px solid var(--line)}
.line{display:flex;align-items:center;flex-wrap:wrap;gap:4px 18px;padding:10px 20px 0}
.brand{display:inline-flex;align-items:center;gap:8px;font-weight:600}
.logo{width:26px;height:26px;color:#c2410c}
h1{flex:1 1 240px;min-width:0;margin:0;font-size:16px;font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
#state{color:var(--soft);font-size:13px}
.tabs{display:flex;flex:1 1 auto;gap:2px;overflow-x:auto}
.tabs .gap{flex:0 0 20px}
.tabs button{padding:9px 11px 8px;border:0;border-bottom:2px solid transparent;background:none;color:var(--soft);font:inherit;font-weight:500;white-space:nowrap;cursor:pointer}
.tabs button:hover{color:var(--ink)}
.tabs [aria-selected=true]{color:var(--accent);border-color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
#count:not(:empty){display:inline-block;min-width:20px;padding:0 6px;border-radius:99px;background:var(--tint);color:var(--accent);font-size:12px;line-height:20px}
#count.error{background:var(--grave);color:#fff}
@media (prefers-color-scheme:dark){#count.error{color:#21100e}}
fieldset{display:flex;align-items:center;gap:12px;margin:0;padding:0 0 6px;border:0;font-size:13px}
legend{float:left;margin-right:12px;padding:0;color:var(--soft)}
input{width:9em;height:28px;margin-left:4px;padding:0 8px;border:1px solid var(--line);border-radius:7px;background:var(--paper);color:var(--ink);font:inherit}
input[type=email]{width:15em}
#fault{margin:0;padding:10px 20px;background:var(--grave);color:#fff;white-space:pre-wrap}
@media (prefers-color-scheme:dark){#fault{color:#21100e}}
main{flex:1;min-height:0;display:flex;justify-content:center;outline-offset:-3px}
iframe{width:100%;height:100%;border:0;background:#fff}
main.dark iframe{background:#111}
main.phone{padding:18px 0}
main.phone iframe{box-sizing:content-box;width:375px;max-width:100%;border:1px solid var(--line);border-radius:22px;box-shadow:0 12px 40px -16px rgb(0 0 0/.35)}
#panel{width:100%;max-width:1000px;padding:20px;overflow:auto}
pre{margin:0;font:13px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono","Noto Sans Mono CJK SC",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse}
th,td{padding:7px 10px;border-bottom:1px solid var(--line);text-align:start;vertical-align:top;overflow-wrap:anywhere}
th{width:13em;color:var(--soft);font-weight:500}
.checks{margin:0;padding:0;list-style:none}
.checks li{display:grid;grid-template-columns:5.5em 5em 1fr auto;gap:0 12px;padding:9px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.checks b{font-weight:600}.checks .error b{color:var(--grave)}.checks .warning b{color:var(--accent)}.checks .info b{color:var(--soft)}
.checks code{color:var(--soft);font-size:12px}
.none{color:var(--soft)}
@media (max-width:640px){.line{padding:8px 12px 0}.tabs{flex-wrap:wrap}.tabs .gap{flex-basis:100%}.checks li{grid-template-columns:auto auto 1fr}.checks li :nth-child(3){grid-column:1/-1;order:4}fieldset{flex-wrap:wrap}}
`;
