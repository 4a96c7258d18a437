// The room from above on a canvas: the scene once on a layer of its own, then zones, people and names in every frame.

import { colourOf, drawPerson, drawThing } from "./figure.js";

const MARGIN_M = 0.5;
const FIT_SCALE_LEAST = 22;
const FOLLOW_SCALE = 34;
const FIGURE_SCALE_LEAST = 58;
const FIGURE_GROWTH = 1.1;
const ZOOM_LEAST = 0.1;
const ZOOM_MOST = 4;
const LAYER_PIXELS_MOST = 4096;
const WALL = "#5d6f7a";
const FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";

export class Plan {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.zoom = 1;
    this.footprints = [];
    this.layer = null;
    this.hatch = null;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** Shows another room: its description from the wire and its footprints, which may come later. */
  enter(room, footprints) {
    this.room = room;
    this.footprints = footprints;
    this.layer = null;
    this.zoom = 1;
  }

  zoomBy(factor) {
    this.zoom = Math.max(ZOOM_LEAST, Math.min(ZOOM_MOST, this.zoom * factor));
  }

  // Where things are on the screen.

  /** Fits the canvas to its box, and looks at the whole room, or at `self` in a room too large for that. */
  aim(self) {
    const ratio = devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const [[x0, , z0], [x1, , z1]] = this.room.bounds;
    const fit = Math.min(width / (x1 - x0 + 2 * MARGIN_M), height / (z1 - z0 + 2 * MARGIN_M));
    const plain = fit < FIT_SCALE_LEAST ? FOLLOW_SCALE : fit;
    // From no farther away than shows the whole room.
    this.zoom = Math.max(this.zoom, fit / plain);
    const scale = plain * this.zoom;
    // The camera stays inside the room, and in its middle along a side that fits.
    const within = (low, high, at, half) => (high - low <= 2 * half ? (low + high) / 2 : Math.max(low + half, Math.min(high - half, at)));
    const x = within(x0 - MARGIN_M, x1 + MARGIN_M, self.x, width / scale / 2);
    const z = within(z0 - MARGIN_M, z1 + MARGIN_M, self.z, height / scale / 2);
    this.camera = { x, z, scale, ratio, width, height, figure: Math.max(FIGURE_SCALE_LEAST, scale * FIGURE_GROWTH) };
  }

  at(x, z) {
    const { camera } = this;
    return [(x - camera.x) * camera.scale + camera.width / 2, (z - camera.z) * camera.scale + camera.height / 2];
  }

  // Drawing.

  /** Draws a frame: `people` and `things` as the world shows them, `self` one's own, `bubbles` words by entity. */
  draw({ shown, self, bubbles, seconds }) {
    this.aim({ x: self.head[0], z: self.head[2] });
    const { context, camera } = this;
    context.setTransform(camera.ratio, 0, 0, camera.ratio, 0, 0);
    context.fillStyle = "#dfe7e8";
    context.fillRect(0, 0, camera.width, camera.height);
    this.drawLayer();
    for (const zone of this.room.zones) this.drawZone(zone);
    const everybody = [...shown, self].sort((a, b) => a.head[2] - b.head[2]);
    for (const thing of shown.filter(({ kind }) => kind !== "avatar")) {
      drawThing(context, thing, ...this.at(thing.head[0], thing.head[2]), camera.scale);
    }
    const people = everybody.filter(({ kind }) => kind === "avatar");
    const options = { calm: this.calm.matches, seconds };
    for (const person of people) {
      const [x, y] = this.at(person.head[0], person.head[2]);
      drawPerson(context, person, x, y, camera.figure, { ...options, self: person === self });
    }
    this.drawNames(everybody, self, bubbles);
  }

