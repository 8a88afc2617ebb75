"use strict";
// The pages work without this. With it: a box that chooses all, and today's page that stays fresh.
for (const all of document.querySelectorAll("input[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const one of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) one.checked = all.checked;
  });
}
const fresh = document.querySelector("[data-fresh]");
if (fresh) {
  setInterval(async () => {
    if (document.hidden || fresh.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { "Accept": "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-fresh]");
    if (!found) return;
    const open = fresh.querySelector("details")?.open;
    fresh.replaceChildren(...found.childNodes);
    if (open) fresh.querySelector("details").open = true;
  }, 1000 * Number(fresh.dataset.fresh));
}
