/** msgpack messages and the bodies within them (SPEC 3): bytes to checked values and back. */
import { decode, encode } from "@msgpack/msgpack";
import { checkBody } from "./body";
import type { Kind } from "./generated/constants";
import {
  AVATAR_FACTS, type AvatarFacts, type ClientMessages, EVENT_SCHEMAS, type Events, type FieldSchema, type FreeMap, OBJECT_FACTS,
  type ObjectFacts, RESULT_SCHEMAS, type Results, SERVER_SCHEMAS, type ServerMessages, type StructSchema, type TypeSchema,
} from "./generated/messages";
import { Malformed } from "./malformed";

export type Facts = AvatarFacts | ObjectFacts;

/** A message of a server, by its kind. */
export type ServerMessage = { [K in keyof ServerMessages]: { readonly kind: K; readonly body: ServerMessages[K] } }[keyof ServerMessages];

/** Lay a client's message out: kind byte, then the map. */
export function encodeMessage<K extends keyof ClientMessages>(kind: K, body: ClientMessages[K]): Uint8Array<ArrayBuffer> {
  const packed = encode(body);
  const message = new Uint8Array(packed.length + 1);
  message[0] = kind;
  message.set(packed, 1);
  return message;
}

/** Read a msgpack message of a server; a snapshot is an unknown kind here. */
export function readServerMessage(message: Uint8Array): ServerMessage {
  return readMessage(message, SERVER_SCHEMAS) as unknown as ServerMessage;
}

/** Read a message of one of these kinds. */
export function readMessage(
  message: Uint8Array, schemas: Readonly<Partial<Record<number, StructSchema>>>,
): { readonly kind: Kind; readonly body: FreeMap } {
  const kind = message[0];
  const schema = kind === undefined ? undefined : schemas[kind];
  if (kind === undefined || schema === undefined) throw new Malformed("unknown kind");
  return { kind: kind as Kind, body: readMap(message, 1, schema) };
}

/** The body of an event that is known here; null for one that is not, which another client may know. */
export function readEventBody<K extends keyof Events>(name: K, body: FreeMap): Events[K];
export function readEventBody(name: string, body: FreeMap): unknown;
export function readEventBody(name: string, body: FreeMap): unknown {
  const schema = EVENT_SCHEMAS[name];
  return schema === undefined ? null : convert(schema, body);
}

/** The body of a result, by the operation that it answers. Throws `Malformed` where it is not as declared. */
export function readResultBody<K extends keyof Results>(name: K, body: FreeMap): Results[K];
export function readResultBody(name: keyof Results, body: FreeMap): unknown {
  return convert(RESULT_SCHEMAS[name]!, body);
}

/** Read the facts of an entity that came into sight. */
export function readFacts(bytes: Uint8Array): Facts {
  checkBody(bytes, 0, null);
  const tree = decodeTree(bytes);
  const schema = tree.kind === "avatar" ? AVATAR_FACTS : OBJECT_FACTS;
  return readMap(bytes, 0, schema) as unknown as Facts;
}

function readMap(bytes: Uint8Array, offset: number, schema: StructSchema): FreeMap {
  checkBody(bytes, offset, schema);
  return convert(schema, decodeTree(bytes.subarray(offset)));
}

function decodeTree(bytes: Uint8Array): FreeMap {
  try {
    return decode(bytes) as FreeMap;
  } catch (error) {
    // The key `__proto__`, which the library refuses.
    throw new Malformed(String(error));
  }
}

/** Check a map whose values are of the declared kinds for everything else, and put in what is left out. */
export function convert(schema: StructSchema, tree: FreeMap): FreeMap {
  const known = new Set<string>();
  const built: Record<string, unknown> = {};
  for (const field of schema.fields) {
    known.add(field.key);
    built[field.key] = convertField(schema, field, tree);
  }
  for (const key of Object.keys(tree)) if (!known.has(key)) throw new Malformed(`${schema.name} has no key ${key}`);
  return built;
}

function convertField(schema: StructSchema, field: FieldSchema, tree: FreeMap): unknown {
  if (Object.hasOwn(tree, field.key)) return convertValue(field.type, tree[field.key], field.key);
  if (field.required) throw new Malformed(`${schema.name} lacks the key ${field.key}`);
  return field.fallback;
}

function convertValue(type: TypeSchema, value: unknown, key: string): unknown {
  switch (type.is) {
    case "int":
      if (!Number.isInteger(value) || (value as number) < type.least || (value as number) > type.most) break;
      return value;
    case "float":
      if (typeof value !== "number") break;
      return value;
    case "text":
      if (typeof value !== "string" || (type.most !== null && characters(value, type.most) > type.most)) break;
      return value;
    case "choice":
      if (typeof value !== "string" || !type.words.includes(value)) break;
      return value;
    case "binary":
      if (!(value instanceof Uint8Array) || value.length !== type.length) break;
      // A copy: what was decoded may be a view of the whole message.
      return value.slice();
    case "bool":
      if (typeof value !== "boolean") break;
      return value;
    case "map":
      if (!isMap(value)) break;
      return value;
    case "struct":
      if (!isMap(value)) break;
      return convert(type.struct, value);
    case "array":
      if (!Array.isArray(value) || (type.length !== null && value.length !== type.length)) break;
      return value.map((item) => convertValue(type.item, item, key));
  }
  throw new Malformed(`${key} is not as declared`);
}

/** Code points, counted up to one more than is allowed. */
function characters(text: string, most: number): number {
  // Code units are never fewer than code points.
  return text.length <= most ? text.length : Array.from(text).length;
}

function isMap(value: unknown): value is FreeMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
