import { drawCase, el, post, say, tickCase, trouble } from "/demo/static/case.js";

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

// --- What the phone remembers ------------------------------------------------

function load(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(`threadline.${key}`));
    if (kept && kept.made === make) return kept;
  } catch {
    // A browser that keeps nothing still has a phone for as long as it is open.
  }
  return {
    made: make, sim: Math.floor(Math.random() * sims), thread: [], seen: [],
    carrier: "twilio", life: "", next: 0,
  };
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
  takeCarrier(held.carrier);
  say();
  drawThread();
  look();
}

// Through whom this phone's texts go; one that is no longer there is Twilio.
function takeCarrier(name) {
  const select = document.querySelector(`[data-carrier="${phone}"]`);
  if (!select) return;
  select.value = name;
  if (!select.selectedOptions.length) select.value = "twilio";
  held.carrier = select.value;
  const line = select.selectedOptions[0].dataset.line;
  document.querySelector(`[data-line-of="${phone}"]`).textContent = line;
  keep();
}

// --- Talking to the server ---------------------------------------------------

async function send(event) {
  event.preventDefault();
  const body = $("body").value;
  if (!body.trim()) return;
  const from = held;
  $("send").disabled = true;
  add(body, true);
  $("body").value = "";
  try {
    const carrier = from.carrier || "twilio";
    const said = await post("/demo/text", { phone, sim: from.sim, body, carrier });
    if (from === held) for (const text of said.answers) add(text, false);
    if (carrier !== "twilio" && carrier !== "whatsapp") await arrived(4);
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
    say(said.notice);
  } catch (error) {
    trouble(`That did not work: ${error.message}`);
  }
  look();
}

// What carriers beside Twilio brought to the phone. One question at a time:
// two would count the same texts twice.
let asking = false;
async function arrived(wait) {
  if (asking) return;
  const from = held;
  const query = new URLSearchParams({
    phone, sim: from.sim, wait, life: from.life || "", after: from.next || 0,
  });
  asking = true;
  try {
    const answer = await fetch(`/demo/texts?${query}`);
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    const told = await answer.json();
    from.life = told.life;
    from.next = told.next;
    if (from === held) for (const text of told.texts) add(text, false);
    if (from === held) keep();
  } finally {
    asking = false;
  }
}

async function look() {
  const from = held;
  try {
    await arrived(0);
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
  drawCase(found, act);
  if (!found) return;
  held.handle = found.handle;
  for (const text of found.texts) {
    if (held.seen.includes(text.id)) continue;
    held.seen.push(text.id);
    add(text.text, false);
  }
  keep();
  tick();
}

// --- Time --------------------------------------------------------------------

function tick() {
  const now = Date.now() + drift;
  $("clock").textContent = new Date(now).toLocaleTimeString([], {
    hour: "2-digit", minute: "2-digit",
  });
  tickCase(now);
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
for (const select of document.querySelectorAll("[data-carrier]")) {
  select.addEventListener("change", () => takeCarrier(select.value));
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
