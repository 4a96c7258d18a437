/** Every vector of the wire that is packed: quantities, hands, poses, records, frames. */
import { describe, expect, test } from "vitest";
import { BitReader } from "../../src/protocol/bits";
import { ByteReader } from "../../src/protocol/bytes";
import { ObserverView } from "../../src/protocol/frame";
import { SCHEMA_HASH, Tier } from "../../src/protocol/generated/constants";
import { FINGERS, GRIP_IN_WRIST } from "../../src/protocol/generated/tables";
import { JOINT_COUNT, type Side, measureHand, poseHand, poseHandInWrist } from "../../src/protocol/hands";
import { Malformed } from "../../src/protocol/malformed";
import { PoseWriter, readPose, readRotation } from "../../src/protocol/pose";
import {
  packRotation, quantise, quantiseFlexion, quantiseSpread, quantiseUnit, unpackRotation,
} from "../../src/protocol/quantities";
import { RecordState } from "../../src/protocol/record";
import { AvatarState, TrackedPart } from "../../src/protocol/state";
import { type ToldState, bytesOf, fill, hexOf, tell, vectors } from "../support/vectors";

const { scaled, rotations, invalid_rotations } = vectors<{
  scaled: { name: string; quantity: string; value: number; result: number }[];
  rotations: { name: string; quaternion: number[] | null; packed: number[]; hex: string; unpacked: number[] }[];
  invalid_rotations: { name: string; hex: string }[];
}>("quantities");
const QUANTITIES: Record<string, (value: number) => number> = {
  position_mm: (value) => quantise(value, 1000),
  voice: quantiseUnit,
  weight: quantiseUnit,
  flexion: quantiseFlexion,
  spread: quantiseSpread,
};

test("the client is written for this wire", () => {
  expect(vectors<{ hash: string }>("schema").hash).toBe(SCHEMA_HASH);
});

test.each(scaled)("quantity $name", ({ quantity, value, result }) => {
  expect(QUANTITIES[quantity]!(value)).toBe(result);
});

test.each(rotations)("rotation $name", ({ quaternion, packed, hex, unpacked }) => {
  const part = new TrackedPart();
  const reader = new ByteReader();
  reader.open(bytesOf(hex));
  readRotation(reader, part);
  expect([part.largest, ...part.rotation]).toEqual(packed);
  const out = new Float64Array(4);
  unpackRotation(part, out);
  unpacked.forEach((value, n) => {
    expect(out[n]).toBeCloseTo(value, 6);
  });
  if (quaternion === null) return;
  part.clear();
  expect(packRotation(quaternion, part)).toBe(true);
  expect([part.largest, ...part.rotation]).toEqual(packed);
});

test.each(invalid_rotations)("no rotation: $name", ({ hex }) => {
  const reader = new ByteReader();
  reader.open(bytesOf(hex));
  expect(() => {
    readRotation(reader, new TrackedPart());
  }).toThrow(Malformed);
});

describe("hands", () => {
  const told = vectors<{
    grip_in_wrist: number[];
    fingers: { bones: number[] }[];
    hands: { name: string; side: Side; values: string; joints: number[][] }[];
  }>("hands");

  test("the reference hand is the one that was generated", () => {
    expect(FINGERS.map(({ bones }) => bones)).toEqual(told.fingers.map(({ bones }) => bones));
    expect(GRIP_IN_WRIST.map((number) => number.toFixed(6))).toEqual(told.grip_in_wrist.map((number) => number.toFixed(6)));
  });

  test.each(told.hands)("$name stands as told", ({ side, values, joints }) => {
    const [positions, turns] = [new Float64Array(3 * JOINT_COUNT), new Float64Array(4 * JOINT_COUNT)];
    poseHandInWrist(bytesOf(values), side, positions, turns);
    joints.forEach((joint, n) => {
      const got = [...positions.slice(3 * n, 3 * n + 3), ...turns.slice(4 * n, 4 * n + 4)];
      const sign = Math.sign(got[6]! * joint[6]!) || 1;
      joint.forEach((value, at) => {
        expect(Math.abs(got[at]! * (at > 2 ? sign : 1) - value)).toBeLessThan(1e-6);
      });
    });
  });

  test.each(told.hands)("$name is measured as the values a record holds", ({ side, values, joints }) => {
    const shown = bytesOf(values).map((value) => {
      const level = Math.floor((value * 63 + 127) / 255);
      return (level << 2) | (level >> 4);
    });
    const [positions, turns] = [new Float64Array(3 * JOINT_COUNT), new Float64Array(4 * JOINT_COUNT)];
    poseHandInWrist(shown, side, positions, turns);
    const measured = new Uint8Array(20);
    expect(measureHand(turns, side, measured)).toBe(true);
    expect(hexOf(measured)).toBe(hexOf(shown));
    expect(measureHand(joints.flatMap((joint) => joint.slice(3)), side, measured)).toBe(true);
  });

  test.each(["left", "right"] as const)("a %s hand's wrist stands where its grip says", (side) => {
    const values = bytesOf(told.hands[0]!.values);
    const [positions, turns] = [new Float32Array(3 * JOINT_COUNT), new Float32Array(4 * JOINT_COUNT)];
    const mirror = side === "left" ? -1 : 1;
    const grip = told.grip_in_wrist;
    // A grip that stands where the reference has it puts the wrist at the origin.
    poseHand(
      values, side, [mirror * grip[0]!, grip[1]!, grip[2]!], [grip[3]!, mirror * grip[4]!, mirror * grip[5]!, grip[6]!], positions, turns,
    );
    for (const value of positions.slice(3, 6)) expect(Math.abs(value)).toBeLessThan(1e-6);
    expect(Math.abs(turns[7]!)).toBeCloseTo(1, 6);
  });

  test("what is no rotation is no hand", () => {
    expect(measureHand(new Float32Array(4 * JOINT_COUNT), "left", new Uint8Array(20))).toBe(false);
  });
});

