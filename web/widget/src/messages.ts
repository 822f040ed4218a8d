// The messages, as bubbles: who speaks, what was read, what is still on its way.
import { el } from "./dom";
import type { Message, Session } from "./session";
import type { Strings } from "./strings";

// Near enough the end to be carried along by what comes.
const kNearPx = 60;

export function drawMessages(list: HTMLElement, session: Session, t: Strings): void {
  const atEnd = list.childElementCount === 0 || list.scrollHeight - list.scrollTop - list.clientHeight < kNearPx;
  const { messages, read_index_by_worker } = session.conversation;
  const lastRead = messages.filter((m) => m.mine && m.index <= read_index_by_worker).at(-1);
  const nodes: Node[] = [];
  let by = "";
  for (const m of messages) {
    if (!m.mine && m.author_type === "worker" && by !== m.author_display_name) nodes.push(el("div", { class: "by" }, m.author_display_name));
    by = m.mine ? "" : m.author_display_name;
    nodes.push(bubble(m, session));
    // Only where nothing of ours came after it: an answer says as much.
    if (m === lastRead && m === messages.at(-1)) nodes.push(el("div", { class: "state" }, t.read));
  }
  for (const u of session.unsent) {
    nodes.push(el("div", { class: "msg mine pending", dir: "auto" }, u.text));
    nodes.push(
      u.failed
        ? el("div", { class: "state", role: "alert" }, t.notSent, el("button", { type: "button", onclick: () => session.retry() }, t.retry))
        : el("div", { class: "state" }, t.sending));
  }
  if (session.typingName) {
    nodes.push(el("div", { class: "dots", role: "status" }, el("i"), el("i"), el("i"), el("span", {}, t.typing(session.typingName))));
  }
  list.replaceChildren(...nodes);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function bubble(m: Message, session: Session): HTMLElement {
  const kind = m.mine ? " mine" : m.author_type === "system" ? " system" : "";
  const node = el("div", { class: `msg${kind}`, dir: "auto", title: new Date(m.at).toLocaleString() }, m.text);
  for (const a of m.attachments) node.append(el("button", { class: "file", type: "button", onclick: () => void session.download(a) }, a.name));
  return node;
}
