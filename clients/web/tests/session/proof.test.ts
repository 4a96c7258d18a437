import { describe, expect, it } from "vitest";
import { Kind } from "../../src/protocol/generated/constants";
import { FrontDesk } from "../../src/session/frontdesk";
import { Proof, refreshAfter } from "../../src/session/proof";
import { Refused } from "../../src/session/refused";
import { Session } from "../../src/session/session";
import { Timers } from "../../src/session/timers";
import { FakeEnvironment, welcome } from "../support/fakes";

interface Lab {
  readonly environment: FakeEnvironment;
  readonly timers: Timers;
  readonly proof: Proof;
  readonly shown: string[];
  asked: number;
  refusal: Error | null;
}

function lab(): Lab {
  const environment = new FakeEnvironment();
  const timers = new Timers(environment);
  const shown: string[] = [];
  const fresh = (): Promise<string> => {
    made.asked += 1;
    return made.refusal === null ? Promise.resolve(`ticket ${made.asked}`) : Promise.reject(made.refusal);
  };
  const proof = new Proof(timers, environment, fresh, (ticket) => shown.push(ticket));
  const made: Lab = { environment, timers, proof, shown, asked: 0, refusal: null };
  return made;
}

describe("proof", () => {
  it("waits until a minute before the end, or half way to it", () => {
    expect(refreshAfter(300_000)).toBe(240_000);
    expect(refreshAfter(120_000)).toBe(60_000);
    expect(refreshAfter(10_000)).toBe(5000);
  });

  it("shows a fresh ticket in time, and another after that", async () => {
    const { environment, proof, shown } = lab();
    proof.lasts(300);
    await environment.advance(239_000);
    expect(shown).toEqual([]);
    await environment.advance(1000);
    expect(shown).toEqual(["ticket 1"]);
    proof.lasts(300);
    await environment.advance(240_000);
    expect(shown).toEqual(["ticket 1", "ticket 2"]);
  });

  it("never shows anything where nothing ends", async () => {
    const l = lab();
    l.proof.lasts(0);
    await l.environment.advance(86_400_000);
    expect(l.asked).toBe(0);
  });

  it("tries again while there is time, and not without end", async () => {
    const l = lab();
    l.refusal = new Refused("identity_unavailable", "", true);
    l.proof.lasts(120);
    await l.environment.advance(119_000);
    const { asked } = l;
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(10);
    expect(l.shown).toEqual([]);
    await l.environment.advance(600_000);
    expect(l.asked).toBe(asked);
  });

  it("succeeds when the provider is there again", async () => {
    const l = lab();
    l.refusal = new Refused("identity_unavailable", "", true);
    l.proof.lasts(120);
    await l.environment.advance(60_000);
    l.refusal = null;
    await l.environment.advance(30_000);
    expect(l.shown).toEqual(["ticket 2"]);
  });

  it("stops with the session's timers", async () => {
    const l = lab();
    l.proof.lasts(120);
    l.timers.stop();
    await l.environment.advance(120_000);
    expect(l.asked).toBe(0);
  });
});

describe("a session that ends with its token", () => {
  const WISH = { room: "consult-1", name: "Ann", role: "patient", avatar: "plain" };

  async function joined(expiresIn: number): Promise<FakeEnvironment> {
    const environment = new FakeEnvironment();
    const nothing = (): void => undefined;
    const listener = { status: nothing, welcome: nothing, frame: nothing, event: nothing, correction: nothing, quality: nothing };
    const joining = new Session(WISH, new FrontDesk(environment), environment, listener).join();
    await environment.settle();
    environment.socket.open();
    environment.socket.tell(Kind.Welcome, welcome({ expires_in: expiresIn }));
    await joining;
    return environment;
  }

  it("asks for a fresh ticket for the place it has, shows it, and goes by what it is told then", async () => {
    const environment = await joined(10);
    environment.answers = [{ status: 201, body: { ticket: "fresh", world: "ws://here/world", expires_in: 60 } }];
    await environment.advance(4900);
    expect(environment.socket.messages(Kind.Refresh)).toEqual([]);
    await environment.advance(200);
    expect(environment.asked.at(-1)).toMatchObject({
      address: "v1/rooms/consult-1/tickets", body: { name: "Ann", role: "patient", avatar: "plain", refreshing: true },
    });
    expect(environment.socket.messages(Kind.Refresh)).toEqual([{ ticket: "fresh" }]);
    environment.socket.tell(Kind.Refreshed, { expires_in: 300 });
    const { length } = environment.asked;
    await environment.advance(9000);
    expect(environment.asked).toHaveLength(length);
    expect(environment.sockets).toHaveLength(1);
  });

  it("shows nothing over a connection that is lost", async () => {
    const environment = await joined(10);
    environment.socket.drop();
    const lost = environment.socket;
    await environment.advance(400);
    expect(lost.messages(Kind.Refresh)).toEqual([]);
    expect(environment.socket.messages(Kind.Refresh)).toEqual([]);
  });
});
