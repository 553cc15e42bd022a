// What the line says, on the phone's screen and aloud, sentence by sentence.

import { el } from "/demo/static/case.js";
import { beep, play, prefetch, replay, sleep } from "/demo/static/sound.js";

const LONG = 130; // characters: from here on the letters are a little smaller
const $ = (id) => document.getElementById(id);

function sentences(text, lang) {
  const parts = text.split(/(?<=[.?!।])\s+/u).filter(Boolean);
  return parts.map((part) => {
    const span = el("span", "", part);
    span.lang = lang;
    return span;
  });
}

function spaced(spans) {
  return spans.flatMap((span, i) => (i ? [" ", span] : [span]));
}

// Digits stand close together; where the voice rests, there is a gap.
function grouped(byPart) {
  return byPart.flatMap((spans) => (spans.length ? spans : [" "]));
}

// Put one caption on the screen; return its spans, those of each part, and its
// English.
function drawCaption(caption) {
  const isDigits = caption.kind === "digits";
  const byPart = caption.parts.map((part) => {
    if (!part.text) return [];
    return isDigits ? [el("span", "", part.text)] : sentences(part.text, caption.lang);
  });
  const spans = byPart.flat();
  const isMeant = caption.lang !== "en" && !isDigits && caption.means;
  const meant = isMeant ? sentences(caption.means, "en") : [];
  $("caption").lang = caption.lang;
  $("caption").className = isDigits ? "caption digits" : "caption";
  const length = spans.reduce((sum, span) => sum + span.textContent.length, 0);
  $("caption").classList.toggle("long", length > LONG);
  $("caption").replaceChildren(...(isDigits ? grouped(byPart) : spaced(spans)));
  $("means").replaceChildren(...spaced(meant));
  $("means").hidden = !meant.length;
  $("caption").scrollTop = 0;
  $("live").lang = caption.lang;
  $("live").textContent = caption.parts.map((part) => part.text).join(" ");
  return { spans, byPart, meant };
}

export function dim() {
  for (const span of document.querySelectorAll("#caption span, #means span")) {
    span.classList.remove("now");
  }
}

function light(list, index) {
  if (!list[index] || list[index].classList.contains("now")) return;
  list.forEach((span, i) => span.classList.toggle("now", i === index));
  // The screen scrolls, never the page.
  const pane = list[index].parentElement;
  const [there, here] = [pane, list[index]].map((one) => one.getBoundingClientRect());
  if (here.bottom > there.bottom || here.top < there.top) {
    pane.scrollTop += here.top - there.top - 4;
  }
}

// A prompt is one file; which of its sentences is spoken is told by its length.
function follow({ spans, byPart, meant }, part, seconds, signal) {
  const lengths = byPart[part].map((span) => span.textContent.length);
  if (!lengths.length) return;
  const first = spans.indexOf(byPart[part][0]);
  const total = lengths.reduce((a, b) => a + b);
  const began = performance.now();
  const step = () => {
    if (signal.aborted) return;
    const at = ((performance.now() - began) / 1000 / Math.max(0.1, seconds)) * total;
    let index = 0;
    let sum = lengths[0];
    while (sum < at && index < lengths.length - 1) sum += lengths[++index];
    light(spans, first + index);
    if (meant.length === spans.length) light(meant, first + index);
    if (at < total && lengths.length > 1) requestAnimationFrame(step);
  };
  step();
}

// Say all of it in turn, until the signal. `paper` takes down what is noted,
// `spoken` is played where the caller hears herself.
export async function sayAll(said, signal, { paper, spoken, onCaption }) {
  prefetch(said.flatMap((c) => c.parts.map((part) => part.url)).filter(Boolean));
  for (const caption of said) {
    if (signal.aborted) return;
    onCaption(caption);
    await sayOne(caption, signal, paper, spoken);
  }
}

async function sayOne(caption, signal, paper, spoken) {
  if (caption.note) paper.begin(caption.note);
  const hasText = caption.parts.some((part) => part.text);
  const drawn = hasText ? drawCaption(caption) : null;
  for (const [i, part] of caption.parts.entries()) {
    if (signal.aborted) return;
    if (drawn) follow(drawn, i, part.seconds, signal);
    if (caption.note) {
      paper.write(caption.note, part.text || (part.kind === "pause" ? " " : ""));
    }
    await sound(part, signal, spoken);
  }
  if (caption.note) paper.end(caption.note);
}

async function sound(part, signal, spoken) {
  if (part.kind === "replay") await replay(spoken, signal);
  else if (part.url) await play(part.url, part.seconds, signal);
  else if (part.kind === "beep" || part.kind === "tone") {
    beep();
    await sleep(0.4, signal);
  } else await sleep(part.seconds, signal);
}
