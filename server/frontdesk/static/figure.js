// A person from above: shoulders in the colour of the role, a head that looks somewhere, hands where they are tracked.

export const ROLE_COLOURS = {
  patient: "#c2621b", clinician: "#0f766e", student: "#6d4fc2", instructor: "#1d5fa8",
};
const OTHER_COLOURS = ["#8a4b7d", "#57702d", "#8c5a2b", "#4a6274"];
const SKIN = ["#f1c9a5", "#e0ac82", "#c68e63", "#9c6a45", "#75492f", "#f5d7bd"];
const HAIR = ["#3a2c26", "#5b4130", "#8a6a44", "#2b2b30", "#9a9692", "#6e3f2a"];
const HEAD_RADIUS = 0.125;
const SHOULDER = 0.19;
const RING_RADIUS = 0.42;

/** The colour of a role, the same on every page; roles a facility makes up get one by their name. */
export function colourOf(role) {
  const sum = [...role].reduce((total, letter) => total + letter.codePointAt(0), 0);
  return ROLE_COLOURS[role] ?? OTHER_COLOURS[sum % OTHER_COLOURS.length];
}

/** Draws a person; `scale` is pixels a metre of the figure, which may be larger than the room's. */
export function drawPerson(context, person, x, y, scale, options) {
  const colour = colourOf(person.role ?? "");
  context.save();
  context.translate(x, y);
  if (options.self) drawHalo(context, scale);
  drawVoice(context, person.voice, scale, colour, options);
  context.save();
  context.scale(scale, scale);
  drawGaze(context, person.yaw, colour);
  drawBody(context, person, colour);
  drawHands(context, person, colour);
  drawHead(context, person);
  context.restore();
  context.restore();
}

function drawHalo(context, scale) {
  context.beginPath();
  context.arc(0, 0, 0.36 * scale, 0, 2 * Math.PI);
  context.fillStyle = "rgba(255, 255, 255, 0.75)";
  context.fill();
  context.lineWidth = 2;
  context.setLineDash([5, 4]);
  context.strokeStyle = "#17323d";
  context.stroke();
  context.setLineDash([]);
}

/** Rings about who speaks: as wide as the voice is loud. */
function drawVoice(context, voice, scale, colour, { calm, seconds }) {
  if (voice < 0.02) return;
  const loud = Math.min(1, Math.sqrt(voice) * 1.3);
  for (const ring of [0, 1]) {
    const beat = calm ? 0 : 0.03 * Math.sin(seconds * 7 + ring * 2);
    context.beginPath();
    context.arc(0, 0, (RING_RADIUS + ring * 0.11 * loud + beat * loud) * scale, 0, 2 * Math.PI);
    context.lineWidth = (ring ? 1.5 : 3) * (0.6 + 0.6 * loud);
    context.globalAlpha = (ring ? 0.35 : 0.8) * (0.35 + 0.65 * loud);
    context.strokeStyle = colour;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** A soft fan towards where the head looks. */
function drawGaze(context, yaw, colour) {
  const gradient = context.createRadialGradient(0, 0, 0.1, 0, 0, 0.85);
  gradient.addColorStop(0, `${colour}59`);
  gradient.addColorStop(1, `${colour}00`);
  context.beginPath();
  context.moveTo(0, 0);
  context.arc(0, 0, 0.85, -Math.PI / 2 - yaw - 0.5, -Math.PI / 2 - yaw + 0.5);
  context.closePath();
  context.fillStyle = gradient;
  context.fill();
}

function drawBody(context, person, colour) {
  context.save();
  context.rotate(-person.body);
  context.fillStyle = "rgba(20, 40, 50, 0.16)";
  rounded(context, -0.31, -0.14, 0.62, 0.3, 0.15);
  context.fillStyle = colour;
  if (person.seated) {
    // Thighs of one who sits, towards the front.
    for (const side of [-0.1, 0.1]) rounded(context, side - 0.065, -0.34, 0.13, 0.36, 0.06);
  }
  rounded(context, -0.27, -0.12, 0.54, 0.24, 0.12);
  context.restore();
  context.save();
  context.rotate(-person.body);
  context.lineWidth = 0.025;
  context.strokeStyle = "rgba(255, 255, 255, 0.9)";
  context.beginPath();
  context.roundRect(-0.27, -0.12, 0.54, 0.24, 0.12);
  context.stroke();
  context.restore();
}

function rounded(context, x, y, width, height, radius) {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
}

/** Arms and hands; a hand that is not tracked is not there. */
function drawHands(context, person, colour) {
  const skin = SKIN[person.entity % SKIN.length];
  for (const [side, hand] of [[-1, person.left], [1, person.right]]) {
    if (!hand) continue;
    const [x, y] = [hand[0] - person.head[0], hand[2] - person.head[2]];
    const [sx, sy] = [Math.cos(person.body) * side * SHOULDER, -Math.sin(person.body) * side * SHOULDER];
    context.lineCap = "round";
    context.lineWidth = 0.12;
    context.strokeStyle = "rgba(255, 255, 255, 0.9)";
    line(context, sx, sy, x, y);
    context.lineWidth = 0.085;
    context.strokeStyle = colour;
    line(context, sx, sy, x, y);
    context.beginPath();
    context.arc(x, y, 0.066, 0, 2 * Math.PI);
    context.fillStyle = skin;
    context.fill();
    context.lineWidth = 0.022;
    context.strokeStyle = "rgba(60, 40, 30, 0.55)";
    context.stroke();
  }
}

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function drawHead(context, person) {
  const skin = SKIN[person.entity % SKIN.length];
  const hair = HAIR[Math.floor(person.entity / SKIN.length) % HAIR.length];
  context.save();
  context.rotate(-person.yaw);
  context.beginPath();
  context.moveTo(-0.04, -HEAD_RADIUS + 0.01);
  context.lineTo(0, -HEAD_RADIUS - 0.05);
  context.lineTo(0.04, -HEAD_RADIUS + 0.01);
  context.fillStyle = skin;
  context.fill();
  context.beginPath();
  context.arc(0, 0, HEAD_RADIUS, 0, 2 * Math.PI);
  context.fillStyle = skin;
  context.fill();
  context.lineWidth = 0.025;
  context.strokeStyle = "rgba(255, 255, 255, 0.95)";
  context.stroke();
  context.beginPath();
  context.arc(0, 0.012, HEAD_RADIUS - 0.012, -0.35, Math.PI + 0.35);
  context.quadraticCurveTo(0, 0.03, HEAD_RADIUS * 0.93, -0.03);
  context.fillStyle = hair;
  context.fill();
  context.restore();
}

/** Draws a prop or a panel: a plain mark with its name beside it. */
export function drawThing(context, thing, x, y, scale) {
  context.save();
  context.translate(x, y);
  context.rotate(-thing.yaw);
  const size = Math.max(7, 0.16 * scale);
  context.beginPath();
  if (thing.kind === "panel") context.roundRect(-size, -size / 4, size * 2, size / 2, 3);
  else context.roundRect(-size / 2, -size / 2, size, size, 4);
  context.fillStyle = "#fff8e6";
  context.strokeStyle = "#7a5c12";
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
  context.restore();
}
