// Styles live in the shadow root: the site's do not reach in, ours do not reach out.

export const style = `
:host{all:initial}
*{box-sizing:border-box;font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.root{--accent:#2f6fed;--on:#fff;--bg:#fff;--soft:#f3f5f9;--line:#e3e7ee;--edge:#868f9d;--text:#18202c;--dim:#5d6878;--mine:var(--accent);
 position:fixed;bottom:20px;z-index:2147483000;color:var(--text);font-size:15px;line-height:1.45}
.root.right{right:20px}.root.left{left:20px}
@media(prefers-color-scheme:dark){.root.auto{--bg:#171c24;--soft:#222a35;--line:#2e3744;--edge:#6c7787;--text:#e8edf4;--dim:#9aa7b8}}
.root.dark{--bg:#171c24;--soft:#222a35;--line:#2e3744;--edge:#6c7787;--text:#e8edf4;--dim:#9aa7b8}
button{font:inherit;cursor:pointer;border:0;background:none;color:inherit}
button:focus-visible,.list:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.list:focus-visible{outline-offset:-3px}
textarea:focus-visible,input:focus-visible,select:focus-visible{outline:2px solid var(--accent);outline-offset:-1px}
.launch{display:flex;align-items:center;gap:10px;background:var(--accent);color:var(--on);border-radius:999px;padding:14px 20px;font-weight:600;box-shadow:0 8px 28px rgb(16 24 40/.24);transition:transform .15s}
.launch:hover{transform:translateY(-1px)}
.badge{background:var(--on);color:var(--accent);font-weight:700;border-radius:999px;min-width:22px;height:22px;display:inline-grid;place-items:center;font-size:12px;padding:0 6px}
.panel{width:min(380px,calc(100vw - 24px));height:min(600px,calc(100vh - 40px));display:flex;flex-direction:column;background:var(--bg);border:1px solid var(--line);border-radius:18px;overflow:hidden;box-shadow:0 18px 60px rgb(16 24 40/.28)}
.panel.form{height:auto;max-height:min(640px,calc(100vh - 40px))}
.head{background:var(--accent);color:var(--on);padding:14px 12px 14px 18px;display:flex;align-items:center;gap:4px}
.root[dir=rtl] .head{padding:14px 18px 14px 12px}
.root[dir=rtl] .endchat svg,.root[dir=rtl] .send svg{transform:scaleX(-1)}
.head h2{margin:0;font-size:17px;font-weight:650;line-height:1.3}.head p{margin:1px 0 0;font-size:13.5px;line-height:1.35}
.head .grow{flex:1;min-width:0;overflow-wrap:anywhere}
.icon{width:36px;height:36px;border-radius:10px;display:grid;place-items:center;flex:none}
.head .icon:hover{background:color-mix(in srgb,var(--on) 18%,transparent)}
.head .icon:focus-visible,.primary:focus-visible,.send:focus-visible,.launch:focus-visible{outline:2px solid var(--on);outline-offset:-4px}
.note{padding:9px 18px;background:var(--soft);color:var(--dim);font-size:13.5px;border-bottom:1px solid var(--line)}
.note.warn{color:#93370d;background:#fef0c7}
.note.ask{display:flex;flex-wrap:wrap;align-items:center;gap:8px;color:var(--text)}.note.ask span{flex:1 1 100%}.note.ask button{padding:7px 13px;font-size:14px}
.plain{border-radius:12px;border:1px solid var(--edge);background:var(--bg);font-weight:600}
.list{flex:1;overflow-y:auto;padding:16px 14px;display:flex;flex-direction:column;gap:3px;overscroll-behavior:contain}
.msg{max-width:84%;padding:9px 13px;border-radius:16px;background:var(--soft);overflow-wrap:anywhere;white-space:pre-wrap;align-self:flex-start;margin-top:6px}
.msg.mine{align-self:flex-end;background:var(--mine);color:var(--on)}
.msg.system{align-self:center;background:none;color:var(--dim);font-size:13px;text-align:center}
.msg.mine.pending{background:var(--soft);color:var(--text)}
.by{font-size:12px;color:var(--dim);margin:6px 4px 0}
.state{font-size:12px;color:var(--dim);align-self:flex-end;margin:2px 4px}
.state button{color:var(--text);text-decoration:underline;padding:4px}
.file{display:block;text-decoration:underline;text-align:start}
.dots{align-self:flex-start;display:flex;align-items:center;gap:4px;color:var(--dim);font-size:13px;padding:10px 4px 4px}
.dots i{width:6px;height:6px;border-radius:50%;background:currentColor;animation:breathe 1.2s ease-in-out infinite}
.dots i:nth-child(2){animation-delay:.15s}.dots i:nth-child(3){animation-delay:.3s}.dots span{margin-inline-start:4px}
@keyframes breathe{0%,60%,100%{opacity:.35}30%{opacity:1}}
.foot{border-top:1px solid var(--line);padding:10px;display:flex;gap:8px;align-items:flex-end}
textarea{flex:1;resize:none;border:1px solid var(--edge);background:var(--bg);color:var(--text);border-radius:12px;padding:10px 12px;font:inherit;max-height:120px;min-height:42px}
textarea::placeholder,input::placeholder{color:var(--dim)}
.send{background:var(--accent);color:var(--on);border-radius:12px;width:42px;height:42px;display:grid;place-items:center;flex:none}
.send:disabled{opacity:.45;cursor:default}
.clip{color:var(--dim);width:38px;height:42px;display:grid;place-items:center;border-radius:10px}.clip:hover{background:var(--soft)}
form{padding:16px 18px 18px;display:flex;flex-direction:column;gap:12px;flex:1;overflow-y:auto}
form p{margin:0 0 2px}form textarea{flex:none;min-height:96px;font-size:15px}
label{font-size:13px;color:var(--dim);display:flex;flex-direction:column;gap:4px}
input,select{font-size:15px;border:1px solid var(--edge);background:var(--bg);color:var(--text);border-radius:10px;padding:10px 12px;font-family:inherit;min-height:44px;width:100%}
.primary{background:var(--accent);color:var(--on);border-radius:12px;padding:11px 16px;font-weight:600;text-align:center}
.over{padding:14px;border-top:1px solid var(--line);display:flex;flex-direction:column;gap:10px;text-align:center;color:var(--dim)}
[hidden]{display:none!important}form>.callus{display:flex;gap:8px;justify-content:center;align-items:center;padding:10px 16px}
.call{border-bottom:1px solid var(--line);background:var(--soft);padding:10px 14px 10px 18px;display:flex;flex-wrap:wrap;align-items:center;gap:8px;font-size:14px}
.root[dir=rtl] .call{padding:10px 18px 10px 14px}.call.none{display:none}.call .line{flex:1;min-width:0;overflow-wrap:anywhere;font-weight:600}
.call.told .line,.call.asking .line{font-weight:400}.clock{font-variant-numeric:tabular-nums;color:var(--dim)}
.row{display:flex;gap:6px;align-items:center}.row .plain,.row .primary{padding:7px 13px;font-size:14px}
.key{width:38px;height:38px;border-radius:10px;display:grid;place-items:center;border:1px solid var(--edge);background:var(--bg)}
.key[aria-pressed=true]{background:var(--text);color:var(--bg)}.key.hang{background:#c4320a;border-color:#c4320a;color:#fff}.key.dismiss{border:0;background:none}
.pad{flex:1 1 100%;display:grid;grid-template-columns:repeat(3,1fr);gap:6px}.pad button{border:1px solid var(--edge);background:var(--bg);border-radius:10px;min-height:40px;font-size:17px}
form.question{padding:0;gap:10px;flex:1 1 100%}form.question .row{flex-wrap:wrap}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
svg{display:block}
@media(max-width:480px){.root.open{inset:0;bottom:0}.root.open .panel{width:100vw;height:100dvh;max-height:none;border-radius:0;border:0}input,select,textarea,form textarea{font-size:16px}}
@media(prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}
`;
