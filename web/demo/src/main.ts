// The sample shop: a site like any other, with the widget's one script tag (its id comes from the demo's doors).

// The widget speaks the browser's language by itself; what the site adds to it is the site's to translate.
const topics: Record<string, [string, string]> = {
  de: ["Eine Bestellung", "Hilfe mit einer Lampe"],
  ar: ["طلب شراء", "مساعدة بشأن مصباح"],
};

async function begin(): Promise<void> {
  const answer = await fetch("/api/v1/demo").catch(() => null);
  if (!answer?.ok) {
    document.getElementById("notice")?.removeAttribute("hidden");
    return;
  }
  const doors = (await answer.json()) as { widget_sid: string };
  const tag = document.createElement("script");
  tag.src = "/widget/carillon-widget.js";
  tag.dataset["widget"] = doors.widget_sid;
  const [order, help] = topics[navigator.language.slice(0, 2)] ?? ["An order", "Help with a lamp"];
  tag.dataset["topics"] = JSON.stringify([
    { value: "orders", label: order },
    { value: "technical", label: help },
  ]);
  // currentScript is not set for scripts that are added later: load it as the tag would be in a page.
  tag.async = false;
  document.body.append(tag);
}
void begin();
