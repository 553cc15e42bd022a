// Runs beside the page, where sound is handled: passes on what it hears.

class Ear extends AudioWorkletProcessor {
  constructor() {
    super();
    this.kept = new Float32Array(2048);
    this.length = 0;
  }

  process([heard]) {
    const frame = heard[0];
    if (!frame) return true;
    if (this.length + frame.length > this.kept.length) {
      this.port.postMessage(this.kept.slice(0, this.length));
      this.length = 0;
    }
    this.kept.set(frame, this.length);
    this.length += frame.length;
    return true;
  }
}

registerProcessor("ear", Ear);
