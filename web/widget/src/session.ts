// The visitor's session: token, stream with resume, and messages that are not lost. No DOM in here, but the call's sound.
import { Call, type ServerCall } from "./call";

export interface Theme {
  accent_color: string;
  side: "left" | "right";
  scheme: "auto" | "light" | "dark";
}

export interface PublicWidget {
  widget_sid: string;
  title: string;
  greeting: string;
  ask_name: boolean;
  ask_email: boolean;
  theme: Theme;
  open: boolean;
  // Somebody can be called from here.
  calls: boolean;
  max_file_size: number;
}

export interface Attachment {
  file_sid: string;
  name: string;
  content_type: string;
  size: number;
}

export interface Message {
  sid: string;
  index: number;
  at: string;
  mine: boolean;
  author_display_name: string;
  author_type: "customer" | "worker" | "system";
  text: string;
  attachments: Attachment[];
  client_message_id: string | null;
  status: string;
}

export interface Interval {
  low_s: number;
  high_s: number;
}

export interface Conversation {
  state: "none" | "waiting" | "talking" | "ended";
  conversation_sid: string | null;
  worker_display_name: string | null;
  position_in_queue: number | null;
  expected_wait: Interval | null;
  reason: string | null;
  read_index_by_worker: number;
  messages: Message[];
}

// A message that was typed but is not known to have arrived.
export interface Unsent {
  client_message_id: string;
  text: string;
  failed: boolean;
}

export interface Start {
  display_name?: string;
  email?: string;
  attributes?: Record<string, unknown>;
  // Nobody is there: the message stays, the visitor may go.
  leaves_message?: boolean;
}

interface Stored {
  token?: string;
  unsent?: Unsent[];
  draft?: string;
  start?: Start;
  // The last message of ours that was on their screen, in any tab, and of which conversation.
  seen?: { conversation: string; index: number };
}

export interface SessionEvents {
  changed(): void;
  message(message: Message): void;
}

const none: Conversation = {
  state: "none",
  conversation_sid: null,
  worker_display_name: null,
  position_in_queue: null,
  expected_wait: null,
  reason: null,
  read_index_by_worker: 0,
  messages: [],
};

export class Session {
  widget: PublicWidget | null = null;
  conversation: Conversation = none;
  typingName: string | null = null;
  connected = false;
  everConnected = false;
  private socket: WebSocket | null = null;
  private attempts = 0;
  private timer: number | undefined;
  private typingTimer: number | undefined;
  private lastTyping = 0;
  private stopped = true;
  private sending = false;
  private readonly storageKey: string;
  private greeted: (() => void)[] = [];
  readonly call: Call;

  constructor(
    private readonly base: string,
    private readonly widgetSid: string,
    private readonly events: SessionEvents,
  ) {
    this.storageKey = `carillon.${widgetSid}`;
    this.call = new Call(
      { reach: (start) => this.reach(start), send: (frame) => this.tell(frame), relays: () => this.relays() },
      `carillon.call.${widgetSid}`,
      () => this.events.changed(),
    );
    // Another tab may have begun the chat, written, or read: the token and what is kept are shared.
    window.addEventListener("storage", (e) => {
      if (e.key !== this.storageKey) return;
      this.resume();
      this.events.changed();
    });
    window.addEventListener("online", () => this.token && !this.stopped && this.connect());
    // Hidden tabs are slowed down by the browser; one that is looked at again asks at once.
    document.addEventListener("visibilitychange", () => !document.hidden && this.resume());
  }

  private get stored(): Stored {
    try {
      return JSON.parse(localStorage.getItem(this.storageKey) ?? "{}") as Stored;
    } catch {
      return {};
    }
  }

  private keep(change: Partial<Stored>): void {
    try {
      localStorage.setItem(this.storageKey, JSON.stringify({ ...this.stored, ...change }));
    } catch {
      // Storage may be forbidden: then the chat does not survive a reload, but it works.
    }
  }

  private memoryToken: string | undefined;
  get token(): string | undefined {
    return this.stored.token ?? this.memoryToken;
  }
  get unsent(): Unsent[] {
    return this.stored.unsent ?? [];
  }
  get draft(): string {
    return this.stored.draft ?? "";
  }
  set draft(text: string) {
    this.keep({ draft: text });
  }

  // A message was left, and nobody has come yet: there is no line to tell a place in.
  get left(): boolean {
    return this.conversation.state === "waiting" && this.stored.start?.leaves_message === true;
  }

  async load(): Promise<boolean> {
    const answer = await fetch(`${this.base}/api/v1/widget/${this.widgetSid}`);
    if (!answer.ok) return false;
    this.widget = (await answer.json()) as PublicWidget;
    return true;
  }

  // Whether somebody is there may have changed since the page was loaded.
  async look(): Promise<void> {
    const before = this.widget?.open;
    await this.load().catch(() => false);
    if (this.widget?.open !== before) this.events.changed();
  }

