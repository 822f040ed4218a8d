// What the customer sees: one panel, drawn anew from the session's state. Text goes in as text, never as HTML.
import { CallBar } from "./call_bar";
import { el, icon, icons, readableOn } from "./dom";
import { form, type Topic } from "./form";
import { drawMessages } from "./messages";
import type { Message, Session } from "./session";
import type { Strings } from "./strings";
import { style } from "./style";

export type { Topic };
type Mode = "" | "form" | "chat" | "ended";

export class View {
  readonly root: HTMLElement;
  private readonly box: HTMLElement;
  private readonly live: HTMLElement;
  private open = false;
  private list: HTMLElement | null = null;
  private area: HTMLTextAreaElement | null = null;
  private mode: Mode = "";
  private confirming = false;
  private problem = "";
  private noted = "";
  private readonly bar: CallBar;

  constructor(
    private readonly session: Session,
    private readonly t: Strings,
    language: string,
    rtl: boolean,
    private readonly topics: Topic[],
  ) {
    this.root = document.createElement("div");
    this.root.setAttribute("data-carillon", "");
    const shadow = this.root.attachShadow({ mode: "open" });
    const sheet = document.createElement("style");
    sheet.textContent = style;
    this.box = el("div", { lang: language, dir: rtl ? "rtl" : "ltr" });
    this.live = el("div", { class: "sr", "aria-live": "polite", lang: language });
    shadow.append(sheet, this.box, this.live, session.call.sound);
    this.bar = new CallBar(session, t, () => (this.area ?? this.box.querySelector<HTMLElement>(".callus,input,textarea"))?.focus());
    const theme = session.widget?.theme;
    if (theme && /^#[0-9a-fA-F]{6}$/.test(theme.accent_color)) {
      this.box.style.setProperty("--accent", theme.accent_color);
      this.box.style.setProperty("--on", readableOn(theme.accent_color));
    }
    document.addEventListener("visibilitychange", () => this.looked());
    this.draw();
  }

  private get title(): string {
    return this.session.widget?.title || this.t.open;
  }

  // What is on the screen of somebody who looks at it is read.
  private looked(): void {
    if (this.open && !document.hidden) this.session.read();
  }

  heard(message: Message): void {
    if (message.mine) return;
    this.looked();
    this.live.textContent = message.author_type === "system" ? message.text : `${message.author_display_name}: ${message.text}`;
  }

  toggle(open: boolean): void {
    this.open = open;
    this.mode = "";
    this.confirming = false;
    if (open && this.session.conversation.state === "none") void this.session.look();
    this.draw();
    if (open) (this.area ?? this.box.querySelector<HTMLElement>("input,select,textarea,.over button"))?.focus();
    else this.box.querySelector<HTMLElement>(".launch")?.focus();
  }

  draw(): void {
    const theme = this.session.widget?.theme;
    this.box.className = `root ${theme?.side ?? "right"} ${theme?.scheme ?? "auto"}${this.open ? " open" : ""}`;
    if (!this.open) {
      this.box.replaceChildren(this.launcher());
      return;
    }
    this.looked();
    const { state } = this.session.conversation;
    const pending = this.session.unsent.length > 0;
    // Who talks may write beside it, without a form before.
    const busy = pending || state === "waiting" || state === "talking" || this.session.call.active;
    const mode = busy ? "chat" : state === "ended" ? "ended" : "form";
    // A form that is being filled in stays as it is, unless what it promises has changed.
    const key = mode === "form" ? `form ${this.session.widget?.open}` : mode;
    if (this.box.firstElementChild?.getAttribute("data-key") !== key || this.mode === "") {
      const had = this.box.contains((this.root.shadowRoot?.activeElement as Node | null) ?? null);
      this.mode = mode;
      this.noted = "";
      const panel = this.panel(mode);
      panel.setAttribute("data-key", key);
      this.box.replaceChildren(panel);
      if (had) (this.area ?? this.box.querySelector<HTMLElement>(".over button,textarea"))?.focus();
    }
    this.refresh();
  }

