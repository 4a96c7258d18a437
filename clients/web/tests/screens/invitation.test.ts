// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { heedLinks } from "../../src/screens/invitation";

test("a link that is opened in a page that is open begins anew, and nothing else in its address does", () => {
  const page = { location: { hash: "", reload: vi.fn() }, addEventListener: window.addEventListener.bind(window) };
  heedLinks(page as unknown as Window);
  const changed = [["", 0], ["#content", 0], ["#room=lobby", 1], ["#invitation=a.b.c", 2]] as const;
  for (const [hash, times] of changed) {
    page.location.hash = hash;
    window.dispatchEvent(new Event("hashchange"));
    expect(page.location.reload).toHaveBeenCalledTimes(times);
  }
});