  // A visitor who was here before is connected at once, so that an answer shows up on any page.
  resume(): void {
    if (!this.token) return;
    this.stopped = false;
    this.connect();
  }

  private async ask(method: string, path: string, body?: unknown, key?: string): Promise<Response> {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    if (key) headers["Idempotency-Key"] = key;
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    return fetch(`${this.base}/api/v1${path}`, init);
  }

  private async become(start: Start): Promise<void> {
    const body: Record<string, unknown> = { page_url: location.href.slice(0, 2000), locale: navigator.language };
    if (start.display_name) body["display_name"] = start.display_name;
    if (start.email) body["email"] = start.email;
    const answer = await this.ask("POST", `/widget/${this.widgetSid}/visitors`, body);
    if (!answer.ok) throw new Error(`visitor: ${answer.status}`);
    const grant = (await answer.json()) as { token: string };
    this.memoryToken = grant.token;
    this.keep({ token: grant.token });
  }

  // Until the stream is open; who is not known yet becomes a visitor first.
  private async reach(start: Start): Promise<void> {
    if (!this.token || start.display_name) await this.become(start);
    this.stopped = false;
    if (this.connected) return;
    await new Promise<void>((done, late) => {
      this.greeted.push(done);
      setTimeout(() => late(new Error("no line")), 10_000);
      this.connect();
    });
  }

  private async relays(): Promise<RTCIceServer[]> {
    try {
      const answer = await this.ask("GET", "/ice-servers");
      if (!answer.ok) return [];
      const { ice_servers } = (await answer.json()) as { ice_servers: { urls: string[]; username: string | null; credential: string | null }[] };
      return ice_servers.map(({ urls, username, credential }) => (username && credential ? { urls, username, credential } : { urls }));
    } catch {
      return [];
    }
  }

  private tell(frame: Record<string, unknown>): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // Says something: the first message, with `start`, begins the conversation. It is kept until the server has it.
  say(text: string, start?: Start): void {
    const id = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
    const unsent = [...this.unsent, { client_message_id: id, text, failed: false }];
    this.keep(start ? { unsent, draft: "", start } : { unsent, draft: "" });
    this.stopped = false;
    this.events.changed();
    void this.flush();
  }

  // The next message begins a conversation.
  private get isFresh(): boolean {
    return this.conversation.state === "none" || this.conversation.state === "ended";
  }