  private launcher(): HTMLElement {
    const { unread } = this.session;
    const call = this.session.call.active ? this.bar.words() : "";
    const label = [this.title, call, unread > 0 && this.t.newMessages(unread)].filter(Boolean).join(": ");
    return el("button", { class: "launch", type: "button", "aria-label": label, "aria-expanded": "false", onclick: () => this.toggle(true) },
      icon(call ? icons.phone : icons.bubble), el("span", {}, el("bdi", {}, call || this.title)), unread > 0 && el("span", { class: "badge" }, String(unread)));
  }

  private panel(mode: Mode): HTMLElement {
    this.list = this.area = null;
    const panel = el("div", { class: `panel ${mode}`, role: "dialog", "aria-label": this.title,
      onkeydown: (e: KeyboardEvent) => e.key === "Escape" && this.escape() });
    const button = (name: string, path: string, label: string, onclick: () => void): HTMLElement =>
      el("button", { class: `icon ${name}`, type: "button", title: label, "aria-label": label, onclick }, icon(path));
    panel.append(
      el("div", { class: "head" },
        el("div", { class: "grow" }, el("h2", {}, el("bdi", {}, this.title)), el("p", { class: "sub" })),
        mode !== "form" && button("callus", icons.phone, this.t.call, () => this.bar.ask()),
        mode === "chat" && button("endchat", icons.leave, this.t.end, () => this.askEnd(!this.confirming)),
        button("close", icons.cross, this.t.close, () => this.toggle(false))),
      this.bar.node,
      el("div", { class: "notes" }));
    if (mode === "form") {
      panel.append(form(this.session, this.t, this.topics, () => this.bar.ask()));
      return panel;
    }
    // Whoever listens hears new messages by the live region; the log is for reading back.
    this.list = el("div", { class: "list", role: "log", "aria-live": "off", tabindex: "0", "aria-label": this.title });
    panel.append(this.list, mode === "chat" ? this.composer() : this.over());
    return panel;
  }

  private escape(): void {
    if (this.confirming) this.askEnd(false);
    else if (this.bar.escape()) return;
    else this.toggle(false);
  }

