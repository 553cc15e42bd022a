import { drawCase, el, post, read, say, tickCase, trouble } from "/demo/static/case.js";
import { dim, sayAll } from "/demo/static/captions.js";
import { Meter } from "/demo/static/meter.js";
import {
  Recorder, dtmf, gone, mute, ringBack, ringOnce, sleep, wake, wav,
} from "/demo/static/sound.js";

// A button phone. What it says and hears goes through the simulated network;
// what it keeps (texts, the slip of paper) stays in this browser.

const POLL = 2000;
const PIECE = 10; // seconds of speech a request
const LONGEST_WAIT = 60; // seconds for somebody without a microphone to choose
const LOUD = 0.06;
const make = document.body.dataset.made;
const sims = Number(document.body.dataset.sims);
const $ = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];

let phone = null; // "bd", "in"
let held = null; // what the phone keeps
let mode = "idle"; // idle, call, ring, texts
let contact = 0;
let call = null;
let coming = null; // the id of a call that rings here
let last = "";
let drift = 0;
let unread = 0;
let spokenAs = new Int16Array(0); // what was said last, for a playback
let hasMicrophone = null;

// --- What the phone keeps ----------------------------------------------------

function load(key) {
  const fresh = { made: make, sim: Math.floor(Math.random() * sims), thread: [], seen: [] };
  try {
    const kept = JSON.parse(localStorage.getItem(`threadline.${key}`));
    return kept && kept.made === make ? kept : fresh;
  } catch {
    return fresh;
  }
}

function keep() {
  try {
    localStorage.setItem(`threadline.${phone}`, JSON.stringify(held));
  } catch {
    // A browser that keeps nothing still has a phone for as long as it is open.
  }
}

function choose(key) {
  phone = key;
  held = load(key);
  held.note ??= { number: "", pin: "" };
  held.done ??= [];
  last = "";
  unread = 0;
  contact = 0;
  keep();
  for (const button of all(".pick[data-phone]")) {
    const isIt = button.dataset.phone === key;
    button.setAttribute("aria-pressed", String(isIt));
    if (isIt) $("place").textContent = button.textContent;
  }
  for (const part of all("[data-for]")) part.hidden = part.dataset.for !== key;
  const spoken = document.querySelector(`.pick[data-phone="${key}"]`).dataset.spoken;
  for (const sample of all(".sample")) {
    sample.parentElement.hidden = !spoken.split(";").includes(sample.dataset.clip);
  }
  say();
  drawVoices([]);
  drawContacts();
  drawThread();
  drawNote();
  drawSteps();
  show("idle");
  look();
}

// --- The screen --------------------------------------------------------------

const SOFT = {
  idle: () => [unread ? `Messages (${unread})` : "Messages", "Call"],
  call: () => [call?.recording && !call.playing ? "Sample voice" : "", "Hang up"],
  ring: () => ["Answer", "Not now"],
  texts: () => ["Send", "Back"],
};

function show(next) {
  mode = next;
  $("phone").dataset.mode = next;
  for (const view of all(".view")) view.hidden = view.dataset.view !== next;
  const [left, right] = SOFT[next]();
  $("soft-left").textContent = left;
  $("soft-right").textContent = right;
  $("soft-left").hidden = !left;
  for (const button of all(".pick[data-phone], #new-sim")) {
    button.disabled = next === "call" || next === "ring";
  }
  if (next === "texts") {
    unread = 0;
    drawThread();
  }
}

function contacts() {
  return all(`.contacts[data-for="${phone}"] .contact`);
}

function drawContacts() {
  contacts().forEach((row, i) => row.setAttribute("aria-pressed", String(i === contact)));
}

function drawThread() {
  const bubbles = held.thread.map((said) => {
    const item = el("li", said.isMine ? "mine" : "", said.text);
    item.dir = "auto";
    return item;
  });
  if (!bubbles.length) bubbles.push(el("li", "empty", "No messages."));
  $("thread").replaceChildren(...bubbles);
  $("thread").scrollTop = $("thread").scrollHeight;
}

function drawSteps() {
  for (const step of all("#steps li")) {
    const isDone = held.done.includes(step.dataset.step);
    step.classList.toggle("done", isDone);
    step.querySelector(".tick").textContent = isDone
      ? "✓" : String(all("#steps li").indexOf(step) + 1);
  }
}

