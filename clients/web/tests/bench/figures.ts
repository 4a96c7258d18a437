/** What the client costs, and what it may cost. Pure. */

/** Counts that hold on every machine; times are told beside them. */
export interface Figures {
  /** All JavaScript, brotli. */
  readonly scriptBytes: number;
  /** What a page loads before it shows the entrance, brotli. */
  readonly firstScriptBytes: number;
  readonly drawCalls: number;
  /** Of both eyes together, in a headset. */
  readonly stereoDrawCalls: number;
  readonly triangles: number;
  readonly textures: number;
  readonly geometries: number;
  /** Allocated by a picture, whatever becomes of it. */
  readonly pictureBytes: number;
}

export type Budget = Readonly<Record<keyof Figures, number>>;

/** What is over its budget, in words; empty when all is well. What was not measured cannot be well. */
export function overBudget(figures: Readonly<Partial<Figures>>, budget: Readonly<Partial<Budget>>): string[] {
  const names = Object.keys(budget) as (keyof Figures)[];
  if (names.length === 0) return ["there is no budget"];
  return names.flatMap((name) => {
    const figure = figures[name] ?? Number.NaN, most = budget[name] ?? Number.NaN;
    return figure <= most ? [] : [`${name}: ${figure}, at most ${most}`];
  });
}
