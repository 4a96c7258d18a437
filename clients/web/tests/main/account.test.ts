// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Account, type OpenWindow } from "../../src/main/account";
import { Identity } from "../../src/session/identity";
import { handOver, isBeside } from "../../src/session/beside";
import type { SignIn } from "../../src/session/sign-in";

const ISSUER = "https://id.clinic.example";
const SIGN_IN: SignIn = { issuer: ISSUER, client_id: "polyclinic-web", scopes: ["openid"], token: "access_token" };
const METADATA = { issuer: ISSUER, authorization_endpoint: `${ISSUER}/authorize`, token_endpoint: `${ISSUER}/token`, end_session_endpoint: `${ISSUER}/logout`, response_modes_supported: ["query", "fragment"] };

let went: string[];
let asked: { address: string; body: string }[];
let tokens: Record<string, unknown>[];
let identity: Identity;
let account: Account;
/** The window beside the page; null where the browser lets none open. */
let beside: { opener: unknown; closed: boolean; went: string[] } | null;

const place = { origin: "https://clinic.example", pathname: "/", assign: (address: string) => went.push(address) } as unknown as Location;
const coded = (value: unknown): string => btoa(JSON.stringify(value)).replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_");

/** An ID token as the provider would make it; the page reads it over TLS from the provider itself, so its signature is the front desk's affair. */
function idToken(nonce: string, changed: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  return `${coded({ alg: "RS256" })}.${coded({ iss: ISSUER, aud: "polyclinic-web", sub: "ann", iat: now, exp: now + 300, nonce, ...changed })}.${coded("signature")}`;
}

/** Leave, and what the provider was asked. */
async function leave(room: string | null = null): Promise<URLSearchParams> {
  await account.leave(SIGN_IN, room);
  return new URL(went.at(-1)!).searchParams;
}

