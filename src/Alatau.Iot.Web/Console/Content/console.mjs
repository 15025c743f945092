// Moves a page of the console: one EventSource, patches by element id, nothing else.
// Every text and number is made by the server; only ages are counted here, so that they go on when the connection is lost.

const body = document.body;
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
let source = null;
let clockSkew = Number(body.dataset.now) - Date.now();
let lastPatch = 0;

const now = () => Date.now() + clockSkew;

// The same words as Figure.Age on the server.
function age(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}\u00a0s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}\u00a0min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}\u00a0h`;
  return `${Math.floor(seconds / 86400)}\u00a0d`;
}

function tick() {
  const at = now();
  for (const element of document.querySelectorAll("[data-at]")) {
    const text = element.dataset.at === "" ? "–" : age(at - Number(element.dataset.at));
    if (element.textContent !== text) element.textContent = text;
  }
  byId("clock").textContent = new Date(at + Number(body.dataset.zone) * 60000).toISOString().slice(11, 19);
  if (source && lastPatch && Date.now() - lastPatch > 5000) link(false);
}

function link(isLive) {
  const text = isLive ? "Live" : "No connection, values stand still";
  const element = byId("link");
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("live", isLive);
  body.classList.toggle("still", !isLive);
}

function replace(element, html) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : null;
  const scroll = element.scrollTop;
  const ticked = [...element.querySelectorAll("td.tick input:checked")].map((box) => box.id);
  element.innerHTML = html;
  element.scrollTop = scroll;
  for (const id of ticked) if (byId(id)) byId(id).checked = true;
  countTicked();
  if (focused) (byId(focused) ?? element.querySelector("button, a") ?? byId("main")).focus();
}

function apply(patch) {
  clockSkew = patch.now - Date.now();
  lastPatch = Date.now();
  const each = (changes, set) => {
    for (const id in changes) {
      const element = byId(id);
      if (element) set(element, changes[id]);
    }
  };
  each(patch.text, (e, v) => { e.textContent = v; });
  each(patch.look, (e, v) => { e.className = v; });
  each(patch.path, (e, v) => e.setAttribute("d", v));
  each(patch.at, (e, v) => { e.dataset.at = v; });
  each(patch.html, replace);
  link(true);
  tick();
  body.dataset.patches = Number(body.dataset.patches ?? 0) + 1;
  if (patch.reload) refresh(location.href);
}

function open() {
  source?.close();
  source = null;
  if (!body.dataset.stream) return;
  source = new EventSource(body.dataset.stream);
  source.addEventListener("patch", (event) => apply(JSON.parse(event.data)));
  source.addEventListener("error", () => link(false));
}

// Fetches another state of the same page and takes over its rows; the filter's fields keep their focus.
let latest = 0;
async function refresh(url) {
  const mine = ++latest;
  const response = await fetch(url);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (mine !== latest) return;
  for (const id of ["rows", "pager", "tabs"]) {
    const fresh = page.getElementById(id);
    if (fresh && byId(id)) replace(byId(id), fresh.innerHTML);
  }
  if (!page.getElementById("rows") || !byId("rows")) { location.reload(); return; }
  history.replaceState(null, "", url);
  body.dataset.stream = page.body.dataset.stream ?? "";
  open();
  tick();
}

// How many alarms are ticked, and the box that ticks all of them.
function countTicked() {
  const counter = byId("ticked");
  if (!counter) return;
  const boxes = [...document.querySelectorAll("#rows td.tick input")];
  const count = boxes.filter((box) => box.checked).length;
  counter.textContent = count === 0 ? "None ticked" : `${count} ticked`;
  const all = byId("tick-all");
  if (!all) return;
  all.hidden = false;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "tick-all") {
    for (const box of document.querySelectorAll("#rows td.tick input")) box.checked = event.target.checked;
  }
  countTicked();
});

function say(text) {
  byId("said").textContent = text;
}

function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=strict`;
}

