"use strict";

// The phone's thread lives in this browser and nowhere else: the page never
// asks the server for a word that somebody wrote.

const POLL = 2000;
const make = document.body.dataset.made;
const sims = Number(document.body.dataset.sims);
const $ = (id) => document.getElementById(id);

let phone = null;
let held = null;
let last = "";
let drift = 0;
const letters = new Map();

function el(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// --- What the phone remembers ------------------------------------------------

function load(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(`threadline.${key}`));
    if (kept && kept.made === make) return kept;
  } catch {
    // A browser that keeps nothing still has a phone for as long as it is open.
  }
  return { made: make, sim: Math.floor(Math.random() * sims), thread: [], seen: [] };
}

function keep() {
  try {
    localStorage.setItem(`threadline.${phone}`, JSON.stringify(held));
  } catch {
    // As above.
  }
}

function add(text, isMine) {
  held.thread.push({ text, isMine });
  keep();
  drawThread();
}

function drawThread() {
  const list = $("thread");
  if (!held.thread.length) {
    list.replaceChildren(el("li", "empty", "No messages."));
    return;
  }
  list.replaceChildren(
    ...held.thread.map((said) => {
      const item = el("li", said.isMine ? "mine" : "", said.text);
      item.dir = "auto";
      return item;
    })
  );
  list.scrollTop = list.scrollHeight;
}

function choose(key) {
  phone = key;
  held = load(key);
  last = "";
  keep();
  for (const button of document.querySelectorAll(".pick")) {
    button.setAttribute("aria-pressed", String(button.dataset.phone === key));
  }
  for (const part of document.querySelectorAll("[data-for]")) {
    part.hidden = part.dataset.for !== key;
  }
  $("notice").hidden = true;
  drawThread();
  look();
}

// --- Talking to the server ---------------------------------------------------

function trouble(text) {
  $("trouble").textContent = text || "";
  $("trouble").hidden = !text;
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.problem || `answer ${answer.status}`);
  return said;
}

async function send(event) {
  event.preventDefault();
  const body = $("body").value;
  if (!body.trim()) return;
  const from = held;
  $("send").disabled = true;
  add(body, true);
  $("body").value = "";
  try {
    const said = await post("/demo/text", { phone, sim: from.sim, body });
    if (from === held) for (const text of said.answers) add(text, false);
    trouble("");
  } catch (error) {
    trouble(`The text did not get through: ${error.message}`);
  }
  $("send").disabled = false;
  look();
}

async function act(verb, by) {
  try {
    const said = await post("/demo/act", { handle: held.handle, verb, by });
    $("notice").textContent = said.notice;
    $("notice").hidden = false;
  } catch (error) {
    trouble(`That did not work: ${error.message}`);
  }
  look();
}

async function look() {
  const from = held;
  try {
    const answer = await fetch(`/demo/state?phone=${phone}&sim=${from.sim}`);
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    const seen = await answer.json();
    if (from !== held) return;
    drift = Date.parse(seen.now) - Date.now();
    show(seen.case);
    trouble("");
  } catch (error) {
    trouble(`The server does not answer (${error.message}). Is it running?`);
  }
}

// --- What stands beside the phone --------------------------------------------

function show(found) {
  const now = JSON.stringify(found);
  if (now === last) return;
  last = now;
  $("none").hidden = Boolean(found);
  $("case").hidden = !found;
  $("strip").hidden = !found;
  if (!found) return;
  held.handle = found.handle;
  for (const text of found.texts) {
    if (held.seen.includes(text.id)) continue;
    held.seen.push(text.id);
    add(text.text, false);
  }
  keep();
  for (const name of ["number", "state", "site", "category", "route"]) {
    $(name).textContent = found[name];
  }
  $("severity").textContent = found.severity;
  $("severity").className = found.severity === "S1" ? "chip loud" : "chip";
  $("clocks").replaceChildren(...found.clocks.map(clockItem));
  $("acts").replaceChildren(...found.acts.map(actButton));
  $("acts-box").hidden = !found.acts.length;
  $("hint").textContent = found.hint;
  $("strip-case").textContent = found.number;
  fill("rungs", found.rungs, rungItem);
  fill("mails", found.mails, mailItem);
  $("mails-count").textContent = found.mails.length ? `(${found.mails.length})` : "";
  $("history").replaceChildren(...found.history.map(historyItem).reverse());
  tick();
}

