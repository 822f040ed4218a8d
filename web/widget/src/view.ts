// What the customer sees: one panel, drawn anew from the session's state. Text goes in as text, never as HTML.
import type { Message, Session } from "./session";
import type { Strings } from "./strings";
import { style } from "./style";

export interface Topic {
  value: string;
  label: string;
}

type Child = Node | string | null | undefined | false;

function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Record<string, unknown> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") node.addEventListener(name.slice(2), value as EventListener);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) node.append(child);
  return node;
}

function icon(path: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [k, v] of Object.entries({ width: "20", height: "20", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(k, v);
  const p = document.createElementNS("http://www.w3.org/2000/svg", "path");
  p.setAttribute("d", path);
  svg.append(p);
  return svg;
}
const bubble = "M21 12a8 8 0 0 1-8 8H4l2.3-2.9A8 8 0 1 1 21 12z";
const cross = "M6 6l12 12M18 6L6 18";
const plane = "M4 12l16-8-6 16-3-7-7-1z";
const clip = "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14.5 7";

export class View {
  readonly root: HTMLElement;
  private readonly box: HTMLElement;
  private readonly live: HTMLElement;
  private open = false;
  private unread = 0;
  private list: HTMLElement | null = null;
  private area: HTMLTextAreaElement | null = null;
  private mode = "";
  private confirming = false;
  private problem = "";

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
    this.live = el("div", { class: "sr", "aria-live": "polite" });
    shadow.append(sheet, this.box, this.live);
    const theme = session.widget?.theme;
    if (theme && /^#[0-9a-fA-F]{6}$/.test(theme.accent_color)) this.box.style.setProperty("--accent", theme.accent_color);
    this.draw();
  }

  private classes(): string {
    const theme = this.session.widget?.theme;
    return `root ${theme?.side ?? "right"} ${theme?.scheme ?? "auto"}${this.open ? " open" : ""}`;
  }

  heard(message: Message): void {
    if (message.mine) return;
    if (!this.open || document.hidden) this.unread += 1;
    if (this.open && !document.hidden) this.session.read();
    this.live.textContent = `${message.author_display_name}: ${message.text}`;
  }

  toggle(open: boolean): void {
    this.open = open;
    this.mode = "";
    if (open) {
      this.unread = 0;
      this.session.read();
    }
    this.draw();
    if (open) (this.area ?? this.box.querySelector<HTMLElement>("input,select,textarea,button"))?.focus();
    else this.box.querySelector<HTMLElement>(".launch")?.focus();
  }

  draw(): void {
    this.box.className = this.classes();
    if (!this.open) {
      this.box.replaceChildren(this.launcher());
      return;
    }
    const { state } = this.session.conversation;
    const pending = this.session.unsent.length > 0;
    const mode = state === "none" && !pending ? "form" : state === "ended" && !pending ? "ended" : "chat";
    if (mode !== this.mode) {
      this.mode = mode;
      this.box.replaceChildren(this.panel(mode));
    }
    this.refresh(mode);
  }

  private launcher(): HTMLElement {
    const label = this.unread > 0 ? this.t.newMessages(this.unread) : this.t.open;
    return el("button", { class: "launch", type: "button", "aria-label": label, onclick: () => this.toggle(true) },
      icon(bubble) as unknown as Node, el("span", {}, this.session.widget?.title || this.t.open),
      this.unread > 0 && el("span", { class: "badge" }, String(this.unread)));
  }

  private panel(mode: string): HTMLElement {
    this.list = this.area = null;
    const panel = el("div", { class: "panel", role: "dialog", "aria-label": this.session.widget?.title || this.t.open,
      onkeydown: (e: KeyboardEvent) => e.key === "Escape" && this.toggle(false) });
    panel.append(
      el("div", { class: "head" },
        el("div", { class: "grow" }, el("h2", {}, this.session.widget?.title || this.t.open), el("p", { class: "sub" })),
        mode === "chat" && el("button", { class: "icon endchat", type: "button", title: this.t.end, "aria-label": this.t.end, onclick: () => this.askEnd() }, icon("M18 6v12M6 12h8M10 8l4 4-4 4") as unknown as Node),
        el("button", { class: "icon", type: "button", "aria-label": this.t.close, onclick: () => this.toggle(false) }, icon(cross) as unknown as Node)),
      el("div", { class: "notes" }));
    if (mode === "form") panel.append(this.form());
    else {
      this.list = el("div", { class: "list", role: "log", tabindex: "0", "aria-label": this.session.widget?.title || this.t.open });
      panel.append(this.list, mode === "chat" ? this.composer() : this.over());
    }
    return panel;
  }

  private form(): HTMLElement {
    const widget = this.session.widget;
    const name = el("input", { name: "name", autocomplete: "name", maxlength: "128", required: true });
    const email = el("input", { name: "email", type: "email", autocomplete: "email", maxlength: "254" });
    const topic = el("select", { name: "topic" }, ...this.topics.map((t) => el("option", { value: t.value }, t.label)));
    const text = el("textarea", { rows: "3", maxlength: "10000", required: true, "aria-label": this.t.write, placeholder: this.t.write,
      oninput: () => (this.session.draft = text.value) });
    text.value = this.session.draft;
    const submit = (e: Event): void => {
      e.preventDefault();
      if (!text.value.trim()) return text.focus();
      const start: Parameters<Session["say"]>[1] = {};
      if (name.value.trim()) start.display_name = name.value.trim();
      if (email.value.trim()) start.email = email.value.trim();
      if (this.topics.length) start.attributes = { topic: topic.value };
      this.session.say(text.value.trim(), start);
    };
    text.addEventListener("keydown", (e) => e.key === "Enter" && !e.shiftKey && !e.isComposing && submit(e));
    return el("form", { onsubmit: submit },
      el("p", {}, widget && !widget.open ? this.t.closed : (widget?.greeting ?? "")),
      widget?.ask_name && el("label", {}, this.t.yourName, name),
      widget?.ask_email && el("label", {}, this.t.yourEmail, email),
      this.topics.length > 0 && el("label", {}, this.t.topic, topic),
      text,
      el("button", { class: "primary", type: "submit" }, this.t.start));
  }

  private composer(): HTMLElement {
    const area = el("textarea", { rows: "1", maxlength: "10000", placeholder: this.t.write, "aria-label": this.t.write });
    this.area = area;
    area.value = this.session.draft;
    const grow = (): void => {
      area.style.height = "auto";
      area.style.height = `${Math.min(120, area.scrollHeight + 2)}px`;
    };
    const send = (): void => {
      const text = area.value.trim();
      if (!text) return;
      area.value = "";
      grow();
      this.session.say(text);
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
    const file = el("input", { type: "file", class: "sr", tabindex: "-1", "aria-hidden": "true" });
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      file.value = "";
      if (!chosen) return;
      if (chosen.size > (this.session.widget?.max_file_size ?? 0)) {
        this.problem = this.t.tooLarge;
        return this.draw();
      }
      this.problem = "";
      this.session.attach(chosen).catch(() => {
        this.problem = this.t.notSent;
        this.draw();
      });
    });
    return el("div", { class: "foot" },
      el("button", { class: "clip", type: "button", "aria-label": this.t.attach, title: this.t.attach, onclick: () => file.click() }, icon(clip) as unknown as Node),
      file, area,
      el("button", { class: "send", type: "button", "aria-label": this.t.send, onclick: send }, icon(plane) as unknown as Node));
  }

  private over(): HTMLElement {
    const idle = this.session.conversation.reason === "idle";
    return el("div", { class: "over" }, el("div", {}, idle ? this.t.endedIdle : this.t.ended),
      el("button", { class: "primary", type: "button", onclick: () => this.session.newChat() }, this.t.again));
  }

  private askEnd(): void {
    this.confirming = !this.confirming;
    this.draw();
  }

  private refresh(mode: string): void {
    const c = this.session.conversation;
    const sub = this.box.querySelector(".sub");
    if (sub) sub.textContent = c.state === "talking" && c.worker_display_name ? this.t.talking(c.worker_display_name) : "";
    const notes = this.box.querySelector(".notes");
    const lines: HTMLElement[] = [];
    if (mode === "chat" && !this.session.connected && this.session.everConnected) {
      lines.push(el("div", { class: "note warn", role: "status" }, this.session.unsent.length ? this.t.offline : this.t.reconnecting));
    }
    if (mode === "chat" && c.state === "waiting") lines.push(el("div", { class: "note", role: "status" }, this.waitingText()));
    if (this.problem) lines.push(el("div", { class: "note warn", role: "alert" }, this.problem));
    if (this.confirming && mode === "chat") {
      lines.push(el("div", { class: "note", role: "alertdialog" }, `${this.t.endSure} `,
        el("button", { class: "primary", type: "button", onclick: () => { this.confirming = false; void this.session.end(); } }, this.t.end)));
    }
    notes?.replaceChildren(...lines);
    if (this.list) this.drawMessages(this.list);
  }

  private waitingText(): string {
    const c = this.session.conversation;
    const parts = [this.t.waiting];
    if (c.position_in_queue) parts.push(this.t.position(c.position_in_queue));
    if (c.expected_wait) {
      const low = Math.round(c.expected_wait.low_s / 60), high = Math.ceil(c.expected_wait.high_s / 60);
      parts.push(high <= 1 ? this.t.soon : this.t.minutes(Math.max(1, low), high));
    }
    return parts.join(" ");
  }

  private drawMessages(list: HTMLElement): void {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    const c = this.session.conversation;
    const nodes: Node[] = [];
    let by = "";
    for (const m of c.messages) {
      if (!m.mine && m.author_type === "worker" && by !== m.author_display_name) nodes.push(el("div", { class: "by" }, m.author_display_name));
      by = m.mine ? "" : m.author_display_name;
      const bubbleNode = el("div", { class: `msg${m.mine ? " mine" : ""}${m.author_type === "system" ? " system" : ""}`, title: new Date(m.at).toLocaleString() }, m.text);
      for (const a of m.attachments) bubbleNode.append(el("button", { class: "file", type: "button", onclick: () => void this.session.download(a) }, a.name));
      nodes.push(bubbleNode);
    }
    const lastMine = [...c.messages].reverse().find((m) => m.mine);
    if (lastMine && c.read_index_by_worker >= lastMine.index) nodes.push(el("div", { class: "state" }, this.t.read));
    for (const u of this.session.unsent) {
      nodes.push(el("div", { class: "msg mine pending" }, u.text));
      nodes.push(u.failed
        ? el("div", { class: "state" }, this.t.notSent, el("button", { type: "button", onclick: () => this.session.retry() }, this.t.retry))
        : el("div", { class: "state" }, this.t.sending));
    }
    if (this.session.typingName) nodes.push(el("div", { class: "dots", role: "status" }, `${this.t.typing(this.session.typingName)}…`));
    list.replaceChildren(...nodes);
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}