function done(step) {
  if (held.done.includes(step)) return;
  held.done.push(step);
  keep();
  drawSteps();
}

// --- Her piece of paper --------------------------------------------------------

function drawNote() {
  const { number, pin } = held.note;
  $("note-number").textContent = number;
  $("note-pin").textContent = pin;
  $("note-none").hidden = Boolean(number || pin);
  $("note-again").hidden = !(number && pin);
  $("notepad").classList.toggle("written", Boolean(number || pin));
}

// What is read out is written down as it is spoken, digit by digit.
const paper = {
  begin(note) {
    held.note[note] = "";
  },
  write(note, text) {
    held.note[note] += text;
    drawNote();
  },
  end(note) {
    held.note[note] = held.note[note].trim();
    keep();
  },
};

// --- A call ------------------------------------------------------------------

async function dial() {
  const row = contacts()[contact];
  begin(row.querySelector("strong").textContent, "Calling …");
  const mine = call;
  const [answer] = await Promise.all([
    post("/demo/phone/call", { phone, sim: held.sim, hotline: row.dataset.number })
      .catch((error) => error),
    ringBack(mine.turn.signal),
  ]);
  await take(mine, answer);
}

async function answerRing() {
  const id = coming;
  begin($("who-rings").textContent, "Connecting …");
  const mine = call;
  await take(mine, await ask("answer", { phone, sim: held.sim, call: id }));
}

async function refuseRing() {
  const id = coming;
  coming = null;
  show("idle");
  await ask("reject", { phone, sim: held.sim, call: id });
}

function begin(who, asks) {
  coming = null;
  call = { id: null, lang: "en", keys: "", wanted: {}, began: 0, turn: new AbortController() };
  $("who").textContent = who;
  $("caption").replaceChildren();
  $("means").replaceChildren();
  $("means").hidden = true;
  $("lasts").textContent = "";
  $("typed").textContent = "";
  $("asks").textContent = asks;
  $("voice").hidden = true;
  patient(0);
  show("call");
}

// Ask the network to go on; what comes back is an answer or an Error.
function ask(step, body) {
  return post(`/demo/phone/${step}`, body).catch((error) => error);
}

// Hear what the line says next, and wait for what it wants.
async function take(mine, answer) {
  if (call !== mine) {
    // Hung up while it was ringing: the network should know, too.
    if (answer?.call) await ask("hang_up", { call: answer.call });
    return;
  }
  if (answer instanceof Error) {
    trouble(`The call broke off: ${answer.message}`);
    end("The call broke off");
    return;
  }
  trouble("");
  mine.id = answer.call;
  mine.wanted = answer.wanted;
  mine.keys = "";
  if (!mine.began && answer.said.length) {
    mine.began = Date.now();
    done("call");
  }
  mine.turn.abort();
  mine.turn = new AbortController();
  const { signal } = mine.turn;
  mine.hears = false;
  await sayAll(answer.said, signal, {
    paper,
    spoken: spokenAs,
    onCaption: ({ lang, is_cuttable: isCuttable }) => {
      mine.lang = lang;
      mine.hears = isCuttable;
      $("asks").textContent = isCuttable ? "Listen. A key cuts in." : "Listen.";
    },
  });
  if (call !== mine || signal.aborted) return;
  dim();
  if (answer.wanted.wanted === "keys") awaitKeys(mine);
  else if (answer.wanted.wanted === "voice") await record(mine);
  else end(ENDED[answer.wanted.status] || "Call ended");
}

const ENDED = {
  busy: "They hung up at once: this call cost nothing. By day the line calls back in half a minute.",
  "no-answer": "Nobody answered",
  failed: "The number cannot be reached",
};

function awaitKeys(mine) {
  mine.hears = true;
  $("asks").textContent = WAITS[mine.wanted.num_digits] || "Your turn: press a key";
  patient(mine.wanted.timeout || 5, () => sendKeys(mine));
}

const WAITS = { 6: "Your turn: 6 digits", 8: "Your turn: 8 digits" };

async function sendKeys(mine) {
  if (call !== mine) return;
  patient(0);
  const { keys } = mine;
  mine.wanted = {};
  $("asks").textContent = "…";
  const answer = keys
    ? await ask("keys", { call: mine.id, keys })
    : await ask("wait", { call: mine.id });
  $("typed").textContent = "";
  await take(mine, answer);
}

