/** The step of the entrance that checks network and device. */

import { drawingVerdict, networkVerdict, probeDrawing, probeNetwork, type Verdict } from "./checks";
import { button, make } from "./dom";

const LEVEL_WORDS = { good: "Good", fair: "Fair", poor: "Poor" } as const;

export function connectionCheck(ask: () => Promise<unknown>): HTMLElement {
  const results = make("ul", { class: "verdicts" });
  const start = button("Check connection", () => { void run(); }, { class: "quiet" });

  async function run(): Promise<void> {
    start.disabled = true;
    results.replaceChildren(make("li", {}, "Checking ..."));
    try {
      const [network, gaps] = await Promise.all([probeNetwork(ask, () => performance.now()), probeDrawing(window)]);
      results.replaceChildren(verdictLine(networkVerdict(network)), verdictLine(drawingVerdict(gaps)));
    } finally {
      start.disabled = false;
      start.textContent = "Check again";
    }
  }

  return make("div", { class: "check" }, start, make("div", { attributes: { role: "status" } }, results));
}

function verdictLine(verdict: Verdict): HTMLElement {
  return make(
    "li",
    { data: { level: verdict.level } },
    make("strong", { class: "pill" }, LEVEL_WORDS[verdict.level]),
    make("span", {}, verdict.text, verdict.advice !== "" && make("small", {}, ` ${verdict.advice}`)),
  );
}
