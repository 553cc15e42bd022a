// What stands beside the demo phone: one case as its readers see it. Both
// pages, /demo and /demo/phone, draw it with this.

const $ = (id) => document.getElementById(id);
const letters = new Map();

export function el(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function trouble(text) {
  $("trouble").textContent = text || "";
  $("trouble").hidden = !text;
}

export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return read(answer);
}

export async function read(answer) {
  const kind = answer.headers.get("content-type") || "";
  const said = kind.includes("json") ? await answer.json() : {};
  if (!answer.ok) throw new Error(said.problem || `answer ${answer.status}`);
  return said;
}

// `act(verb, by)` is called when somebody presses a button of the case.
export function drawCase(found, act) {
  $("none").hidden = Boolean(found);
  $("case").hidden = !found;
  $("strip").hidden = !found;
  if (!found) return;
  for (const name of ["number", "state", "site", "category", "route"]) {
    $(name).textContent = found[name];
  }
  $("severity").textContent = found.severity;
  $("severity").className = found.severity === "S1" ? "chip loud" : "chip";
  $("clocks").replaceChildren(...found.clocks.map(clockItem));
  $("acts").replaceChildren(...found.acts.map((offer) => actButton(offer, act)));
  $("acts-box").hidden = !found.acts.length;
  $("hint").textContent = found.hint;
  $("strip-case").textContent = found.number;
  fill("rungs", found.rungs, rungItem);
  fill("mails", found.mails, mailItem);
  $("mails-count").textContent = found.mails.length ? `(${found.mails.length})` : "";
  $("history").replaceChildren(...found.history.map(historyItem).reverse());
}

export function say(notice) {
  $("notice").textContent = notice || "";
  $("notice").hidden = !notice;
}

function fill(id, items, draw) {
  $(id).replaceChildren(...items.map(draw).reverse());
  $(`${id}-none`).hidden = items.length > 0;
}

export function timeOf(iso) {
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

function actButton(offer, act) {
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

function worded(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s left`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min left`;
  return `${Math.floor(hours / 24)} days left`;
}

// Move every clock's hand to `now`, the server's time in milliseconds.
export function tickCase(now) {
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