function keyInCall(key) {
  const mine = call;
  if (mine.recording) {
    if ((mine.wanted.finish_on_key || "#").includes(key)) finish(mine, "hash");
    return;
  }
  if (mine.wanted.wanted !== "keys" || !mine.hears) return;
  mine.turn.abort(); // barge in
  mine.keys += key;
  $("typed").textContent = mine.keys;
  const ends = mine.wanted.finish_on_key === key;
  const length = mine.keys.length - (ends ? 1 : 0);
  if (ends || (mine.wanted.num_digits && length >= mine.wanted.num_digits)) {
    sendKeys(mine);
  } else awaitKeys(mine);
}

// The time that is left for a key, drawn as it goes.
let waiting = null;
function patient(seconds, over) {
  clearInterval(waiting);
  $("patience").hidden = !seconds;
  if (!seconds) return;
  const until = performance.now() + seconds * 1000;
  waiting = setInterval(() => {
    const left = (until - performance.now()) / 1000;
    $("patience").value = Math.max(0, left / seconds);
    if (left > 0) return;
    patient(0);
    over();
  }, 100);
}

async function hangUp() {
  const mine = call;
  if (mine.recording) {
    await finish(mine, "hang_up");
    return;
  }
  end("Call ended");
  if (mine.id) await ask("hang_up", { call: mine.id });
  look();
}

function end(words) {
  const mine = call;
  call = null;
  mine.turn.abort();
  mine.recording?.close();
  patient(0);
  samplesOpen(false);
  if (mine.began) gone();
  $("voice").hidden = true;
  $("asks").textContent = words;
  $("live").lang = "en";
  $("live").textContent = words;
  $("phone").classList.remove("recording");
  $("soft-right").textContent = "Back";
  setTimeout(() => { if (!call && mode === "call") show("idle"); }, 5000);
  look();
}

// --- Speaking ----------------------------------------------------------------

async function record(mine) {
  const { signal } = mine.turn;
  const meter = new Meter();
  const recorder = new Recorder((level) => {
    meter.push(level);
    if (level > LOUD) mine.loudAt = performance.now();
  });
  mine.recording = recorder;
  mine.loudAt = 0;
  mine.openedAt = performance.now();
  $("phone").classList.add("recording");
  $("voice").hidden = false;
  $("voice-says").textContent = "Speak now";
  $("asks").textContent = "";
  samplesOpen(true);
  await recorder.open();
  const [heard] = await Promise.all([recorder.microphone(), sleep(0, signal)]);
  if (call !== mine || mine.recording !== recorder) return;
  hasMicrophone = heard;
  if (!heard) {
    $("voice-says").textContent = "No microphone: play a sample voice";
    $("mic-says").textContent = "There is no microphone that this page may use. "
      + "Play one of these into the phone:";
  }
  listenOn(mine, recorder);
}

// While somebody speaks: send on what was said, and notice a long silence.
async function listenOn(mine, recorder) {
  let sent = performance.now();
  while (mine.recording === recorder && call === mine) {
    await sleep(0.2);
    $("voice-lasts").textContent = clockOf(recorder.seconds);
    if (mine.recording !== recorder || mine.playing) continue;
    const now = performance.now();
    const quiet = (now - Math.max(mine.loudAt, mine.openedAt, mine.playedAt || 0)) / 1000;
    const limit = mine.loudAt || mine.playedAt || hasMicrophone
      ? (mine.wanted.timeout || 10) : LONGEST_WAIT;
    const isFull = recorder.seconds >= (mine.wanted.max_seconds || 120);
    if (isFull || quiet > limit) {
      await finish(mine, "silence");
    } else if (now - sent > PIECE * 1000) {
      sent = now;
      await send(mine, recorder.take());
    }
  }
}

function send(mine, samples, then) {
  const query = new URLSearchParams({ call: mine.id, ...(then ? { then } : {}) });
  return fetch(`/demo/phone/voice?${query}`, {
    method: "POST",
    headers: { "Content-Type": "audio/wav" },
    body: wav(samples),
  }).then(read).catch((error) => error);
}

async function finish(mine, then) {
  const recorder = mine.recording;
  mine.recording = null;
  recorder.close();
  const rest = recorder.take();
  spokenAs = Int16Array.from(recorder.all);
  $("phone").classList.remove("recording");
  $("voice").hidden = true;
  samplesOpen(false);
  if (spokenAs.length >= 8000) done("speak");
  if (then === "hang_up") end("Call ended");
  else $("asks").textContent = "…";
  const answer = await send(mine, rest, then);
  if (then !== "hang_up") await take(mine, answer);
  look();
}

