// How loud the caller is, drawn as it goes by.

export class Meter {
  constructor() {
    this.levels = new Array(56).fill(0);
    this.draw();
  }

  push(level) {
    this.levels.push(level);
    this.levels.shift();
    this.draw();
  }

  draw() {
    const canvas = document.getElementById("meter");
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = getComputedStyle(canvas).color;
    const wide = canvas.width / this.levels.length;
    this.levels.forEach((level, i) => {
      const high = Math.max(4, level * canvas.height);
      pen.beginPath();
      pen.roundRect(i * wide + 2, (canvas.height - high) / 2, wide - 4, high, 3);
      pen.fill();
    });
  }
}
