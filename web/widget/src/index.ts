// <script src="https://your-carillon/widget/carillon-widget.js" data-widget="WG..." async></script>
// Optional: data-topics='[{"value":"orders","label":"An order"}]' and data-language="de".
import { Session } from "./session";
import { stringsFor } from "./strings";
import { View, type Topic } from "./view";

const script = document.currentScript as HTMLScriptElement | null;

async function begin(tag: HTMLScriptElement): Promise<void> {
  const widget = tag.dataset["widget"];
  if (!widget) return console.error("Carillon: the script tag needs data-widget");
  const base = new URL(tag.src, location.href).origin;
  let topics: Topic[] = [];
  try {
    topics = JSON.parse(tag.dataset["topics"] ?? "[]") as Topic[];
  } catch {
    console.error("Carillon: data-topics is not JSON");
  }
  let view: View | null = null;
  const session = new Session(base, widget, { changed: () => view?.draw(), message: (m) => view?.heard(m) });
  if (!(await session.load().catch(() => false))) return console.error("Carillon: this site may not use the widget, or it is not there");
  const { strings, language, rtl } = stringsFor(tag.dataset["language"] ?? navigator.language);
  view = new View(session, strings, language, rtl, topics);
  document.body.append(view.root);
  session.resume();
}

if (script) {
  if (document.body) void begin(script);
  else document.addEventListener("DOMContentLoaded", () => void begin(script));
}
