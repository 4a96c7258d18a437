/** Every vector of the messages, and the limits of their bodies. */
import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { checkBody } from "../../src/protocol/body";
import { Kind } from "../../src/protocol/generated/constants";
import {
  AVATAR_FACTS,
  CLIENT_SCHEMAS,
  OBJECT_FACTS,
  SERVER_SCHEMAS,
  type StructSchema,
} from "../../src/protocol/generated/messages";
import { Malformed } from "../../src/protocol/malformed";
import { encodeMessage, readEventBody, readFacts, readMessage, readServerMessage } from "../../src/protocol/messages";
import { bytesOf, plain, vectors } from "../support/vectors";

interface Told {
  name: string;
  hex: string;
  from: "client" | "server";
  kind: string;
  body: Record<string, unknown>;
}

const { valid, invalid, facts } = vectors<{
  valid: Told[];
  invalid: { name: string; from: "client" | "server"; hex: string }[];
  facts: { name: string; hex: string; body: Record<string, unknown> }[];
}>("messages");
const SCHEMAS = { client: CLIENT_SCHEMAS, server: SERVER_SCHEMAS };

/** What a reader puts in for optional keys. */
function fallbacks(schema: StructSchema): Record<string, unknown> {
  const optional = schema.fields.filter(({ required }) => !required);
  return Object.fromEntries(optional.map(({ key, fallback }) => [key, fallback]));
}

function leftOut(from: "client" | "server", kind: number): Record<string, unknown> {
  return fallbacks(SCHEMAS[from][kind]!);
}

test.each(valid)("$from $name is read", ({ from, hex, body }) => {
  const read = readMessage(bytesOf(hex), SCHEMAS[from]);
  expect(read.kind).toBe(parseInt(hex.slice(0, 2), 16));
  expect(plain(read.body)).toEqual({ ...leftOut(from, read.kind), ...body });
});

test.each(valid.filter(({ from }) => from === "client"))("$name comes back as it was sent", ({ hex, body }) => {
  const { kind, body: sent } = readMessage(bytesOf(hex), CLIENT_SCHEMAS);
  const again = encodeMessage(kind as typeof Kind.Hello, sent as never);
  expect(plain(readMessage(again, CLIENT_SCHEMAS).body)).toEqual({ ...leftOut("client", kind), ...body });
});

test.each(invalid)("$from $name is refused", ({ from, hex }) => {
  expect(() => readMessage(bytesOf(hex), SCHEMAS[from])).toThrow(Malformed);
});

test.each(facts)("facts $name", ({ hex, body }) => {
  const schema = body.kind === "avatar" ? AVATAR_FACTS : OBJECT_FACTS;
  expect(readFacts(bytesOf(hex))).toEqual({ ...fallbacks(schema), ...body });
});

test("facts of no kind that is known are refused", () => {
  expect(() => readFacts(encode({ kind: "ghost", name: "", model: "" }))).toThrow(Malformed);
  expect(() => readFacts(encode({ kind: "avatar", name: "", model: "" }))).toThrow(Malformed);
});

test("what a server sends is held to its declared types", () => {
  const message = (body: unknown) => Uint8Array.of(Kind.ClockReply, ...encode(body));
  expect(readServerMessage(message({ sent: 1, time: 5 })).body).toEqual({ sent: 1, time: 5 });
  for (const body of [{ sent: 1 }, { sent: 1, time: -1 }, { sent: "1", time: 5 }, { sent: 1, time: 2 ** 32 }, { sent: 1, time: 5, more: 0 }]) {
    expect(() => readServerMessage(message(body))).toThrow(Malformed);
  }
  // 5.0 is no integer, whatever JavaScript makes of it.
  expect(() => readServerMessage(Uint8Array.of(Kind.ClockReply, ...encode({ sent: 1, time: 5 }, { forceIntegerToFloat: true })))).toThrow(Malformed);
});

test("a body nobody could bear is refused before it is read", () => {
  const deep = (levels: number): unknown => (levels === 0 ? 0 : [deep(levels - 1)]);
  checkBody(encode({ deep: deep(7) }), 0, null);
  for (const body of [{ deep: deep(8) }, { long: new Array(257).fill(0) }, { date: new Date() }, [1], 7]) {
    expect(() => {
      checkBody(encode(body), 0, null);
    }).toThrow(Malformed);
  }
});

test("events that are not known here are another client's to read", () => {
  expect(readEventBody("weather", { rain: true })).toBeNull();
  expect(readEventBody("chat/said", { entity: 7, name: "Ann", text: "hello", time: 12 }).text).toBe("hello");
  expect(() => readEventBody("chat/said", { entity: 0, name: "Ann", text: "hello", time: 12 })).toThrow(Malformed);
});
