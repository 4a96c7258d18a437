import { describe, expect, it } from "vitest";
import { called, quoted, spoken, tamed } from "../../src/screens/called";

describe("a name", () => {
  it.each(["You", "you", "YOU ", "(You)", "Y o u", "Ｙｏｕ", "Yоu", "Υου", "Y0u", "You:"])("that reads as the page's word for its wearer is marked as one: %s", (name) => {
    expect(called(name, "patient")).toBe(`“${name}” (patient)`);
  });

  it.each(["Ann", "Yousuf", "Youri", "Dr. You-Chi", "游", "佐藤 花子", "Lou"])("of anybody else stands as it is: %s", (name) => {
    expect(called(name, "patient")).toBe(name);
  });

  it.each([
    [". Bob is out of sight. Dr", "“Bob is out of sight Dr”"],
    ["Bob” has left. “Ann", "“Bob has left Ann”"],
    ["Bo: hello; Cy", "“Bo hello Cy”"],
    ["Bo。Cy！", "“Bo Cy”"],
    ["Bo\u2029Cy\nDi", "“Bo Cy Di”"],
    ["Dr. Neun", "“Dr. Neun”"],
    ["Prof. Dr. Ann. Bob", "“Prof. Dr. Ann Bob”"],
    ["Dr. ", "“Dr”"],
    ["O'Neill-Łukasz, Dr.", "“O’Neill-Łukasz, Dr”"],
    ["...", "“…”"],
    ["You", "Somebody called “You”"],
  ])("in a sentence is no sentence: %s", (name, words) => {
    expect(spoken(name)).toBe(words);
  });
});

it("what somebody says stays within its quotes", () => {
  expect(quoted("Hi”. “Bob” has left.\n\nBye")).toBe("“Hi’. ’Bob’ has left. Bye”");
});

describe("marks", () => {
  it("that are piled up are a few", () => {
    expect(tamed(`e${"\u0301".repeat(499)}`)).toBe(`e${"\u0301".repeat(4)}`);
    expect(tamed(`Z${"\u0301\u0489\u20dd".repeat(20)}`).length).toBe(5);
    expect(tamed(`ག${"\u0fb2".repeat(60)}`).length).toBe(9);
    expect(tamed(`a${"\u0301".repeat(9)}b${"\u0302".repeat(9)}`)).toBe(`a${"\u0301".repeat(4)}b${"\u0302".repeat(4)}`);
  });

  it.each(["Việt Nam".normalize("NFD"), "שָׁל֑וֹם", "มั่ง", "မြွှေ့", "हिन्दी", "👩‍👩‍👧‍👦👩🏽‍⚕️", "བསྒྲུབས"])("of a language stay: %s", (text) => {
    expect(tamed(text)).toBe(text);
  });
});