describe("poses", () => {
  const { valid, invalid } = vectors<{
    valid: { name: string; hex: string; pose: { sequence: number; sampled_at: number; state: ToldState } }[];
    invalid: { name: string; hex: string }[];
  }>("pose");

  test.each(valid)("$name is laid out and read", ({ hex, pose }) => {
    const state = fill(new AvatarState(), pose.state);
    expect(hexOf(new PoseWriter().write(state, pose.sequence, pose.sampled_at))).toBe(hex);
    const read = readPose(bytesOf(hex));
    expect([read.sequence, read.sampledAt, tell(read.state)]).toEqual([pose.sequence, pose.sampled_at, pose.state]);
  });

  test.each(invalid)("$name is refused", ({ hex }) => {
    expect(() => readPose(bytesOf(hex))).toThrow(Malformed);
  });
});

describe("records", () => {
  const { valid, invalid } = vectors<{
    valid: { name: string; before: string[]; hex: string; after: ToldState; full: string }[];
    invalid: { name: string; before: string[]; hex: string }[];
  }>("record");
  const bits = new BitReader();

  function holding(records: string[]): RecordState {
    const held = new RecordState();
    for (const record of records) expect(held.take(bits, bytesOf(record), 0)).toBe(record.length / 2);
    return held;
  }

  /** All that decides how the next record is read. */
  function all(held: RecordState): unknown {
    return [
      tell(held.state),
      held.tier,
      held.parts.map(({ flag, position, rotation }) =>
        (held.state.flags & flag) === 0 ? null : [[...position.steps], position.spread, [...rotation.steps], rotation.spread],
      ),
      held.values.map(({ spread }) => spread),
    ];
  }

  test.each(valid)("$name", ({ before, hex, after, full }) => {
    const held = holding([...before, hex]);
    expect(tell(held.state)).toEqual(after);
    expect(all(held)).toEqual(all(holding([full])));
  });

  test.each(invalid)("$name is refused", ({ before, hex }) => {
    const held = holding(before);
    expect(() => held.take(bits, bytesOf(hex), 0)).toThrow(Malformed);
  });

  test("there are records of every tier", () => {
    expect(new Set(valid.map(({ full }) => holding([full]).tier))).toEqual(new Set(Object.values(Tier)));
  });
});

describe("frames", () => {
  const { valid, invalid } = vectors<{
    valid: {
      name: string;
      frames: {
        hex: string;
        tick: number;
        time: number;
        left: number[];
        ages: Record<string, number> | null;
        holds: { alias: number; entity: number; facts: string; state: ToldState }[];
      }[];
    }[];
    invalid: { name: string; before: string[]; hex: string }[];
  }>("frame");
  const ascending = (a: number, b: number) => a - b;

  test.each(valid)("$name", ({ frames }) => {
    const view = new ObserverView();
    for (const frame of frames) {
      const changes = view.apply(bytesOf(frame.hex));
      expect([changes.tick, changes.time]).toEqual([frame.tick, frame.time]);
      expect(changes.left.map(({ entity }) => entity).sort(ascending)).toEqual([...frame.left].sort(ascending));
      const ages = Object.fromEntries(changes.updated.map(({ alias, age }) => [String(alias), age]));
      expect(ages).toEqual(frame.ages ?? Object.fromEntries(Object.keys(ages).map((alias) => [alias, null])));
      const holds = [...view.entities]
        .sort((a, b) => a.alias - b.alias)
        .map(({ alias, entity, facts, record }) => ({ alias, entity, facts: hexOf(facts), state: tell(record.state) }));
      expect(holds).toEqual(frame.holds.map(({ alias, entity, facts, state }) => ({ alias, entity, facts, state })));
    }
  });

  test.each(invalid)("$name is refused", ({ before, hex }) => {
    const view = new ObserverView();
    for (const earlier of before) view.apply(bytesOf(earlier));
    expect(() => view.apply(bytesOf(hex))).toThrow(Malformed);
  });
});