  retry(): void {
    this.keep({ unsent: this.unsent.map((u) => ({ ...u, failed: false })) });
    this.events.changed();
    void this.flush();
  }

  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.unsent.find((u) => !u.failed); next; next = this.unsent.find((u) => !u.failed)) {
        const done = await this.deliver(next).catch(() => "later" as const);
        if (done === "later") break;
        const id = next.client_message_id;
        this.keep({
          unsent: done === "sent" ? this.unsent.filter((u) => u.client_message_id !== id)
                                  : this.unsent.map((u) => (u.client_message_id === id ? { ...u, failed: true } : u)),
        });
        this.events.changed();
      }
    } finally {
      this.sending = false;
    }
    if (this.token && !this.socket) this.connect();
  }

  private async deliver(message: Unsent): Promise<"sent" | "failed" | "later"> {
    const start = this.stored.start ?? {};
    if (!this.token) await this.become(start);
    const fresh = this.isFresh;
    const body: Record<string, unknown> = { text: message.text, client_message_id: message.client_message_id };
    if (fresh) {
      if (start.attributes) body["attributes"] = start.attributes;
      if (start.display_name) body["display_name"] = start.display_name;
      if (start.email) body["email"] = start.email;
      if (start.leaves_message) body["leaves_message"] = true;
      body["page_url"] = location.href.slice(0, 2000);
    }
    const answer = await this.ask("POST", fresh ? "/visitor/conversation" : "/visitor/messages", body, message.client_message_id);
    if (answer.ok) {
      if (fresh) this.take((await answer.json()) as Conversation);
      return "sent";
    }
    if (answer.status === 401) {
      this.forget();
      return "later";
    }
    if (answer.status === 409 && !fresh) {
      this.conversation = { ...this.conversation, state: "ended" };
      return "later";
    }
    return answer.status === 429 || answer.status >= 500 ? "later" : "failed";
  }

  private forget(): void {
    this.memoryToken = undefined;
    const { token: _gone, ...rest } = this.stored;
    try {
      localStorage.setItem(this.storageKey, JSON.stringify(rest));
    } catch {
      // As in keep().
    }
  }

  private connect(): void {
    const token = this.token;
    if (this.socket || !token) return;
    clearTimeout(this.timer);
    const url = `${this.base.replace(/^http/, "ws")}/api/v1/visitor/stream?widget=${this.widgetSid}`;
    const socket = new WebSocket(url, ["carillon.v1", `carillon.token.${token}`]);
    this.socket = socket;
    socket.onmessage = (e) => this.frame(JSON.parse(String(e.data)) as Record<string, unknown>);
    socket.onclose = (e) => {
      this.socket = null;
      this.connected = false;
      this.events.changed();
      if (e.code === 4401) return this.forget();
      if (this.stopped) return;
      this.attempts += 1;
      // A little chance keeps many widgets from coming back in one moment.
      const wait = Math.min(30_000, 500 * 2 ** Math.min(this.attempts, 6)) * (0.7 + Math.random() * 0.6);
      this.timer = window.setTimeout(() => this.connect(), wait);
    };
  }

  private take(conversation: Conversation): void {
    this.conversation = { ...conversation, messages: conversation.messages ?? [] };
    // Somebody has come: from here on it is a chat like any other.
    const { start } = this.stored;
    if (conversation.state === "talking" && start?.leaves_message) this.keep({ start: { ...start, leaves_message: false } });
    this.events.changed();
  }

  private frame(frame: Record<string, unknown>): void {
    switch (frame["type"]) {
      case "hello":
        this.connected = this.everConnected = true;
        this.attempts = 0;
        this.take(frame["conversation"] as Conversation);
        this.greeted.splice(0).forEach((done) => done());
        this.call.hello((frame["call"] as ServerCall | null | undefined) ?? null);
        void this.flush();
        break;
      case "message": {
        const message = frame["message"] as Message;
        const others = this.conversation.messages.filter((m) => m.index !== message.index);
        const isNew = others.length === this.conversation.messages.length;
        this.conversation = { ...this.conversation, messages: [...others, message].sort((a, b) => a.index - b.index) };
        if (!message.mine) this.typingName = null;
        if (message.client_message_id) {
          this.keep({ unsent: this.unsent.filter((u) => u.client_message_id !== message.client_message_id) });
        }
        if (isNew) this.events.message(message);
        this.events.changed();
        break;
      }
      case "state":
        this.take({
          ...this.conversation,
          state: frame["state"] as Conversation["state"],
          worker_display_name: frame["worker_display_name"] as string | null,
          reason: frame["reason"] as string | null,
        });
        break;
      case "queue_position":
        this.conversation = {
          ...this.conversation,
          position_in_queue: frame["position_in_queue"] as number | null,
          expected_wait: frame["expected_wait"] as Interval | null,
        };
        this.events.changed();
        break;
      case "typing":
        this.typingName = frame["typing"] ? (frame["display_name"] as string) : null;
        clearTimeout(this.typingTimer);
        this.typingTimer = window.setTimeout(() => {
          this.typingName = null;
          this.events.changed();
        }, 6000);
        this.events.changed();
        break;
      case "call":
      case "call.answered":
      case "call.failed":
        this.call.frame(frame);
        break;
      case "read":
        this.conversation = { ...this.conversation, read_index_by_worker: frame["index"] as number };
        this.events.changed();
        break;
      case "ping":
        this.socket?.send(JSON.stringify({ type: "pong" }));
        break;
    }
  }

  typing(): void {
    const now = Date.now();
    if (now - this.lastTyping < 3000 || this.socket?.readyState !== WebSocket.OPEN) return;
    this.lastTyping = now;
    this.socket.send(JSON.stringify({ type: "typing", typing: true }));
  }

  // Ours that were not on their screen yet, in any tab or on an earlier visit.
  get unread(): number {
    const { seen } = this.stored;
    const from = seen?.conversation === this.conversation.conversation_sid ? seen.index : 0;
    return this.conversation.messages.filter((m) => m.author_type === "worker" && m.index > from).length;
  }

  read(): void {
    const { conversation_sid, messages } = this.conversation;
    const last = [...messages].reverse().find((m) => !m.mine);
    if (!last || !conversation_sid || this.unread === 0) return;
    this.keep({ seen: { conversation: conversation_sid, index: last.index } });
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "read", index: last.index }));
  }

  async end(): Promise<void> {
    const answer = await this.ask("POST", "/visitor/end");
    if (answer.ok) this.take((await answer.json()) as Conversation);
  }

  async attach(file: File): Promise<void> {
    const headers: Record<string, string> = { "Content-Type": file.type || "application/octet-stream" };
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    const up = await fetch(`${this.base}/api/v1/visitor/files?name=${encodeURIComponent(file.name)}`, { method: "POST", headers, body: file });
    if (!up.ok) throw new Error(`file: ${up.status}`);
    const made = (await up.json()) as { sid: string };
    await this.ask("POST", "/visitor/messages", { attachment_sids: [made.sid] });
  }

  async download(attachment: Attachment): Promise<void> {
    const answer = await fetch(`${this.base}/api/v1/visitor/files/${attachment.file_sid}/content`, {
      headers: { Authorization: `Bearer ${this.token ?? ""}` },
    });
    if (!answer.ok) return;
    const url = URL.createObjectURL(await answer.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = attachment.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  newChat(): void {
    this.conversation = { ...none };
    this.events.changed();
  }
}
