/** The pictures on buttons, drawn as strokes in a square of 24. */

import { svg } from "./dom";

const STROKES = {
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.4c2.1.8 3.5 2.8 3.5 5.6",
  chat: "M4 5h16v11H10l-5 4v-4H4Z M8 9h8 M8 12.5h5",
  map: "m3 6 6-2 6 2 6-2v14l-6 2-6-2-6 2Z M9 4v14 M15 6v14",
  settings: "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3 M15 5v4 M9 10v4 M15 15v4",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7 M12 16.8v.2",
  text: "M5 5h14M5 10h14M5 15h9M5 20h6",
  eye: "M2.500 12c2.300-4.300 5.500-6.500 9.500-6.500s7.200 2.200 9.500 6.500c-2.300 4.300-5.500 6.500-9.500 6.500S4.800 16.300 2.500 12Z M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  alarm: "M12 3.500 22 20.500H2Z M12 10v4.500 M12 17.500v.2",
  board: "M3.500 4.500h17v11h-17Z M7 8.500h10 M7 12h6 M12 15.500V20 M8.500 20h7",
  leave: "M14 4H5v16h9 M10 12h11 M17 8l4 4-4 4",
  headset: "M3 8h18v9h-6l-2-3h-2l-2 3H3Z M7 5h10",
  microphone: "M12 14a3 3 0 0 0 3-3V6a3 3 0 1 0-6 0v5a3 3 0 0 0 3 3Z M6 11a6 6 0 0 0 12 0 M12 17v4",
  record: "M12 19a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z",
  close: "M6 6l12 12M18 6 6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  hand: "M8 12V6a1.5 1.5 0 0 1 3 0v5V4.5a1.5 1.5 0 0 1 3 0V11 6a1.5 1.5 0 0 1 3 0v8c0 4-2.5 7-6 7-3 0-4.500-1.500-6-4l-2-3.500a1.500 1.500 0 0 1 2.500-1.500L8 14",
} as const;

export type IconName = keyof typeof STROKES;

export function icon(name: IconName): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true", focusable: "false", class: "icon" },
    svg("path", { d: STROKES[name], fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round" }),
  );
}

/** Bars that fill with the quality of the connection: its shape tells it too, not its colour alone. */
export function qualityIcon(level: "good" | "fair" | "poor" | "lost"): SVGElement {
  const filled = { good: 3, fair: 2, poor: 1, lost: 0 }[level];
  const bars = [0, 1, 2].map((index) =>
    svg("rect", { x: 3 + index * 7, y: 14 - index * 5, width: 4, height: 6 + index * 5, rx: 1, class: index < filled ? "bar-on" : "bar-off" }),
  );
  const cross = svg("path", { d: "M4 4 20 20", stroke: "currentColor", "stroke-width": 2.5, "stroke-linecap": "round" });
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: `icon quality-${level}` },
    ...bars,
    ...(level === "lost" ? [cross] : []),
  );
}