function samplesOpen(yes) {
  if (mode === "call") show("call");
  for (const button of all(".sample")) button.disabled = !yes;
  document.querySelector(".samples").classList.toggle("open", yes);
}

async function speakSample(language) {
  const mine = call;
  const recorder = mine?.recording;
  if (!recorder || mine.playing) return;
  mine.playing = true;
  samplesOpen(false);
  $("voice-says").textContent = "The sample voice speaks";
  await recorder.clip(`/demo/static/clips/${language}.wav`).catch(() => {});
  mine.playing = false;
  mine.playedAt = performance.now();
  if (mine.recording !== recorder) return;
  $("voice-says").textContent = "Done speaking? Press #, or just hang up";
  samplesOpen(true);
}

// --- Texts -------------------------------------------------------------------

function add(text, isMine) {
  held.thread.push({ text, isMine });
  keep();
  if (!isMine && mode !== "texts") unread += 1;
  drawThread();
  if (mode === "idle") show("idle");
}

async function sendText() {
  const body = $("body").value;
  if (!body.trim()) return;
  const from = held;
  add(body, true);
  $("body").value = "";
  try {
    const said = await post("/demo/text", { phone, sim: from.sim, body });
    if (from === held) for (const text of said.answers) add(text, false);
  } catch (error) {
    trouble(`The text did not get through: ${error.message}`);
  }
  look();
}

// --- The other side ------------------------------------------------------------

async function act(verb, by) {
  try {
    say((await post("/demo/act", { handle: held.handle, verb, by })).notice);
  } catch (error) {
    trouble(`That did not work: ${error.message}`);
  }
  look();
}

async function look() {
  if (document.hidden) return;
  const from = held;
  try {
    const [seen, line] = await Promise.all([
      fetch(`/demo/state?phone=${phone}&sim=${from.sim}`).then(read),
      post("/demo/phone/ringing", { phone, sim: from.sim }),
    ]);
    if (from !== held) return;
    drift = Date.parse(seen.now) - Date.now();
    ring(line.ringing);
    drawSide(seen.case, line.voices);
    if ($("trouble").dataset.lost) trouble("");
    delete $("trouble").dataset.lost;
  } catch (error) {
    trouble(`The server does not answer (${error.message}). Is it running?`);
    $("trouble").dataset.lost = "yes";
  }
}

function drawSide(found, voices) {
  const now = JSON.stringify([found, voices]);
  if (now === last) return;
  const isFirst = !last;
  last = now;
  drawCase(found, act);
  drawVoices(found ? voices : []);
  if (!found) return;
  held.handle = found.handle;
  if (held.done.includes("speak")) done("file");
  for (const text of found.texts) {
    if (held.seen.includes(text.id)) continue;
    held.seen.push(text.id);
    add(text.text, false);
  }
  keep();
  $("news").hidden = isFirst || !$("side-case").classList.contains("away");
  tick();
}

function drawVoices(voices) {
  $("voices").hidden = !voices.length;
  $("voices").replaceChildren(...voices.map((voice) => {
    const item = el("li", "", `A voice message of ${voice.seconds} s: `);
    item.append(el("strong", "", "only the partner may listen"));
    return item;
  }));
}

function ring(ringing) {
  if (!ringing) {
    if (mode === "ring") { coming = null; show("idle"); }
    return;
  }
  if (mode === "call" || ringing.call === coming) return;
  if (coming === null && call) return;
  coming = ringing.call;
  $("who-rings").textContent = ringing.from;
  $("live").lang = "en";
  $("live").textContent = `The phone rings: ${ringing.from}`;
  show("ring");
}

// --- Time --------------------------------------------------------------------

function clockOf(seconds) {
  const pad = (value) => String(Math.floor(value)).padStart(2, "0");
  return `${pad(seconds / 60)}:${pad(seconds % 60)}`;
}

function tick() {
  const now = new Date(Date.now() + drift);
  const timeZone = phone === "bd" ? "Asia/Dhaka" : "Asia/Kolkata";
  const time = now.toLocaleTimeString("en-GB", {
    hour: "2-digit", minute: "2-digit", timeZone,
  });
  $("clock").textContent = time;
  $("big-clock").textContent = time;
  $("day").textContent = now.toLocaleDateString("en-GB", {
    weekday: "long", day: "numeric", month: "long", timeZone,
  });
  if (call?.began) {
    $("lasts").textContent = clockOf((Date.now() - call.began) / 1000);
  }
  tickCase(now.getTime());
}

