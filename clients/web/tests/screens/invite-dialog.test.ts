// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { inviteDialog, type InviteWish } from "../../src/screens/invite-dialog";
import { Refused } from "../../src/session/refused";

const LINK = "https://clinic.example/#invitation=a.b.c";
let wishes: InviteWish[];

const input = (name: string): HTMLInputElement => document.querySelector<HTMLInputElement>(`[name=${name}]`)!;
const submit = (): boolean => document.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
const soon = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));
const told = (): string => document.querySelector("[role=alert]")?.textContent ?? "";

function open(invite = (wish: InviteWish): Promise<string> => { wishes.push(wish); return Promise.resolve(LINK); }): void {
  document.body.replaceChildren(inviteDialog({ roles: ["clinician", "patient"], invite }, "Ward"));
}

beforeEach(() => { wishes = []; });

test("one patient is invited for a day unless one says otherwise, and the link is shown", async () => {
  open();
  submit();
  await soon();
  expect(wishes).toEqual([{ role: "patient", hours: 24, uses: 1, name: null }]);
  expect(document.querySelector<HTMLInputElement>("input[readonly]")!.value).toBe(LINK);
  expect(document.querySelector("form")!.hidden).toBe(true);
  open();
  input("role").value = "clinician";
  input("invited").value = " Ann A. ";
  input("hours").value = "2";
  input("uses").value = "3";
  submit();
  expect(wishes[1]).toEqual({ role: "clinician", hours: 2, uses: 3, name: "Ann A." });
});

test("a number that cannot be is said so, and a refusal in words", async () => {
  open(() => Promise.reject(new Refused("forbidden", "Your role may not do that.", false)));
  for (const number of ["0", "21", "1.5", ""]) {
    input("uses").value = number;
    submit();
    expect(told()).toBe("From 1 to 20 people.");
  }
  input("uses").value = "1";
  submit();
  await soon();
  expect(told()).toBe("Your role may not do that.");
  expect(document.querySelector("input[readonly]")).toBeNull();
});
