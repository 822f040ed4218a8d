// The call in the panel: the words before it, how it stands, and the keys of a telephone. Parts that stay are changed, not made anew,
// so that the keyboard stays where it is.
import { el, icon, icons } from "./dom";
import type { Session, Start } from "./session";
import type { Strings } from "./strings";

const kKeys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

type Kind = "none" | "ask" | "asking" | "here" | "elsewhere" | "told";

export class CallBar {
  readonly node: HTMLElement = el("div", { class: "call none" });
  private kind: Kind = "none";
  private asked = false;
  private keys = false;
  private line: HTMLElement | null = null;
  private clock: HTMLElement | null = null;
  private muteKey: HTMLElement | null = null;

  constructor(
    private readonly session: Session,
    private readonly t: Strings,
    // Where the keyboard goes when the bar goes.
    private readonly back: () => void,
  ) {
    setInterval(() => this.tick(), 1000);
  }

  // May be called: there is a number, and no call.
  get possible(): boolean {
    return this.session.widget?.calls === true && !this.session.call.active;
  }

  // Asks before the browser does.
  ask(): void {
    this.session.call.forget();
    this.asked = true;
    this.refresh();
    this.node.querySelector<HTMLElement>("input,.primary")?.focus();
  }

  escape(): boolean {
    if (this.keys) {
      this.keys = false;
      this.build();
      this.node.querySelector<HTMLElement>(".keys")?.focus();
      return true;
    }
    if (!this.asked) return false;
    this.leave();
    return true;
  }

  private leave(): void {
    this.asked = false;
    this.session.call.forget();
    this.refresh();
    this.back();
  }

  refresh(): void {
    const { call } = this.session;
    if (call.active) this.asked = false;
    const told = call.phase === "over" || call.phase === "failed" || call.phase === "refused";
    const kind: Kind = call.phase === "asking" ? "asking" : call.here ? "here" : call.active ? "elsewhere" : this.asked ? "ask" : told ? "told" : "none";
    if (kind !== this.kind) {
      const had = this.node.contains((this.node.getRootNode() as ShadowRoot).activeElement ?? null);
      this.kind = kind;
      if (kind !== "here") this.keys = false;
      this.build();
      if (had) (this.node.querySelector<HTMLElement>("button") ?? { focus: this.back }).focus();
    }
    const words = this.words();
    if (this.line && this.line.textContent !== words) this.line.textContent = words;
    if (this.muteKey) this.drawMute(this.muteKey);
    this.tick();
  }

  private tick(): void {
    const { since } = this.session.call;
    if (!this.clock) return;
    const s = since === null ? 0 : Math.floor((Date.now() - since) / 1000);
    this.clock.textContent = since === null ? "" : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  }

  // How it stands, in a sentence.
  words(): string {
    const { t } = this;
    const { phase, server } = this.session.call;
    if (phase === "asking") return t.callMicrophone;
    if (phase === "refused") return t.callNoMicrophone;
    if (phase === "failed") return t.callFailed;
    if (phase === "over") return t.callOver;
    if (phase === "off") return server ? t.callElsewhere : "";
    if (phase === "dialing" || !server) return t.callConnecting;
    switch (server.state) {
      case "talking":
        return t.callTalking(server.worker_display_name ?? "");
      case "held":
        return t.callHeld;
      case "farewell":
        return t.callFarewell;
      case "waiting":
        return this.place() || t.callWaiting;
      default:
        return t.callConnecting;
    }
  }

  private place(): string {
    const { server } = this.session.call;
    const parts: string[] = [];
    if (server?.position_in_queue) parts.push(this.t.position(server.position_in_queue));
    if (server?.expected_wait) {
      const low = Math.round(server.expected_wait.low_s / 60), high = Math.ceil(server.expected_wait.high_s / 60);
      parts.push(high <= 1 ? this.t.soon : this.t.minutes(Math.max(1, low), high));
    }
    return parts.join(" ");
  }