  drawLayer() {
    const { context, camera } = this;
    const key = `${camera.scale} ${camera.ratio}`;
    const [[x0, , z0], [x1, , z1]] = this.room.bounds;
    const [west, north] = [x0 - MARGIN_M, z0 - MARGIN_M];
    const [width, depth] = [x1 - x0 + 2 * MARGIN_M, z1 - z0 + 2 * MARGIN_M];
    if (this.layer?.key !== key) {
      const shrink = Math.min(1, LAYER_PIXELS_MOST / (Math.max(width, depth) * camera.scale * camera.ratio));
      const scale = camera.scale * camera.ratio * shrink;
      const canvas = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(depth * scale));
      drawScene(canvas.getContext("2d"), this.footprints, { scale, west, north, bounds: this.room.bounds });
      this.layer = { key, canvas };
    }
    const [left, top] = this.at(west, north);
    context.drawImage(this.layer.canvas, left, top, width * camera.scale, depth * camera.scale);
  }

  drawZone({ name, box: [[x0, , z0], [x1, , z1]], private: closed }) {
    const { context } = this;
    const [left, top] = this.at(x0, z0);
    const [right, bottom] = this.at(x1, z1);
    context.save();
    context.beginPath();
    context.roundRect(left, top, right - left, bottom - top, 6);
    if (closed) {
      context.fillStyle = this.hatching();
      context.fill();
    }
    context.setLineDash(closed ? [] : [6, 5]);
    context.lineWidth = 1.5;
    context.strokeStyle = closed ? "rgba(105, 60, 140, 0.65)" : "rgba(40, 80, 95, 0.4)";
    context.stroke();
    context.font = `600 11px ${FONT}`;
    const words = closed ? `${name} · private` : name;
    const width = context.measureText(words).width;
    context.fillStyle = "rgba(255, 255, 255, 0.82)";
    context.setLineDash([]);
    context.beginPath();
    context.roundRect(left + 6, top + 6, width + 12, 18, 5);
    context.fill();
    context.fillStyle = closed ? "#5b2f80" : "#2c4a57";
    context.textBaseline = "middle";
    context.fillText(words, left + 12, top + 15.5);
    context.restore();
  }

  hatching() {
    if (this.hatch === null) {
      const tile = new OffscreenCanvas(12, 12);
      const context = tile.getContext("2d");
      context.strokeStyle = "rgba(120, 70, 160, 0.22)";
      context.lineWidth = 2;
      for (const shift of [-12, 0, 12]) {
        context.beginPath();
        context.moveTo(shift, 12);
        context.lineTo(shift + 12, 0);
        context.stroke();
      }
      this.hatch = this.context.createPattern(tile, "repeat");
    }
    return this.hatch;
  }

  /** Names, the nearest to oneself and who speaks first; one that would cover another is left out. */
  drawNames(everybody, self, bubbles) {
    const far = (person) => Math.hypot(person.head[0] - self.head[0], person.head[2] - self.head[2]) - 100 * person.voice;
    const taken = [];
    for (const person of [...everybody].sort((a, b) => far(a) - far(b))) {
      const [x, y] = this.at(person.head[0], person.head[2]);
      this.drawName(person === self ? `${person.name} (you)` : person.name, person, x, y, taken);
    }
    for (const person of everybody) {
      const bubble = bubbles.get(person.entity);
      if (bubble) this.drawBubble(bubble, ...this.at(person.head[0], person.head[2]));
    }
  }

  drawName(name, person, x, y, taken) {
    const { context, camera } = this;
    context.font = `600 11.5px ${FONT}`;
    const short = name.length > 22 ? `${name.slice(0, 21)}…` : name;
    const width = context.measureText(short).width + (person.kind === "avatar" ? 22 : 12);
    const drop = person.kind === "avatar" ? 0.34 * camera.figure : 10;
    const places = [y + drop, y - drop - 17].map((top) => ({ left: x - width / 2, top, right: x + width / 2, bottom: top + 17 }));
    const box = places.find((place) => !taken.some((other) => overlap(place, other)));
    if (box === undefined) return;
    taken.push(box);
    context.beginPath();
    context.roundRect(box.left, box.top, width, 17, 8.5);
    context.fillStyle = "rgba(255, 255, 255, 0.9)";
    context.fill();
    let start = box.left + 6;
    if (person.kind === "avatar") {
      context.beginPath();
      context.arc(box.left + 9, box.top + 8.5, 3.5, 0, 2 * Math.PI);
      context.fillStyle = colourOf(person.role ?? "");
      context.fill();
      start += 10;
    }
    context.fillStyle = "#17323d";
    context.textBaseline = "middle";
    context.fillText(short, start, box.top + 9);
  }

  drawBubble(text, x, y) {
    const { context, camera } = this;
    context.save();
    context.font = `13px ${FONT}`;
    const words = text.length > 44 ? `${text.slice(0, 43)}…` : text;
    const width = context.measureText(words).width + 20;
    const left = Math.max(4, Math.min(camera.width - width - 4, x - width / 2));
    const top = Math.max(4, y - 0.42 * camera.figure - 30);
    context.shadowColor = "rgba(20, 40, 50, 0.3)";
    context.shadowBlur = 8;
    context.fillStyle = "#ffffff";
    context.beginPath();
    context.roundRect(left, top, width, 26, 10);
    context.moveTo(x - 6, top + 26);
    context.lineTo(x, top + 34);
    context.lineTo(x + 6, top + 26);
    context.fill();
    context.shadowColor = "transparent";
    context.fillStyle = "#17323d";
    context.textBaseline = "middle";
    context.fillText(words, left + 10, top + 13.5);
    context.restore();
  }
}

