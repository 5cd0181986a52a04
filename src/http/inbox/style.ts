/** The inbox's styles, light and dark. One string, so that its hash can be in the page's policy. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#f7f4ee;--sheet:#fff;--line:#e7e0d4;--ink:#221c15;--soft:#766c5e;--accent:#c2410c;--accent-soft:#fdeee4;--accent-ink:#fff;--hover:#fcfaf6;--raised:#fff;--shadow:0 1px 2px rgb(60 40 10/.06),0 8px 24px -12px rgb(60 40 10/.18)}
@media (prefers-color-scheme:dark){:root{--paper:#15120e;--sheet:#1e1a15;--line:#352e25;--ink:#f1ebe1;--soft:#a99e8d;--accent:#ff9a5c;--accent-soft:#3a2516;--accent-ink:#21140a;--hover:#26211a;--raised:#2c261e;--shadow:0 1px 2px rgb(0 0 0/.4)}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans",sans-serif}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
h1,p,ol,ul,pre{margin:0}
ol,ul{padding:0;list-style:none}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono","Noto Sans Mono CJK SC",monospace}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}.skip:focus{left:16px;top:8px;z-index:1;background:var(--sheet);padding:8px 12px;border-radius:8px}
.bar{display:flex;align-items:center;gap:12px 20px;flex-wrap:wrap;padding:12px 24px;background:var(--sheet);border-bottom:1px solid var(--line)}
.brand{display:inline-flex;align-items:center;gap:10px;color:inherit;text-decoration:none;font-weight:500;font-size:17px;letter-spacing:-.01em}
.brand b{font-weight:700}
.logo{width:32px;height:32px;color:#c2410c;flex:none}
.search{display:flex;align-items:center;gap:8px;flex:1 1 220px;max-width:420px;padding:0 12px;background:var(--paper);border:1px solid var(--line);border-radius:10px;color:var(--soft)}
.search:focus-within{border-color:var(--accent)}
.search svg{width:18px;height:18px;flex:none}
.search input{flex:1;min-width:0;height:38px;border:0;outline:0;background:none;color:var(--ink);font:inherit}
.rehearsal{margin-left:auto;padding:5px 12px;border-radius:99px;background:var(--accent-soft);color:var(--accent);font-size:13px;font-weight:600}
.rehearsal i{font-style:normal;font-weight:500}
main{flex:1;display:flex;flex-direction:column;width:100%;max-width:1120px;margin:0 auto;padding:24px}
.heading{position:relative;display:flex;align-items:baseline;justify-content:space-between;gap:16px;margin-bottom:14px}
.heading h1{font-size:24px;letter-spacing:-.02em}
.heading small{font-size:14px;font-weight:400;letter-spacing:0;color:var(--soft)}
.clear summary{cursor:pointer;list-style:none;color:var(--soft);font-size:14px;text-decoration:underline;text-underline-offset:3px}
.clear summary::-webkit-details-marker{display:none}
.clear form{position:absolute;right:0;top:100%;z-index:1;width:min(300px,100%);padding:16px;background:var(--raised);border:1px solid var(--line);border-radius:12px;box-shadow:var(--shadow);font-size:14px}
.clear p{margin-bottom:12px;color:var(--soft)}
button,.button{display:inline-block;padding:8px 16px;border:0;border-radius:10px;background:var(--accent);color:var(--accent-ink);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.button small{font-weight:400;opacity:.85}
.mails{background:var(--sheet);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);overflow:hidden}
.mails li+li{border-top:1px solid var(--line)}
.mails a{display:grid;grid-template-columns:40px minmax(0,1fr) minmax(0,1.9fr) auto;align-items:center;gap:2px 16px;padding:11px 18px;color:inherit;text-decoration:none}
.mails a:hover{background:var(--hover)}
.mails a:focus-visible{outline-offset:-2px}
.mails b,.mails small{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.mails b{font-weight:600}
.mails small,.mails time{font-size:13px;color:var(--soft)}
.mails time{white-space:nowrap}
.avatar{display:grid;place-items:center;width:40px;height:40px;flex:none;border-radius:50%;color:#fff;font-size:15px;font-weight:600}
.tone-0{background:#b4532a}.tone-1{background:#8a6d1d}.tone-2{background:#4d7c3a}.tone-3{background:#23786f}.tone-4{background:#2f6ea8}.tone-5{background:#5b5bb5}.tone-6{background:#8b4d9e}.tone-7{background:#b03f66}
.pager{display:flex;justify-content:center;align-items:center;gap:20px;padding-top:18px;font-size:14px}
.pager span{color:var(--soft);opacity:.6}.pager b{font-weight:500;color:var(--soft)}
.empty{width:100%;max-width:720px;margin:auto;padding:24px 0 48px;text-align:center}
.empty h1{margin:18px 0 8px;font-size:26px;letter-spacing:-.02em}
.empty p{max-width:56ch;margin:0 auto 16px;color:var(--soft)}
.empty pre{margin:0 0 16px;padding:16px 18px;overflow-x:auto;text-align:left;font-size:13px;line-height:1.7;background:var(--sheet);border:1px solid var(--line);border-radius:12px}
.drawing{width:240px;max-width:70%}
.drawing .shade{fill:var(--line)}.drawing .back{fill:#c2410c}.drawing .sheet{fill:#fffaf2}.drawing .front{fill:#ea7234}
.drawing .lines,.drawing .wind{fill:none;stroke:#d9cbb6;stroke-width:4;stroke-linecap:round}.drawing .wind{stroke:var(--soft);opacity:.5}
.mail{flex:1;display:flex;flex-direction:column;background:var(--sheet);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);overflow:hidden}
.head{padding:16px 22px 14px}
.head h1{margin:10px 0 12px;font-size:22px;line-height:1.3;letter-spacing:-.015em;overflow-wrap:anywhere}
.steps{display:flex;justify-content:space-between;gap:16px;font-size:14px}
.steps a{text-decoration:none}.steps span{display:inline-flex;gap:14px}.steps span span{color:var(--soft);opacity:.6}
.who{display:flex;align-items:center;gap:12px;flex-wrap:wrap}
.who p{flex:1 1 260px;min-width:0;line-height:1.4;overflow-wrap:anywhere}
.who small{font-size:13.5px;color:var(--soft)}.who small b{font-weight:600;color:var(--ink)}
.who .button{background:var(--accent-soft);color:var(--accent)}.who .button small{color:inherit}
.attachments{display:flex;flex-wrap:wrap;gap:8px;margin-top:12px;font-size:13px}
.attachments li{padding:4px 10px;border:1px solid var(--line);border-radius:8px;overflow-wrap:anywhere}.attachments small{color:var(--soft)}
.tools{display:flex;align-items:center;flex-wrap:wrap;gap:0 20px;padding:0 22px;border-bottom:1px solid var(--line)}
.tabs{display:flex;gap:22px}
.tabs a{padding:10px 0;border-bottom:2px solid transparent;color:var(--soft);font-weight:500;text-decoration:none}
.tabs a:hover{color:var(--ink)}
.tabs [aria-current]{border-color:var(--accent);color:var(--ink);font-weight:600}
.widths{display:inline-flex;margin:6px 0 6px auto;padding:3px;border-radius:9px;background:var(--paper);font-size:13px}
.widths a{padding:3px 12px;border-radius:7px;color:var(--soft);text-decoration:none}
.widths [aria-current]{background:var(--raised);color:var(--ink);font-weight:600;box-shadow:0 1px 2px rgb(0 0 0/.12)}
.download{margin-left:auto;padding:10px 0;font-size:14px}
.widths+.download{margin-left:0}
.stage{flex:1;display:flex;justify-content:center;min-height:80vh;background:var(--paper)}
.stage iframe{width:100%;border:0;background:#fff}
.stage.phone{padding:24px 12px}
.stage.phone iframe{width:395px;max-width:100%;height:780px;border:10px solid #3a332b;border-radius:34px;box-shadow:var(--shadow)}
.text,.source{flex:1;padding:20px 22px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px;line-height:1.6}
.source{font-size:12.5px}
.note{margin:16px 22px;padding:12px 16px;border-radius:10px;background:var(--accent-soft)}
.table{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:13.5px}
th,td{padding:9px 22px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{width:1%;padding-right:8px;white-space:nowrap;font-weight:600;color:var(--soft)}
td{overflow-wrap:anywhere;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono",monospace;font-size:13px}
@media (max-width:720px){
.bar{padding:10px 16px}.rehearsal i{display:none}.search{order:3;flex-basis:100%;max-width:none}.search input{font-size:16px}
main{padding:16px 12px}
.mails a{grid-template-columns:40px minmax(0,1fr) auto;gap:0 12px;padding:11px 14px}
.mails .avatar{grid-row:1/3}.mails .to small{display:none}.mails .what{grid-column:2/4}.mails .what b{font-weight:400}.mails time{grid-column:3;grid-row:1;font-size:12px}
.head{padding:14px 16px}.tools{padding:0 16px;gap:0 10px;flex-wrap:nowrap}.tabs{gap:14px;font-size:14px}.head h1{font-size:19px}
.widths{display:none}.download{font-size:13px}.download span{display:none}.widths+.download{margin-left:auto}
.who{flex-wrap:wrap;align-items:flex-start}.who p{flex-basis:calc(100% - 60px)}.who .button{margin-left:52px;padding:7px 14px;font-size:14px}.who .button small{font-size:13px}
.stage.phone{padding:0}.stage.phone iframe{border:0;border-radius:0;width:100%;height:auto;box-shadow:none}
.text,.source{padding:16px}.note{margin:12px 16px}
table,tbody,tr,th,td{display:block;width:auto}th{padding:10px 16px 0;border:0}td{padding:2px 16px 10px}
}
`;
