/** How long the tests wait for what must come: far longer than it takes, for nothing here is shown by how soon it is there. */

/** A state that does not come within this will not come, ms; two cores may draw three windows beside other work. */
export const PATIENCE = 120_000;
/** Between two looks at it, ms. */
export const AGAIN = 50;

/** Act and look again and again until it is so; `what` names it where that never comes. */
export async function repeat(what: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE} ms: ${what}`);
    await new Promise((again) => setTimeout(again, AGAIN));
  }
}