const overlap = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;

/** Draws a scene's footprints from the floor up, each with a shadow as deep as it stands high. */
function drawScene(context, footprints, { scale, west, north, bounds }) {
  context.scale(scale, scale);
  context.translate(-west, -north);
  const [[x0, , z0], [x1, , z1]] = bounds;
  if (footprints.length === 0) {
    context.fillStyle = "#f4f2ec";
    context.fillRect(x0, z0, x1 - x0, z1 - z0);
  }
  for (const box of footprints) {
    context.save();
    context.translate(box.x, box.z);
    context.rotate(-box.yaw);
    context.beginPath();
    context.rect(-box.width / 2, -box.depth / 2, box.width, box.depth);
    paint(context, box, scale);
    context.restore();
    if (box.piece === "floor") drawGrid(context, bounds, scale);
  }
}

function paint(context, box, scale) {
  const [r, g, b] = box.colour;
  const isWall = box.piece.startsWith("wall-") && box.opacity === 1;
  if (box.piece !== "floor" && box.opacity === 1 && box.top > 0.05) {
    context.shadowColor = "rgba(30, 45, 55, 0.28)";
    context.shadowBlur = Math.min(0.28, box.top * 0.14) * scale;
    context.shadowOffsetX = Math.min(0.1, box.top * 0.05) * scale;
    context.shadowOffsetY = Math.min(0.14, box.top * 0.07) * scale;
  }
  context.fillStyle = isWall ? WALL : `rgba(${r}, ${g}, ${b}, ${box.opacity})`;
  context.fill();
  context.shadowColor = "transparent";
  if (box.piece !== "floor" && !isWall && box.top > 0.05) {
    context.lineWidth = 1 / scale;
    context.strokeStyle = box.opacity === 1 ? "rgba(40, 55, 65, 0.28)" : "rgba(70, 120, 140, 0.8)";
    context.stroke();
  }
}

/** Lines a metre apart, so that the eye can measure. */
function drawGrid(context, [[x0, , z0], [x1, , z1]], scale) {
  context.lineWidth = 1 / scale;
  context.strokeStyle = "rgba(60, 80, 90, 0.07)";
  context.beginPath();
  for (let x = Math.ceil(x0); x <= x1; x += 1) {
    context.moveTo(x, z0);
    context.lineTo(x, z1);
  }
  for (let z = Math.ceil(z0); z <= z1; z += 1) {
    context.moveTo(x0, z);
    context.lineTo(x1, z);
  }
  context.stroke();
}
