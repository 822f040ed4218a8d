// Before there is a chat: who they are, what it is about, the first words. With nobody there it takes a message instead.
import { el, icon, icons } from "./dom";
import type { Session, Start } from "./session";
import type { Strings } from "./strings";

export interface Topic {
  value: string;
  label: string;
}

export function form(session: Session, t: Strings, topics: Topic[], call: () => void): HTMLElement {
  const widget = session.widget;
  const away = widget !== null && !widget.open;
  const name = el("input", { name: "name", autocomplete: "name", maxlength: "128", required: true });
  const email = el("input", { name: "email", type: "email", autocomplete: "email", maxlength: "254" });
  const topic = el("select", { name: "topic" }, ...topics.map((one) => el("option", { value: one.value }, one.label)));
  const text = el("textarea", { rows: "3", maxlength: "10000", required: true, dir: "auto", title: t.hint,
    oninput: () => (session.draft = text.value) });
  text.value = session.draft;
  const submit = (): void => {
    const start: Start = away ? { leaves_message: true } : {};
    if (name.value.trim()) start.display_name = name.value.trim();
    if (email.value.trim()) start.email = email.value.trim();
    if (topics.length) start.attributes = { topic: topic.value };
    session.say(text.value.trim(), start);
  };
  const node = el("form", { onsubmit: (e: Event) => (e.preventDefault(), text.value.trim() ? submit() : text.focus()) },
    el("p", { dir: "auto" }, away ? t.closed : (widget?.greeting ?? "")),
    widget?.ask_name && el("label", {}, t.yourName, name),
    // Whoever leaves a message may be written to.
    (widget?.ask_email || away) && el("label", {}, t.yourEmail, email),
    topics.length > 0 && el("label", {}, t.topic, topic),
    el("label", {}, t.message, text),
    el("button", { class: "primary", type: "submit" }, away ? t.leave : t.start),
    widget?.calls === true && el("button", { class: "plain callus", type: "button", onclick: call }, icon(icons.phone), t.call));
  // As in the chat; the browser still says what is missing.
  text.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    node.requestSubmit();
  });
  return node;
}
