// Brings what changes up to date without a reload, and says so when the monitor cannot be reached.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const lost = document.getElementById("lost");
  const search = document.getElementById("search");
  if (!live) return;
  const every = Number(live.dataset.refresh) * 1000;
  let timer = 0;
  let asked = 0;

  const address = () => {
    if (!search) return location.pathname + location.search;
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(search)) if (value) wanted.set(name, value);
    const text = wanted.toString();
    return location.pathname + (text ? `?${text}` : "");
  };

  const focused = () => {
    const at = document.activeElement;
    if (!at || !live.contains(at)) return null;
    const links = [...live.querySelectorAll("a, [tabindex]")];
    return { href: at.getAttribute("href"), number: links.indexOf(at) };
  };

  const refocus = (was) => {
    if (!was) return;
    const links = [...live.querySelectorAll("a, [tabindex]")];
    const same = links[was.number];
    const found = same && same.getAttribute("href") === was.href
      ? same
      : links.find((link) => link.getAttribute("href") === was.href);
    if (found) found.focus({ preventScroll: true });
  };

  const refresh = async () => {
    clearTimeout(timer);
    const number = ++asked;
    const where = address();
    try {
      const stop = AbortSignal.timeout ? AbortSignal.timeout(8000) : undefined;
      const answer = await fetch(where, { headers: { Accept: "text/html" }, signal: stop });
      if (!answer.ok) throw new Error(String(answer.status));
      const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (!made) throw new Error("not a page of ours");
      if (number !== asked) return;
      const was = focused();
      const tops = [...live.querySelectorAll(".scroll, .tall")].map((box) => box.scrollTop);
      live.replaceChildren(...made.childNodes);
      [...live.querySelectorAll(".scroll, .tall")].forEach((box, at) => { box.scrollTop = tops[at] || 0; });
      refocus(was);
      lost.hidden = true;
      if (search) history.replaceState(null, "", where);
    } catch {
      if (number === asked) lost.hidden = false;
    }
    if (number === asked) timer = setTimeout(refresh, every);
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) refresh();
  });
  if (search) {
    let typing = 0;
    search.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(refresh, 200); });
    search.addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
  }
  timer = setTimeout(refresh, every);
})();
