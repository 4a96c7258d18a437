// The state of the peer: avatars of head and both hands, 21 numbers each, as flat fields of one schema.
//
// Flat, because a nested schema costs the encoder a structure of its own for every change: one switch of three bytes an
// avatar is the least this protocol has. Views take whole avatars in and out, so the tag is on the map.
import { schema, t } from "@colyseus/schema";

export const PARTS = 3;
export const AXES = ["x", "y", "z", "qx", "qy", "qz", "qw"];
export const FIELDS = ["head", "left", "right"].flatMap((part) => AXES.map((axis) => `${part}_${axis}`));

export function defineState(fieldType, viewed) {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, t[fieldType]()]));
  const Avatar = schema(fields, "Avatar");
  const avatars = viewed ? t.map(Avatar).view() : t.map(Avatar);
  return { Avatar, State: schema({ avatars }, "State") };
}

// Writes the numbers of a message into an avatar. The loop is unrolled by hand, once: a computed property name would
// take the engine's slow path 21 times a pose.
function readerOf(read, bytes) {
  const lines = FIELDS.map((name, index) => `avatar.${name} = message.${read}(${index * bytes});`);
  return new Function("avatar", "message", lines.join("\n"));
}

export const READERS = {
  float32: readerOf("readFloatLE", 4),
  int16: readerOf("readInt16LE", 2),
};
export const SIZES = { float32: 4 * FIELDS.length, int16: 2 * FIELDS.length };
