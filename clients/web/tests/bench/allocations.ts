/** What is allocated, by whom, as the sampling heap profiler of Chromium sees it. */

import type { CDPSession } from "playwright-core";

/** Bytes between two samples, on average: finer costs time and finds the small ones. */
const INTERVAL = 256;

interface ProfileNode {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number; readonly columnNumber: number };
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

export interface Allocation {
  readonly pictures: number;
  /** A picture's own bytes; what comes with messages, at the server's pace, is counted beside it. */
  readonly pictureBytes: number;
  readonly otherBytes: number;
  /** Who allocates most, bytes a picture. */
  readonly sources: readonly { readonly name: string; readonly bytes: number }[];
}

/** Garbage that was collected meanwhile counts too: a picture that leaves nothing is the aim, not one that is tidied up after. */
export async function allocations(session: CDPSession, act: () => Promise<void>, frames: () => Promise<number>): Promise<Allocation> {
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const before = await frames();
  await session.send("HeapProfiler.startSampling", {
    samplingInterval: INTERVAL,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await act();
  const pictures = (await frames()) - before;
  const { profile } = (await session.send("HeapProfiler.stopSampling")) as unknown as { profile: { head: ProfileNode } };
  return summary(profile.head, pictures);
}

function summary(head: ProfileNode, pictures: number): Allocation {
  const sources = new Map<string, number>();
  let picture = 0, other = 0;
  for (const root of head.children) {
    const drawing = /onAnimationFrame/.test(root.callFrame.functionName);
    visit(root, [], (path, bytes) => {
      if (drawing) picture += bytes;
      else other += bytes;
      const name = path.slice(-4).reverse().join(" < ");
      sources.set(name, (sources.get(name) ?? 0) + bytes / pictures);
    });
  }
  const most = [...sources].sort((a, b) => b[1] - a[1]).slice(0, 40);
  return { pictures, pictureBytes: picture / pictures, otherBytes: other / pictures, sources: most.map(([name, bytes]) => ({ name, bytes })) };
}

function visit(node: ProfileNode, above: readonly string[], take: (path: readonly string[], bytes: number) => void): void {
  const { functionName, lineNumber, columnNumber } = node.callFrame;
  const path = [...above, `${functionName || "(anonymous)"}:${lineNumber + 1}:${columnNumber + 1}`];
  if (node.selfSize > 0) take(path, node.selfSize);
  for (const child of node.children) visit(child, path, take);
}
