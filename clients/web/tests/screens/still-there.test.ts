// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { keepIn } from "../../src/screens/keeping";
import { StillThere } from "../../src/screens/still-there";

test("the question tells the seconds, is answered by its button, and is taken back without an answer", () => {
  let here = 0;
  const asked = new StillThere(() => { here += 1; }, () => undefined, "Leave and forget");
  asked.show(60, document.body, 0);
  const dialog = document.querySelector("dialog[open]");
  expect(dialog?.getAttribute("role")).toBe("alertdialog");
  const numbers = (): string[] => [...(dialog?.textContent ?? "").matchAll(/\d+/g)].map(([number]) => number);
  expect(numbers()).toEqual(["60"]);
  asked.step(54_000);
  expect(numbers()).toEqual(["6"]);
  // Whoever hears the page hears the number as well.
  const described = dialog?.getAttribute("aria-describedby")?.split(" ").map((id) => document.getElementById(id)?.textContent).join(" ");
  expect(described).toMatch(/this view is locked in 6 s$/);
  expect(dialog?.textContent).toContain("Leave and forget");
  [...(dialog?.querySelectorAll("button") ?? [])].find((button) => button.textContent === "I am here")?.click();
  expect(here).toBe(1);
  asked.close();
});

test("a device that is passed on keeps nothing in its storage, and forgets what was there", () => {
  const keeping = keepIn(() => localStorage);
  keeping.write("visitor", { name: "Ann" });
  keeping.passOn();
  expect(Object.keys(localStorage).filter((key) => key.startsWith("polyclinic."))).toEqual([]);
  keeping.write("visitor", { name: "Bo" });
  expect(keeping.read("visitor")).toEqual({ name: "Bo" });
  expect(Object.keys(localStorage).filter((key) => key.startsWith("polyclinic."))).toEqual([]);
});