beforeEach(() => {
  went = [];
  asked = [];
  tokens = [];
  sessionStorage.clear();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.stubGlobal("fetch", (address: string, options: RequestInit) => {
    asked.push({ address, body: String(options.body as URLSearchParams | undefined) });
    const body = address.endsWith("openid-configuration") ? METADATA : tokens.shift();
    return Promise.resolve(new Response(JSON.stringify(body), { status: 200, headers: { "Content-Type": "application/json" } }));
  });
  identity = new Identity();
  beside = { opener: "the page", closed: false, went: [] };
  account = new Account(identity, () => sessionStorage, place, () => beside && {
    set opener(value: unknown) { beside!.opener = value; },
    location: { replace: (address: string) => { beside?.went.push(address); } },
    close: () => { beside!.closed = true; },
  } as unknown as ReturnType<OpenWindow>);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("away to the provider with a challenge, and back with a token that is shown and kept nowhere", async () => {
  const query = await leave("ward");
  expect(Object.fromEntries(query)).toMatchObject({ response_type: "code", client_id: "polyclinic-web", redirect_uri: "https://clinic.example/", scope: "openid", code_challenge_method: "S256", response_mode: "fragment" });
  tokens = [{ access_token: "secret", token_type: "Bearer", expires_in: 300, id_token: idToken(query.get("nonce")!) }];
  const back = new Account(identity, () => sessionStorage, place);
  expect(await back.comeBack(SIGN_IN, `code=c&state=${query.get("state")!}`)).toBe("ward");
  expect(back.problem).toBe("");
  expect(await identity.headers()).toEqual({ Authorization: "Bearer secret" });
  const verifier = new URLSearchParams(asked.at(-1)!.body).get("code_verifier")!;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  expect(btoa(String.fromCharCode(...digest)).replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_")).toBe(query.get("code_challenge"));
  expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
});

test.each([
  ["another's answer", (state: string) => `code=c&state=${state}x`, {}],
  ["another issuer", (state: string) => `code=c&state=${state}&iss=https://evil.example`, {}],
  ["another nonce", (state: string) => `code=c&state=${state}`, { nonce: "other" }],
  ["another audience", (state: string) => `code=c&state=${state}`, { aud: "other" }],
  ["an old token", (state: string) => `code=c&state=${state}`, { exp: 1 }],
])("nobody is signed in by %s", async (_, answer, changed) => {
  const query = await leave();
  tokens = [{ access_token: "secret", token_type: "Bearer", id_token: idToken(query.get("nonce")!, changed) }];
  await account.comeBack(SIGN_IN, answer(query.get("state")!));
  expect([account.problem, identity.known]).toEqual(["Signing in did not work. Try again.", false]);
  expect(sessionStorage.length).toBe(0);
});

test("an answer serves once, and only whoever asked", async () => {
  const query = await leave();
  await account.comeBack(SIGN_IN, "error=access_denied&state=x");
  expect(account.problem).toBe("You did not sign in.");
  await account.comeBack(SIGN_IN, `code=c&state=${query.get("state")!}`);
  expect(account.problem).toContain("did not ask anybody");
  expect(identity.known).toBe(false);
});

test("a token that ends soon is asked for anew", async () => {
  const query = await leave();
  tokens = [
    { access_token: "first", token_type: "Bearer", expires_in: 20, refresh_token: "r", id_token: idToken(query.get("nonce")!) },
    { access_token: "second", token_type: "Bearer", expires_in: 300 },
  ];
  await account.comeBack(SIGN_IN, `code=c&state=${query.get("state")!}`);
  expect(await identity.headers()).toEqual({ Authorization: "Bearer second" });
  expect(await identity.headers()).toEqual({ Authorization: "Bearer second" });
  expect(new URLSearchParams(asked.at(-1)!.body).get("grant_type")).toBe("refresh_token");
});

/** Sign in with a token that ends soon. */
async function signedIn(): Promise<void> {
  const query = await leave();
  tokens = [{ access_token: "first", token_type: "Bearer", expires_in: 20, refresh_token: "r", id_token: idToken(query.get("nonce")!) }];
  await account.comeBack(SIGN_IN, `code=c&state=${query.get("state")!}`);
}

test("requests that go out together ask for one fresh token, which providers give once", async () => {
  await signedIn();
  tokens = [{ access_token: "second", token_type: "Bearer", expires_in: 300, refresh_token: "s" }];
  asked = [];
  const shown = await Promise.all([identity.headers(), identity.headers(), identity.headers()]);
  expect(shown.map(({ Authorization }) => Authorization)).toEqual(["Bearer second", "Bearer second", "Bearer second"]);
  expect(asked).toHaveLength(1);
});

test("a sign-in that the provider has ended is the front desk's to refuse, and is not asked for again", async () => {
  await signedIn();
  asked = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push({ address, body: "" });
    return Promise.resolve(new Response(JSON.stringify({ error: "invalid_grant" }), { status: 400, headers: { "Content-Type": "application/json" } }));
  });
  for (let time = 0; time < 3; time += 1) expect(await identity.headers()).toEqual({ Authorization: "Bearer first" });
  expect(asked).toHaveLength(1);
});

test("a provider that does not answer is waited for no longer than a front desk", async () => {
  await signedIn();
  const waits: number[] = [];
  vi.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
    waits.push(milliseconds);
    return AbortSignal.abort();
  });
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => signal?.aborted === true ? Promise.reject(new DOMException("", "TimeoutError")) : new Promise(() => undefined));
  await expect(identity.headers()).rejects.toThrow();
  expect(waits).toEqual([10_000]);
});

test("signing out has the provider forget it too, and puts no token into an address", async () => {
  const query = await leave();
  tokens = [{ access_token: "secret", token_type: "Bearer", id_token: idToken(query.get("nonce")!) }];
  await account.comeBack(SIGN_IN, `code=c&state=${query.get("state")!}`);
  expect(account.signOut()).toBe(true);
  expect(identity.known).toBe(false);
  expect(went.at(-1)).toBe(`${ISSUER}/logout?client_id=polyclinic-web&post_logout_redirect_uri=https%3A%2F%2Fclinic.example%2F`);
});

