// The sample shop: a site like any other, with the widget's one script tag (its id comes from the demo's doors).

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
  tag.dataset["topics"] = JSON.stringify([
    { value: "orders", label: "An order" },
    { value: "technical", label: "Help with a lamp" },
  ]);
  // currentScript is not set for scripts that are added later: load it as the tag would be in a page.
  tag.async = false;
  document.body.append(tag);
}
void begin();
