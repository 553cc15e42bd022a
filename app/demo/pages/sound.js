// All that is heard, and all that hears: WebAudio and nothing else.

const RATE = 8000; // Hz, as on a telephone line
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const PAD = ["123", "456", "789", "*0#"];

let context = null;
let out = null;
let isMuted = false;
const sounds = new Map();

// A browser lets a page sound only after its visitor has touched something.
export function wake() {
  if (!context) {
    context = new AudioContext();
    out = context.createGain();
    out.gain.value = isMuted ? 0 : 1;
    out.connect(context.destination);
  }
  if (context.state === "suspended") context.resume().catch(() => {});
}

export function mute(yes) {
  isMuted = yes;
  if (out) out.gain.value = yes ? 0 : 1;
}

export function sleep(seconds, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, seconds * 1000);
    signal?.addEventListener("abort", () => { clearTimeout(timer); done(); });
  });
}

// Sound some frequencies together, for so many seconds, at a low level.
export function tone(frequencies, seconds, level = 0.08) {
  if (!context) return () => {};
  const gain = context.createGain();
  const at = context.currentTime;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(level, at + 0.01);
  gain.gain.setValueAtTime(level, Math.max(at + 0.01, at + seconds - 0.02));
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  gain.connect(out);
  const all = frequencies.map((frequency) => {
    const one = context.createOscillator();
    one.frequency.value = frequency;
    one.connect(gain);
    one.start(at);
    one.stop(at + seconds);
    return one;
  });
  return () => all.forEach((one) => one.stop());
}

export function dtmf(key) {
  const row = PAD.findIndex((keys) => keys.includes(key));
  if (row < 0) return;
  tone([ROWS[row], COLUMNS[PAD[row].indexOf(key)]], 0.14);
}

export async function ringBack(signal) {
  for (const on of [0.4, 0.4]) {
    if (signal.aborted) return;
    const stop = tone([400, 425], on, 0.05);
    signal.addEventListener("abort", stop);
    await sleep(on + 0.2, signal);
  }
}

export function ringOnce() {
  [784, 988, 1175, 988].forEach((note, i) => {
    setTimeout(() => tone([note], 0.16, 0.07), i * 170);
  });
}

export const beep = () => tone([1000], 0.35, 0.1);
export const gone = () => [0, 350, 700].forEach((wait) => {
  setTimeout(() => tone([425], 0.2, 0.05), wait);
});

async function decoded(url) {
  if (!sounds.has(url)) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    sounds.set(url, await context.decodeAudioData(await answer.arrayBuffer()));
    if (sounds.size > 200) sounds.delete(sounds.keys().next().value);
  }
  return sounds.get(url);
}

export function prefetch(urls) {
  if (context) urls.forEach((url) => decoded(url).catch(() => {}));
}

// Play a file to its end, or until the signal; a file that is not there takes
// the time that it would have taken.
export async function play(url, seconds, signal) {
  let buffer = null;
  try {
    buffer = await decoded(url);
  } catch {
    await sleep(seconds, signal);
    return;
  }
  await playBuffer(buffer, signal);
}

async function playBuffer(buffer, signal, also) {
  if (signal.aborted) return;
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(out);
  if (also) source.connect(also);
  source.start();
  signal.addEventListener("abort", () => source.stop());
  // The length is known, so a sound card that is asleep stops nobody.
  await sleep(buffer.duration, signal);
}

// What was said into the phone, played back from its own memory.
export async function replay(samples, signal) {
  if (!samples.length || !context) return;
  const buffer = context.createBuffer(1, samples.length, RATE);
  const channel = buffer.getChannelData(0);
  samples.forEach((value, i) => { channel[i] = value / 32768; });
  await playBuffer(buffer, signal);
}

export class Recorder {
  // `heard(level)` is called with 0 to 1 some twenty times a second.
  constructor(heard) {
    this.heard = heard;
    this.samples = []; // Int16 at 8 kHz since the last take()
    this.all = [];
    this.sum = 0;
    this.count = 0;
    this.due = 0;
    this.stopped = new AbortController();
  }

  async open() {
    await context.audioWorklet.addModule("/demo/static/ear.js");
    this.ear = new AudioWorkletNode(context, "ear", { numberOfOutputs: 0 });
    this.ear.port.onmessage = ({ data }) => this.hear(data);
  }

  // Listen to the microphone; tells whether there is one that may be used.
  async microphone() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return false;
    }
    if (this.stopped.signal.aborted) {
      this.close();
      return false;
    }
    this.source = context.createMediaStreamSource(this.stream);
    this.source.connect(this.ear);
    return true;
  }

  async clip(url) {
    this.deafen();
    await playBuffer(await decoded(url), this.stopped.signal, this.ear);
  }

  hear(frame) {
    if (this.stopped.signal.aborted) return;
    let loud = 0;
    const step = context.sampleRate / RATE;
    for (const value of frame) {
      loud += value * value;
      this.sum += value;
      this.count += 1;
      this.due += 1;
      if (this.due < step) continue;
      this.due -= step;
      const sample = Math.max(-1, Math.min(1, this.sum / this.count));
      this.samples.push(Math.round(sample * 32767));
      this.sum = 0;
      this.count = 0;
    }
    this.heard(Math.min(1, Math.sqrt(loud / frame.length) * 3));
  }

  take() {
    const taken = this.samples;
    this.samples = [];
    this.all = this.all.concat(taken);
    return taken;
  }

  get seconds() {
    return (this.all.length + this.samples.length) / RATE;
  }

  deafen() {
    this.source?.disconnect();
    this.source = null;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  close() {
    this.stopped.abort();
    this.deafen();
    this.ear?.disconnect();
  }
}

// A WAV file of 16-bit samples at 8 kHz.
export function wav(samples) {
  const data = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const word = (at, text) => [...text].forEach((c, i) => {
    data.setUint8(at + i, c.charCodeAt(0));
  });
  word(0, "RIFF");
  data.setUint32(4, 36 + samples.length * 2, true);
  word(8, "WAVEfmt ");
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true); // PCM
  data.setUint16(22, 1, true); // one channel
  data.setUint32(24, RATE, true);
  data.setUint32(28, RATE * 2, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  word(36, "data");
  data.setUint32(40, samples.length * 2, true);
  samples.forEach((value, i) => data.setInt16(44 + i * 2, value, true));
  return data.buffer;
}
