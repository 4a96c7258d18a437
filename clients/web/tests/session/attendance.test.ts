import { beforeEach, describe, expect, it } from "vitest";
import { Kind, StateFlag } from "../../src/protocol/generated/constants";
import { AvatarState } from "../../src/protocol/state";
import { Attendance } from "../../src/session/attendance";
import { FrontDesk } from "../../src/session/frontdesk";
import type { SessionStatus } from "../../src/session/listener";
import { Session } from "../../src/session/session";
import { FakeEnvironment, type FakeSocket, welcome } from "../support/fakes";

const LOGOFF = { idle: 100, away: 10 };

function head(x: number, voice = 0): AvatarState {
  const state = new AvatarState();
  state.flags = StateFlag.Head;
  state.voice = voice;
  state.head.position[0] = x;
  return state;
}

describe("that somebody is there", () => {
  let attendance: Attendance;
  const ended = (second: number): boolean => attendance.hasEnded(second * 1000, LOGOFF);
  beforeEach(() => { attendance = new Attendance(0); });

  it("is believed for as long as the facility has it", () => {
    expect([ended(99), ended(100)]).toEqual([false, true]);
  });

  it("is said by what is asked for, but for what pages ask by themselves", () => {
    attendance.asked("access", "recent", {}, 50_000);
    expect(ended(100)).toBe(true);
    attendance.asked("safety", "here", {}, 60_000);
    expect([ended(159), ended(160)]).toEqual([false, true]);
  });

  it("is seen by a head that moves, and not by one that rests or that the server has set", () => {
    for (const [second, x] of [[10, 0], [20, 20], [30, -20]] as const) attendance.posed(head(x), second * 1000);
    expect(ended(100)).toBe(true);
    attendance.posed(head(21), 40_000);
    expect([ended(139), ended(140)]).toEqual([false, true]);
    attendance.set();
    attendance.posed(head(5000), 90_000);
    expect(ended(140)).toBe(true);
  });

  it("is heard", () => {
    attendance.posed(head(0, 24), 40_000);
    expect([ended(139), ended(140)]).toEqual([false, true]);
  });

  it("is believed for less while the page is hidden: then what moves is carried about", () => {
    attendance.asked("safety", "away", { away: true }, 50_000);
    attendance.asked("safety", "away", { away: true }, 55_000);
    attendance.posed(head(0), 56_000);
    attendance.posed(head(900, 99), 57_000);
    expect([ended(59), ended(60)]).toEqual([false, true]);
    attendance.asked("safety", "away", { away: false }, 61_000);
    expect([ended(160), ended(161)]).toEqual([false, true]);
  });

  it("is believed for less while the headset is off", () => {
    attendance.posed(new AvatarState(), 50_000);
    attendance.posed(new AvatarState(), 58_000);
    expect([ended(59), ended(60)]).toEqual([false, true]);
    attendance.posed(head(0), 61_000);
    expect(ended(61)).toBe(false);
  });
});

describe("a view to which nobody attends", () => {
  let environment: FakeEnvironment;
  let session: Session;
  let statuses: SessionStatus[];

  beforeEach(async () => {
    environment = new FakeEnvironment();
    statuses = [];
    const nothing = (): void => undefined;
    const desk = new FrontDesk(environment);
    const ticket = environment.answers[0]!;
    environment.answers = [{ status: 200, body: { idle_seconds: 300, away_seconds: 60 } }];
    await desk.facility();
    environment.answers = [ticket];
    session = new Session({ room: "consult-1", name: "Ann", role: "patient", avatar: "plain" }, desk, environment, { status: (status) => statuses.push(status), welcome: nothing, frame: nothing, event: nothing, correction: nothing, quality: nothing });
    const joined = session.join();
    await shake();
    await joined;
  });

  async function shake(): Promise<FakeSocket> {
    await environment.settle();
    environment.socket.open();
    environment.socket.tell(Kind.Welcome, welcome());
    await environment.settle();
    return environment.socket;
  }

  /** The connection is lost, and so is the place. */
  async function flap(): Promise<void> {
    const { length } = environment.asked;
    environment.socket.drop();
    while (environment.asked.length === length && statuses.at(-1)!.state !== "ended") {
      await environment.advance(1000);
      if (statuses.at(-1)!.state === "reconnecting" && environment.socket.closedWith === null && environment.asked.length === length) environment.socket.drop(4508);
      await environment.settle();
    }
    if (statuses.at(-1)!.state !== "ended") await shake();
  }

  it("does not come in anew by itself for ever, however often its connection is lost", async () => {
    const from = environment.time;
    while (statuses.at(-1)!.state !== "ended" && environment.time - from < 3_600_000) {
      await flap();
      environment.time += 70_000;
    }
    expect(statuses.at(-1)).toMatchObject({ state: "ended", code: "unattended" });
    expect((environment.time - from) / 1000).toBeLessThan(300 + 2 * 80);
  });

  it("comes in anew by itself while its person gives signs", async () => {
    for (let time = 0; time < 10; time += 1) {
      await flap();
      environment.time += 70_000;
      void session.operate("safety", "here", {});
    }
    expect(statuses.at(-1)!.state).toBe("live");
  });

  it("takes its place up again whoever is there: for that the server goes on counting", async () => {
    environment.time += 3_600_000;
    environment.socket.drop();
    await environment.advance(500);
    expect(environment.socket.messages(Kind.Resume)).toEqual([]);
    environment.socket.open();
    expect(environment.socket.messages(Kind.Resume)).toHaveLength(1);
  });
});