// --- Keys --------------------------------------------------------------------

function press(key) {
  wake();
  const button = document.querySelector(`.key[data-key="${CSS.escape(key)}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 130);
  dtmf(key);
  if (mode === "texts") $("body").value += key;
  else if (call) keyInCall(key);
}

function green() {
  wake();
  if (mode === "ring") answerRing();
  else if (mode === "texts") sendText();
  else if (!call) dial();
}

function red() {
  wake();
  if (mode === "ring") refuseRing();
  else if (call) hangUp();
  else show("idle");
}

function move(by) {
  if (mode === "texts") $("thread").scrollBy(0, by * 60);
  else if (mode === "call") $("caption").scrollBy(0, by * 60);
  else {
    contact = Math.max(0, Math.min(contacts().length - 1, contact + by));
    drawContacts();
  }
}

for (const button of all(".phone button, .pick[data-phone]")) {
  // The key that was clicked does not take the keyboard: Enter stays green.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
}
for (const button of all(".key")) {
  button.addEventListener("click", () => press(button.dataset.key));
}
for (const button of all(".contact")) {
  button.addEventListener("click", () => {
    contact = contacts().indexOf(button);
    drawContacts();
  });
  button.addEventListener("dblclick", green);
}
$("green").addEventListener("click", green);
$("red").addEventListener("click", red);
$("up").addEventListener("click", () => move(-1));
$("down").addEventListener("click", () => move(1));
$("soft-left").addEventListener("click", () => {
  if (mode === "idle") show("texts");
  else if (call) speakSample(call.lang);
  else green();
});
$("soft-right").addEventListener("click", () => (mode === "idle" ? green() : red()));
$("write").addEventListener("submit", (event) => { event.preventDefault(); sendText(); });
for (const button of all(".sample")) {
  button.addEventListener("click", () => speakSample(button.dataset.clip));
}
for (const button of all(".pick[data-phone]")) {
  button.addEventListener("click", () => choose(button.dataset.phone));
}
$("sound").addEventListener("click", () => {
  const isOn = $("sound").getAttribute("aria-pressed") !== "true";
  $("sound").setAttribute("aria-pressed", String(isOn));
  wake();
  mute(!isOn);
});
$("new-sim").addEventListener("click", () => {
  try {
    localStorage.removeItem(`threadline.${phone}`);
  } catch {
    // Nothing was kept.
  }
  choose(phone);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const inText = event.target === $("body");
  if (event.key === "Escape") red();
  else if (event.key === "Enter" && inText && !event.shiftKey) {
    event.preventDefault();
    sendText();
  } else if (inText) return;
  else if (/^[0-9*#]$/.test(event.key)) {
    if (!event.repeat) press(event.key);
  } else if (event.key === "Enter" && !event.target.closest("button, a, summary")) {
    if (!event.repeat) green();
  } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    if (event.target !== document.body || mode !== "idle") return;
    event.preventDefault();
    move(event.key === "ArrowUp" ? -1 : 1);
  }
});

// --- Two sides on a small screen -----------------------------------------------

function turnTo(id) {
  for (const tab of all('[role="tab"]')) {
    const isIt = tab.getAttribute("aria-controls") === id;
    tab.setAttribute("aria-selected", String(isIt));
    tab.tabIndex = isIt ? 0 : -1;
    $(tab.getAttribute("aria-controls")).classList.toggle("away", !isIt);
  }
  document.body.dataset.side = id;
  if (id === "side-case") $("news").hidden = true;
}

for (const tab of all('[role="tab"]')) {
  tab.addEventListener("click", () => turnTo(tab.getAttribute("aria-controls")));
  tab.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = all('[role="tab"]').find((one) => one !== tab);
    turnTo(other.getAttribute("aria-controls"));
    other.focus();
  });
}
$("strip").addEventListener("click", (event) => {
  event.preventDefault();
  turnTo("side-case");
  scrollTo(0, 0);
});

turnTo("side-phone");
choose(document.querySelector(".pick[data-phone]").dataset.phone);
setInterval(look, POLL);
setInterval(tick, 500);
setInterval(() => { if (mode === "ring") ringOnce(); }, 2400);