function fill(id, items, draw) {
  $(id).replaceChildren(...items.map(draw).reverse());
  $(`${id}-none`).hidden = items.length > 0;
}

function timeOf(iso) {
  const moment = el("time", "", new Date(iso).toLocaleTimeString([], {
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  }));
  moment.dateTime = iso;
  moment.title = new Date(iso).toLocaleString();
  return moment;
}

function clockItem(clock) {
  const item = el("li", clock.state);
  item.dataset.opened = Date.parse(clock.opened_at);
  item.dataset.due = Date.parse(clock.due_at);
  item.append(el("span", "", clock.name));
  const left = el("span", "left");
  if (clock.state === "running") left.dataset.left = "";
  else left.append(clock.state === "met" ? "kept " : "missed ", timeOf(clock.ended_at));
  item.append(left);
  if (clock.state === "running") {
    const bar = el("progress");
    bar.max = Math.max(1, item.dataset.due - item.dataset.opened);
    bar.setAttribute("aria-label", `${clock.name}: time gone`);
    item.append(bar);
  }
  return item;
}

function actButton(offer) {
  const button = el("button", "", offer.label);
  button.type = "button";
  button.append(el("small", "", `as ${offer.name}`));
  button.addEventListener("click", () => act(offer.verb, offer.by));
  return button;
}

function rungItem(rung) {
  const item = el("li");
  item.append(timeOf(rung.at), el("strong", "", rung.rung));
  item.append(el("span", "", `${rung.clock}: ${rung.to.join("; ") || "nobody"}`));
  return item;
}

// A mail that was opened stays open, and keeps its place, while others come in.
function mailItem(mail) {
  const known = letters.get(mail.id);
  const words = JSON.stringify(mail);
  if (known && known.words === words) return known.item;
  const item = el("li");
  const to = el("span", "to", mail.name);
  to.append(" ", el("span", "address", mail.address));
  item.append(timeOf(mail.at), to);
  if (mail.text) item.append(letter(mail));
  else item.append(el("span", "faint", mail.state === "owed" ? "on its way" : mail.state));
  letters.set(mail.id, { words, item });
  return item;
}

function letter(mail) {
  const text = el("span", "text", mail.text);
  text.dir = "auto";
  if (!mail.subject) return text;
  const folded = el("details");
  const subject = el("summary", "", mail.subject);
  subject.dir = "auto";
  folded.append(subject, text);
  folded.open = !document.querySelector(".mails details");
  return folded;
}

function historyItem(event) {
  const item = el("li");
  item.append(timeOf(event.at), el("span", "", event.text));
  return item;
}

// --- Time --------------------------------------------------------------------

function worded(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s left`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min left`;
  return `${Math.floor(hours / 24)} days left`;
}

function tick() {
  const now = Date.now() + drift;
  $("clock").textContent = new Date(now).toLocaleTimeString([], {
    hour: "2-digit", minute: "2-digit",
  });
  let next = $("state").textContent;
  let least = Infinity;
  for (const item of document.querySelectorAll(".clocks .running")) {
    const left = item.dataset.due - now;
    const words = left > 0 ? worded(left) : "due now";
    if (left < least) {
      least = left;
      next = `${item.firstChild.textContent}: ${words}`;
    }
    item.querySelector("[data-left]").textContent = words;
    item.querySelector("progress").value = now - item.dataset.opened;
  }
  $("strip-left").textContent = next;
}

// --- Keys --------------------------------------------------------------------

$("write").addEventListener("submit", send);
$("body").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
});
$("clear").addEventListener("click", () => { $("body").value = ""; });
for (const key of document.querySelectorAll(".key")) {
  key.addEventListener("click", () => { $("body").value += key.dataset.key; });
}
for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    $("body").value = example.dataset.text;
    $("body").focus();
  });
}
for (const button of document.querySelectorAll(".pick")) {
  button.addEventListener("click", () => choose(button.dataset.phone));
}
$("new-sim").addEventListener("click", () => {
  try {
    localStorage.removeItem(`threadline.${phone}`);
  } catch {
    // Nothing was kept.
  }
  choose(phone);
});

choose(document.querySelector(".pick").dataset.phone);
setInterval(look, POLL);
setInterval(tick, 500);
