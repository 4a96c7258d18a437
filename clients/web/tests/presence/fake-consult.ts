/** A consulting room without a server: it decides at once about things, and keeps what it was sent. */
import type { LocalPose, Outcome, PersonView, Place, RoomDescription, RosterEntry, Side, ThingView } from "../../src/world/model";
import { type Changeable, FakeRoom, handAt, partAt } from "../support/fake-room";

export type FakeThing = Changeable<ThingView>;

export function describeRoom(change: Partial<RoomDescription> = {}): RoomDescription {
  return {
    id: "consult-1",
    name: "Consultation 1",
    type: "consult",
    scene: "v1/scenes/consult.gltf",
    tickHz: 60,
    bounds: [[-3, 0, -2.5], [3, 4, 2.5]],
    zones: [],
    portals: [],
    features: ["presence", "chat", "props", "access"],
    ...change,
  };
}

export function makeThing(entity: number, name: string, position: readonly [number, number, number], model = ""): FakeThing {
  return {
    entity,
    kind: "prop",
    name,
    model,
    grabbable: true,
    holder: 0,
    hand: null,
    offered: false,
    shown: true,
    position: new Float32Array(position),
    rotation: new Float32Array([0, 0, 0, 1]),
  };
}

export function makePerson(entity: number, name: string, x: number, z: number): PersonView {
  const hand = (): PersonView["left"] => handAt([x, 0, z]);
  return {
    entity, name, role: "patient", look: "", head: partAt([x, 1.6, z]), left: hand(), right: hand(),
    voice: 0, speaking: false, signing: false, seated: false, face: null,
  };
}

export class FakeConsult extends FakeRoom {
  override readonly self: RosterEntry = { entity: 1, name: "Ann", role: "clinician" };
  override readonly spawn = { position: [0, 1.6, 1.5] as const, yaw: 0 };
  override readonly roster = new Map<number, RosterEntry>([[2, { entity: 2, name: "Bo", role: "patient" }]]);
  /** Copies of what was sent: the sender writes its pose anew each frame. */
  readonly sent: LocalPose[] = [];
  readonly calls: { name: string; thing: number; place: Place | null; hand: Side | null }[] = [];

  constructor(override readonly description: RoomDescription = describeRoom()) {
    super();
  }

  override sendPose(pose: LocalPose): void {
    this.sent.push(structuredClone(pose));
    if (this.sent.length > 500) this.sent.shift();
  }

  override grab(thing: number, hand: Side, grip: Place): Promise<Outcome> {
    return this.called("grab", thing, grip, hand, (held) => {
      held.holder = this.self.entity;
      held.hand = hand;
    });
  }

  override put(thing: number, place: Place): Promise<Outcome> {
    return this.called("put", thing, place, null, (held) => {
      held.holder = 0;
      held.hand = null;
      held.offered = false;
      held.position.set(place.position);
      held.rotation.set(place.rotation);
    });
  }

  override offer(thing: number, offered: boolean): Promise<Outcome> {
    return this.called("offer", thing, null, null, (held) => { held.offered = offered; });
  }

  override move(thing: number, place: Place): Promise<Outcome> {
    return this.called("move", thing, place, null, (moved) => {
      moved.position.set(place.position);
      moved.rotation.set(place.rotation);
    });
  }

  override leave(): void {
    this.status = { state: "ended", reason: "", code: "", resumed: false };
  }

  private called(name: string, thing: number, place: Place | null, hand: Side | null, change: (thing: FakeThing) => void): Promise<Outcome> {
    this.calls.push(structuredClone({ name, thing, place, hand }));
    const view = this.things.get(thing);
    if (this.answer.ok && view !== undefined) {
      change(view);
      this.happen("held", view);
    }
    return Promise.resolve(this.answer);
  }
}