test("signing out who is not signed in leaves the page where it is", () => {
  expect([account.signOut(), went]).toEqual([false, []]);
});

test("a provider that cannot be reached is said so", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  await account.leave(SIGN_IN, null);
  expect([account.problem, went, sessionStorage.length]).toEqual(["The clinic's sign-in service cannot be reached. Try again in a moment.", [], 0]);
});

/** Begin to sign in again beside the page; what the provider was asked, and the end. */
async function again(maxAge: number): Promise<{ query: URLSearchParams; ended: Promise<string> }> {
  const ended = account.again(SIGN_IN, maxAge, "ward");
  await vi.waitFor(() => { expect(beside!.went).toHaveLength(1); });
  return { query: new URL(beside!.went[0]!).searchParams, ended };
}

test("signing in again is asked for with the age that will do, beside the page, which is not left", async () => {
  const { query, ended } = await again(40);
  expect(Object.fromEntries(query)).toMatchObject({ prompt: "login", max_age: "40", code_challenge_method: "S256", redirect_uri: "https://clinic.example/" });
  tokens = [{ access_token: "fresh", token_type: "Bearer", expires_in: 300, id_token: idToken(query.get("nonce")!) }];
  const answer = `code=c&state=${query.get("state")!}`;
  expect([isBeside(answer), isBeside("code=c&state=x"), isBeside(null)]).toEqual([true, false, false]);
  handOver("code=c&state=beside.other");
  handOver(answer);
  expect(await ended).toBe("");
  expect(await identity.headers()).toEqual({ Authorization: "Bearer fresh" });
  // Nothing of it is kept, and no other page can have gone on with it.
  expect([sessionStorage.length, localStorage.length, went, beside!.opener]).toEqual([0, 0, [], null]);
});

test.each([
  ["a no", "error=access_denied", {}, "You did not sign in."],
  ["another nonce", "code=c", { nonce: "other" }, "Signing in did not work. Try again."],
])("with %s one is who one was", async (_, said, changed, problem) => {
  identity.use(() => Promise.resolve("old"));
  const { query, ended } = await again(0);
  expect(query.get("max_age")).toBe("1");
  tokens = [{ access_token: "fresh", token_type: "Bearer", id_token: idToken(query.get("nonce")!, changed) }];
  handOver(`${said}&state=${query.get("state")!}`);
  expect(await ended).toBe(problem);
  expect(await identity.headers()).toEqual({ Authorization: "Bearer old" });
});

test("where no window opens the page is left, and asks for the same", async () => {
  beside = null;
  expect(await account.again(SIGN_IN, 40, "ward")).toBe("");
  expect(Object.fromEntries(new URL(went[0]!).searchParams)).toMatchObject({ prompt: "login", max_age: "40" });
  expect(isBeside(new URL(went[0]!).search)).toBe(false);
});

test("a window whose provider cannot be reached is closed", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  expect(await account.again(SIGN_IN, 40, null)).toBe("The clinic's sign-in service cannot be reached. Try again in a moment.");
  expect([beside!.closed, beside!.went]).toEqual([true, []]);
});

test("who has stopped before the other window was anywhere is asked nothing there", async () => {
  const ended = account.again(SIGN_IN, 40, "ward");
  account.stop();
  expect(await ended).toBe("You did not sign in.");
  expect([beside!.closed, beside!.went]).toEqual([true, []]);
});

test("who has stopped is not waited for, nor signed in by what is on its way", async () => {
  const first = await again(40);
  account.stop();
  expect(await first.ended).toBe("You did not sign in.");
  beside = { opener: "the page", closed: false, went: [] };
  const { query, ended } = await again(40);
  tokens = [{ access_token: "fresh", token_type: "Bearer", id_token: idToken(query.get("nonce")!) }];
  const answered = globalThis.fetch;
  vi.stubGlobal("fetch", (...asking: Parameters<typeof fetch>) => {
    account.stop();
    return answered(...asking);
  });
  handOver(`code=c&state=${query.get("state")!}`);
  expect(await ended).toBe("You did not sign in.");
  expect(identity.known).toBe(false);
});
