import { expect, it } from "vitest";
import { lookAtAll, openLab } from "./look";

const pictures = process.env["POLYCLINIC_PICTURES"] ?? "";

it("no screen has a fault that axe can find, light or dark", { timeout: 900_000 }, async () => {
  expect(await lookAtAll(pictures)).toEqual([]);
  expect(await lookAtAll(pictures, "&theme=dark")).toEqual([]);
});

it("nor on a phone, nor with text of twice the size", { timeout: 900_000 }, async () => {
  const some = ["entrance", "room", "people", "seen", "panels", "write", "glass", "emergency", "text", "settings", "full"];
  expect(await lookAtAll(pictures, "", { width: 390, height: 800 }, some)).toEqual([]);
  expect(await lookAtAll(pictures, "&scale=2", { width: 1280, height: 800 }, some)).toEqual([]);
});

it("nothing that has the focus is under the bar at the entrance's foot", { timeout: 900_000 }, async () => {
  for (const [size, more] of [[{ width: 480, height: 360 }, ""], [{ width: 1280, height: 800 }, "&scale=2"]] as const) {
    const lab = await openLab(size);
    try {
      await lab.open("entrance", more);
      const reached: string[] = [];
      for (const key of [...Array<string>(12).fill("Tab"), ...Array<string>(4).fill("ArrowDown"), ...Array<string>(12).fill("Shift+Tab")]) {
        await lab.page.keyboard.press(key);
        const { name, under } = await lab.page.evaluate(() => {
          const bar = document.querySelector(".ways")!, focused = document.activeElement!;
          // Of a card, all of it shows the focus.
          const shown = (focused.closest(".card") ?? focused).getBoundingClientRect();
          const inside = bar.contains(focused) || focused === document.body;
          return { name: focused.closest(".card")?.textContent ?? focused.textContent, under: !inside && shown.bottom > bar.getBoundingClientRect().top };
        });
        expect([name, under]).toEqual([name, false]);
        reached.push(name);
      }
      expect(new Set(reached).size).toBeGreaterThan(8);
    } finally {
      await lab.close();
    }
  }
});
