import { describe, expect, it } from "vitest";
import { RenderPace } from "../../src/main/pace";

function draw(pace: RenderPace, gap: number, seconds: number, from: number): { changes: number; end: number } {
  let changes = 0;
  let now = from;
  for (; now < from + seconds * 1000; now += gap) if (pace.step(now)) changes += 1;
  return { changes, end: now };
}

describe("the pace of drawing", () => {
  it("keeps all pixels while pictures are in time", () => {
    const pace = new RenderPace();
    expect(draw(pace, 16, 30, 0).changes).toBe(0);
    expect(pace.share).toBe(1);
  });

  it("draws coarser when they come late, but not without end", () => {
    const pace = new RenderPace();
    draw(pace, 40, 2, 0);
    expect(pace.share).toBeCloseTo(0.8);
    draw(pace, 40, 60, 2000);
    expect(pace.share).toBe(0.5);
  });

  it("draws finer again once they have long been in time", () => {
    const pace = new RenderPace();
    const { end } = draw(pace, 40, 2, 0);
    draw(pace, 16, 7, end);
    expect(pace.share).toBeCloseTo(0.8);
    draw(pace, 16, 4, end + 7000);
    expect(pace.share).toBe(1);
  });

  it("takes a hidden window and a single late picture for no reason", () => {
    const pace = new RenderPace();
    let now = 0;
    for (let second = 0; second < 60; second += 1) {
      for (let picture = 0; picture < 60; picture += 1) pace.step((now += 16));
      pace.step((now += second % 2 === 0 ? 90 : 30_000));
    }
    expect(pace.share).toBe(1);
  });
});