  private build(): void {
    const { t, kind } = this;
    const { call } = this.session;
    this.line = this.clock = this.muteKey = null;
    this.node.className = `call ${kind}`;
    if (kind === "none") return this.node.replaceChildren();
    if (kind === "ask") return this.node.replaceChildren(...this.question());
    this.line = el("span", { class: "line", role: "status" });
    this.line.textContent = this.words();
    const button = (name: string, label: string, onclick: () => void): HTMLElement => el("button", { class: name, type: "button", onclick }, label);
    if (kind === "told") {
      const more = this.possible && button("plain", t.call, () => this.ask());
      this.node.replaceChildren(this.line, el("span", { class: "row" }, more, this.icon("dismiss", icons.cross, t.close, () => this.leave())));
      return;
    }
    if (kind === "elsewhere") {
      const here = button("plain", t.callHere, () => void call.takeOver());
      this.node.replaceChildren(this.line, el("span", { class: "row" }, here, this.icon("hang", icons.down, t.hangUp, () => call.hangUp())));
      return;
    }
    const hang = this.icon("hang", icons.down, t.hangUp, () => call.hangUp());
    if (kind === "asking") return this.node.replaceChildren(this.line, el("span", { class: "row" }, hang));
    this.clock = el("span", { class: "clock", "aria-hidden": "true" });
    this.muteKey = this.icon("mute", icons.voice, t.mute, () => call.mute(!call.muted));
    const keys = this.icon("keys", icons.keys, t.keypad, () => {
      this.keys = !this.keys;
      this.build();
      this.node.querySelector<HTMLElement>(this.keys ? ".pad button" : ".keys")?.focus();
    });
    keys.setAttribute("aria-expanded", String(this.keys));
    this.node.replaceChildren(this.line, this.clock, el("span", { class: "row" }, this.muteKey, keys, hang), ...(this.keys ? [this.pad()] : []));
    this.drawMute(this.muteKey);
    this.tick();
  }

  private icon(name: string, path: string, label: string, onclick: () => void): HTMLElement {
    return el("button", { class: `key ${name}`, type: "button", title: label, "aria-label": label, onclick }, icon(path));
  }

  private drawMute(key: HTMLElement): void {
    const { muted } = this.session.call;
    if (key.getAttribute("aria-pressed") === String(muted)) return;
    key.setAttribute("aria-pressed", String(muted));
    const label = muted ? this.t.unmute : this.t.mute;
    key.title = label;
    key.setAttribute("aria-label", label);
    key.replaceChildren(icon(muted ? icons.silent : icons.voice));
  }

  private pad(): HTMLElement {
    const press = (key: string): void => this.session.call.press(key);
    const typed = (e: KeyboardEvent): void => {
      if (!e.ctrlKey && !e.altKey && !e.metaKey && kKeys.includes(e.key)) press(e.key);
    };
    return el("div", { class: "pad", dir: "ltr", role: "group", "aria-label": this.t.keypad, onkeydown: typed },
      ...kKeys.map((key) => el("button", { type: "button", onclick: () => press(key) }, key)));
  }

  private question(): HTMLElement[] {
    const { t } = this;
    const known = this.session.token !== undefined;
    const name = el("input", { name: "caller", autocomplete: "name", maxlength: "128" });
    const go = (): void => {
      const start: Start = name.value.trim() ? { display_name: name.value.trim() } : {};
      void this.session.call.start(start);
    };
    const asks = this.session.widget?.ask_name === true && !known;
    return [
      el("form", { class: "question", onsubmit: (e: Event) => (e.preventDefault(), go()) },
        el("span", {}, t.callAbout),
        asks && el("label", {}, t.yourName, name),
        el("span", { class: "row" },
          el("button", { class: "primary", type: "submit" }, t.callNow),
          el("button", { class: "plain", type: "button", onclick: () => this.leave() }, t.notNow))),
    ];
  }
}