  private composer(): HTMLElement {
    const area = el("textarea", { rows: "1", maxlength: "10000", placeholder: this.t.write, "aria-label": this.t.write, title: this.t.hint, dir: "auto" });
    this.area = area;
    area.value = this.session.draft;
    const grow = (): void => {
      area.style.height = "auto";
      area.style.height = `${Math.min(120, area.scrollHeight + 2)}px`;
    };
    const send = (): void => {
      const text = area.value.trim();
      if (!text) return area.focus();
      area.value = "";
      grow();
      this.session.say(text);
      if (this.list) this.list.scrollTop = this.list.scrollHeight;
      area.focus();
    };
    area.addEventListener("input", () => {
      this.session.draft = area.value;
      this.session.typing();
      grow();
    });
    area.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
      e.preventDefault();
      send();
    });
    const file = this.fileField();
    return el("div", { class: "foot" },
      el("button", { class: "clip", type: "button", "aria-label": this.t.attach, title: this.t.attach, onclick: () => file.click() }, icon(icons.clip)),
      file, area,
      el("button", { class: "send", type: "button", "aria-label": this.t.send, title: this.t.send, onclick: send }, icon(icons.plane)));
  }

  private fileField(): HTMLInputElement {
    const file = el("input", { type: "file", class: "sr", tabindex: "-1", "aria-hidden": "true" });
    const tell = (problem: string): void => {
      this.problem = problem;
      this.draw();
    };
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      file.value = "";
      if (!chosen) return;
      if (chosen.size > (this.session.widget?.max_file_size ?? 0)) return tell(this.t.tooLarge);
      tell("");
      this.session.attach(chosen).catch(() => tell(this.t.notSent));
    });
    return file;
  }

  private over(): HTMLElement {
    const idle = this.session.conversation.reason === "idle";
    return el("div", { class: "over" }, el("div", {}, idle ? this.t.endedIdle : this.t.ended),
      el("button", { class: "primary", type: "button", onclick: () => this.again() }, this.t.again));
  }

  private again(): void {
    this.session.newChat();
    void this.session.look();
  }

  private askEnd(ask: boolean): void {
    this.confirming = ask;
    this.draw();
    if (ask) this.box.querySelector<HTMLElement>(".ask button")?.focus();
    else this.area?.focus();
  }

  // What changes while the panel stays.
  private refresh(): void {
    const sub = this.box.querySelector(".sub");
    const line = this.standing();
    if (sub && sub.textContent !== line) sub.textContent = line;
    const wanted = this.notes();
    const key = JSON.stringify(wanted);
    // A strip that is as it was stays, with the focus that may be in it.
    if (key !== this.noted) {
      this.noted = key;
      const strips = wanted.filter((n) => n.kind !== "ask").map((n) => el("div", { class: `note ${n.kind}`, role: n.kind === "warn" ? "alert" : "status" }, n.text));
      this.box.querySelector(".notes")?.replaceChildren(...strips, ...(this.confirming && this.mode === "chat" ? [this.endStrip()] : []));
    }
    this.bar.refresh();
    const can = this.box.querySelector<HTMLElement>(".callus");
    if (can) can.hidden = !this.bar.possible;
    // There is a call, and no chat that could be ended.
    const end = this.box.querySelector<HTMLElement>(".endchat");
    if (end) end.hidden = !this.inChat;
    if (this.list) drawMessages(this.list, this.session, this.t);
  }

  private get inChat(): boolean {
    const { state } = this.session.conversation;
    return state === "waiting" || state === "talking" || this.session.unsent.length > 0;
  }

  private standing(): string {
    const { state, worker_display_name } = this.session.conversation;
    if (this.mode === "form") return this.session.widget?.open ? this.t.here : this.t.away;
    if (this.mode === "ended") return this.t.over;
    if (!this.inChat && this.session.call.active) return this.t.callLabel;
    if (state === "talking" && worker_display_name) return this.t.talking(worker_display_name);
    return this.session.left ? this.t.away : this.t.looking;
  }

  private notes(): { kind: string; text: string }[] {
    const lines: { kind: string; text: string }[] = [];
    const chat = this.mode === "chat";
    if (chat && !this.session.connected && this.session.everConnected) {
      lines.push({ kind: "warn", text: this.session.unsent.length ? this.t.offline : this.t.reconnecting });
    }
    if (chat && this.session.conversation.state === "waiting") lines.push({ kind: "wait", text: this.session.left ? this.t.left : this.waitingText() });
    if (this.problem) lines.push({ kind: "warn", text: this.problem });
    if (chat && this.confirming) lines.push({ kind: "ask", text: "" });
    return lines.filter((line) => line.text !== "" || line.kind === "ask");
  }

  private endStrip(): HTMLElement {
    const end = (): void => {
      this.confirming = false;
      void this.session.end();
    };
    return el("div", { class: "note ask", role: "alertdialog", "aria-label": this.t.endSure }, el("span", {}, this.t.endSure),
      el("button", { class: "primary", type: "button", onclick: end }, this.t.end),
      el("button", { class: "plain", type: "button", onclick: () => this.askEnd(false) }, this.t.keepOn));
  }

  private waitingText(): string {
    const { position_in_queue: position, expected_wait: wait } = this.session.conversation;
    const parts: string[] = [];
    if (position) parts.push(this.t.position(position));
    if (wait) {
      const low = Math.round(wait.low_s / 60), high = Math.ceil(wait.high_s / 60);
      parts.push(high <= 1 ? this.t.soon : this.t.minutes(Math.max(1, low), high));
    }
    return parts.length ? parts.join(" ") : this.t.waiting;
  }
}
