/** Which sessions of the vectors a client that keeps to SPEC 2, 3 and 6 can have been in. */
import { Kind, SCHEMA_HASH, VERSION } from "../../src/protocol/generated/constants";
import { CLIENT_SCHEMAS, type FreeMap, SERVER_SCHEMAS } from "../../src/protocol/generated/messages";
import { Malformed } from "../../src/protocol/malformed";
import { readMessage } from "../../src/protocol/messages";
import { readPose } from "../../src/protocol/pose";
import { bytesOf, hexOf } from "../support/vectors";

/** A step (SPEC 12): a message, a close or a socket that is lost. */
export interface Step {
  readonly from: "client" | "server";
  readonly hex?: string;
  readonly close?: number;
  readonly drop?: true;
  readonly note: string;
}

export interface Fault {
  /** The client's step; -1 if it says nothing at all. */
  readonly at: number;
  readonly why: string;
}

/** SPEC 9, as it stands there. */
export function comesBack(code: number): boolean {
  return (code >= 4000 && code <= 4499) || [1001, 1006, 1011, 1012].includes(code);
}

/** The first thing a client does that one that keeps to the protocol does not; null if there is none. */
export function faultOf(steps: readonly Step[]): Fault | null {
  const client = new SoundClient();
  for (const [at, step] of steps.entries()) {
    const why = step.from === "server" ? client.hear(step) : client.say(step);
    if (why !== null) return { at: step.from === "server" ? at - 1 : at, why };
  }
  return null;
}

/** What such a client knows. Each answers with what is wrong. */
class SoundClient {
  private state: "outside" | "joining" | "live" | "lost" | "left" | "ended" = "outside";
  private token = "";
  private lastEvent = 0;
  private readonly operations = new Set<string>();

  hear({ hex, close }: Step): string | null {
    if (this.state === "outside") return "says nothing";
    if (close !== undefined) {
      this.state = this.state === "live" && comesBack(close) ? "lost" : "ended";
      return null;
    }
    const message = bytesOf(hex!);
    if (message[0] === Kind.Welcome) {
      const { body } = readMessage(message, SERVER_SCHEMAS);
      this.state = "live";
      this.token = body.resume_token as string;
      this.lastEvent = body.event as number;
    } else if (message[0] === Kind.Event) this.lastEvent += 1;
    return null;
  }

  say({ hex, drop }: Step): string | null {
    if (drop === true) {
      this.state = "lost";
      return null;
    }
    const message = bytesOf(hex!);
    try {
      if (message[0] !== Kind.Pose) return this.sayBody(message[0]!, readMessage(message, CLIENT_SCHEMAS).body);
      readPose(message);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return `sends what is malformed: ${error.message}`;
    }
    return this.state === "live" ? null : "poses outside";
  }

  private sayBody(kind: number, body: FreeMap): string | null {
    if (kind === Kind.Hello || kind === Kind.Resume) return this.greet(kind, body);
    if (this.state !== "live") return "speaks outside";
    if (kind === Kind.Ack && (body.event as number) > this.lastEvent) return "acknowledges what it did not get";
    if (kind === Kind.Operation) {
      const op = hexOf(body.op as Uint8Array);
      if (this.operations.has(op)) return "asks twice under one id";
      this.operations.add(op);
    }
    if (kind === Kind.Bye) this.state = "left";
    return null;
  }

  private greet(kind: number, body: FreeMap): string | null {
    if (body.version !== VERSION || body.schema !== SCHEMA_HASH) return "speaks another wire";
    if (kind === Kind.Hello && !["outside", "ended"].includes(this.state)) return "says hello to whom it knows";
    if (kind === Kind.Resume) {
      if (this.state !== "lost") return "resumes what it has not lost";
      if (body.token !== this.token || body.last_event !== this.lastEvent) return "resumes with what the last welcome did not give";
    }
    this.state = "joining";
    return null;
  }
}