const filter = byId("filter");
if (filter) {
  let waiting = 0;
  const go = () => {
    const query = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value !== ""));
    const text = query.toString();
    const path = new URL(filter.action).pathname;
    refresh(text === "" ? path : `${path}?${text}`);
  };
  filter.addEventListener("submit", (event) => { event.preventDefault(); go(); });
  filter.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(go, 200); });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#pager a");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    refresh(link.href).then(() => byId("rows").scrollTo(0, 0));
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.ack");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const by = (byId("operator")?.value ?? "").trim() || form.elements.by.value;
  try {
    const response = await fetch(`/api/v1/alarms/${encodeURIComponent(form.elements.id.value)}/acknowledge`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ by, why: "" }),
    });
    const answer = await response.json();
    say(response.ok ? "Acknowledged" : answer.detail);
    if (!response.ok) button.disabled = false;
  } catch {
    say("No connection: not acknowledged");
    button.disabled = false;
  }
});

// Buttons that do one thing by the API; the page's stream then shows what came of it.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.act");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  say(form.dataset.doing);
  try {
    const response = await fetch(form.dataset.url, { method: "POST" });
    const answer = await response.json();
    const given = (answer.items ?? []).filter((d) => d.state !== "delivered");
    if (!response.ok) say(answer.detail);
    else if (given.length > 0) say(`Not delivered: ${given[0].problem}`);
    else say(answer.items ? "Delivered" : "Sent again");
  } catch {
    say("No connection: nothing was sent");
  }
  button.disabled = false;
});

// What is done to one alarm or to those that are ticked: the form is sent as without script, and only what came of it is taken over.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.deed");
  if (!form) return;
  event.preventDefault();
  const buttons = [...form.querySelectorAll("button[name=do]")];
  const button = event.submitter?.name === "do" ? event.submitter : buttons[0];
  const count = new FormData(form).getAll("id").length;
  const data = new URLSearchParams(new FormData(form));
  data.set("do", button.value);
  for (const each of buttons) each.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const refused = page.getElementById("said")?.textContent ?? "Not done.";
    say(refused !== "" ? refused : count > 1 ? `${button.dataset.done}: ${count}` : button.dataset.done);
    if (refused === "") {
      form.elements.why.value = "";
      for (const box of document.querySelectorAll("#rows td.tick input:checked")) box.checked = false;
      countTicked();
    }
  } catch {
    say("No connection: nothing was done");
  }
  for (const each of buttons) each.disabled = false;
});

// Enter in the reason means the button that wants a reason.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "why") return;
  event.preventDefault();
  const buttons = [...event.target.form.querySelectorAll("button[name=do]")];
  event.target.form.requestSubmit(buttons.find((button) => button.value === "shelve") ?? buttons[0]);
});

document.addEventListener("change", (event) => {
  if (event.target.id === "operator") remember("operator", event.target.value.trim());
});

document.addEventListener("keydown", (event) => {
  const field = filter?.elements.q;
  const typing = event.target.matches("input:not([type=checkbox]), textarea");
  if (event.key === "/" && !typing && field) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "Escape" && event.target === field) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.blur();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (event.target.closest("#rows") || (event.target === field && event.key === "ArrowDown"))) {
    const links = [...document.querySelectorAll("#rows tbody th a")];
    const row = event.target.closest("tr");
    const at = row ? links.findIndex((link) => row.contains(link)) : -1;
    const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    onAlarm(event);
  }
});

// Keys for the alarm whose row has the focus.
function onAlarm(event) {
  const row = event.target.closest("#rows tr[id]");
  const box = row?.querySelector("td.tick input");
  if (!box) return;
  if (event.key === "x") {
    box.checked = !box.checked;
    countTicked();
  } else if (event.key === "a") {
    row.querySelector("form.ack")?.requestSubmit();
  } else if (event.key === "s" && byId("why")) {
    box.checked = true;
    countTicked();
    byId("why").focus();
  } else return;
  event.preventDefault();
}

const theme = byId("theme");
theme.hidden = false;
const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; theme.setAttribute("aria-label", `Use the ${isDark() ? "light" : "dark"} theme`); };
theme.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  remember("theme", root.dataset.theme);
  name();
});
name();

setInterval(tick, 1000);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => { if (event.persisted) open(); });
open();
countTicked();
