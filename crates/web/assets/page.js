// Small comforts; every page reads without them. Texts go into the page as text, never as markup.
"use strict";

const kept = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* it lasts as long as the page */ } },
};

// Moments in the reader's own zone; the exact one in UTC stays at hand.
const inWords = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.textContent;
    time.textContent = inWords.format(at);
  }
}

// Light, dark, or as the system has it.
function themes() {
  const button = document.getElementById("theme");
  if (!button) return;
  const root = document.documentElement;
  const names = ["system", "light", "dark"];
  const now = () => root.dataset.theme ?? "system";
  const show = () => { button.textContent = `Theme: ${now()}`; };
  button.addEventListener("click", () => {
    const next = names[(names.indexOf(now()) + 1) % names.length];
    if (next === "system") delete root.dataset.theme; else root.dataset.theme = next;
    kept.set("theme", next);
    show();
  });
  button.hidden = false;
  show();
}

// j, k, Enter, / and ?, unless they are switched off or somebody is typing.
function keys() {
  const help = document.getElementById("help");
  const button = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  if (!help || !button || !on) return;
  on.checked = kept.get("keys") !== "off";
  on.addEventListener("change", () => kept.set("keys", on.checked ? "on" : "off"));
  button.addEventListener("click", () => help.showModal());
  button.hidden = false;
  const rows = () => [...document.querySelectorAll("#rows a.main")];
  const move = (by) => {
    const all = rows();
    if (all.length === 0) return;
    const row = document.activeElement?.closest("tr");
    const at = all.findIndex((link) => link.closest("tr") === row);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !on.checked) return;
    const search = document.querySelector("input[type=search]");
    const button = [...document.querySelectorAll("button[data-key]")].find((one) => one.dataset.key === event.key);
    if (button) {
      event.preventDefault();
      button.click();
      return;
    }
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/" && search) search.focus();
    else if (event.key === "?") help.showModal();
    else return;
    event.preventDefault();
  });
}

// A choice narrows the list down at once; the button stays for the search and for who has no script.
function filters() {
  const form = document.getElementById("filters");
  form?.addEventListener("change", (event) => {
    if (event.target.type !== "search") form.requestSubmit();
  });
  form?.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
}

// What is being worked on, as it changes.
function working() {
  const strip = document.getElementById("working");
  if (!strip || !("EventSource" in window)) return;
  const source = new EventSource("/live");
  let newest;
  let news = false;
  source.addEventListener("working", (event) => {
    const told = JSON.parse(event.data);
    const last = JSON.stringify(told.newest);
    // A run has ended since the page was loaded: what it shows may be old.
    if (newest !== undefined && newest !== last && told.newest?.[1]) news = true;
    newest = last;
    strip.replaceChildren();
    for (const run of told.runs) {
      const line = document.createElement("p");
      line.className = "run";
      const share = run.actions > 0 ? ` · ${run.ended} of ${run.actions} actions` : "";
      line.textContent = `${run.kind} of ${run.name} is under way${share}`;
      if (run.actions > 0) {
        const bar = document.createElement("progress");
        bar.max = run.actions;
        bar.value = run.ended;
        bar.setAttribute("aria-label", `${run.kind} of ${run.name}`);
        line.append(bar);
      }
      strip.append(line);
    }
    if (news && told.runs.length === 0) {
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = "load the page again";
      line.append("A run has ended: ", link, " to see what it changed.");
      strip.append(line);
    }
    strip.hidden = strip.childElementCount === 0;
  });
  window.addEventListener("pagehide", () => source.close());
}

// A first ranking that is being made appears when it is there: asked for less and less often, only while somebody looks, for ten minutes.
function awaited() {
  const title = document.getElementById("awaited");
  if (!title) return;
  const soon = 3000, seldom = 30000, longest = 10 * 60 * 1000;
  const began = Date.now();
  let wait = soon;
  let timer = null;
  let looking = false;
  let over = false;
  const end = () => {
    over = true;
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = "load the page again";
    line.append("This page has stopped looking for it: ", link, ".");
    title.parentElement.append(line);
  };
  const look = async () => {
    looking = true;
    try {
      const answer = await fetch(`${location.pathname}/awaited`, { cache: "no-store" });
      if (answer.status === 204) return location.reload();
      // Whoever is sent to sign in has to go there first.
      if (answer.redirected || Date.now() - began > longest) return end();
    } catch { if (Date.now() - began > longest) return end(); }
    wait = Math.min(wait * 1.3, seldom);
    looking = false;
    later();
  };
  const later = () => {
    if (document.hidden || over || looking) return;
    timer = setTimeout(() => { timer = null; look(); }, wait);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    timer = null;
    if (!document.hidden) { wait = soon; later(); }
  });
  window.addEventListener("pagehide", () => { over = true; clearTimeout(timer); });
  later();
}

// One tick for all that are shown.
function ticks() {
  for (const all of document.querySelectorAll("input[data-all]")) {
    const each = () => [...document.querySelectorAll(`input[name="${all.dataset.all}"]`)];
    all.addEventListener("change", () => { for (const one of each()) one.checked = all.checked; });
    all.hidden = false;
  }
}

localise(document);
ticks();
themes();
keys();
filters();
working();
awaited();
