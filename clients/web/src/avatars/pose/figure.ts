import * as THREE from "three";

import { Bone, CHEST, EYE, EYE_HEIGHT, HIPS, NECK, SHOULDER, SKULL, SPINE } from "../body/bones";
import type { Point } from "../clay/field";
import { clamp, mix } from "../clay/field";
import type { PersonView } from "../../world/model";
import { hash } from "../look";
import type { PoseRows } from "../rows";
import { ArmPose } from "./arms";
import { Face, poseFace } from "./face";
import { Legs, type Stance } from "./legs";
import { yawOf } from "../../world/yaw";
import { LEFT_RIGHT, turnBetween } from "./limb";
import type { Moment } from "./moment";

const SEATED_EYE_HEIGHT = 1.2;
const UP = new THREE.Vector3(0, 1, 0), RIGHT = new THREE.Vector3(1, 0, 0), AHEAD = new THREE.Vector3(0, 0, -1);
const offset = (from: Point, to: Point): THREE.Vector3 => new THREE.Vector3(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
const TO_SKULL = offset([0, EYE[1], EYE[2]], SKULL), TO_NECK = offset(SKULL, NECK), TO_CHEST = offset(NECK, CHEST);
const TO_SPINE = offset(CHEST, SPINE), TO_HIPS = offset(SPINE, HIPS), TO_SHOULDER = offset(NECK, SHOULDER);

const eyes = new THREE.Vector3(), head = new THREE.Quaternion(), skull = new THREE.Vector3(), neck = new THREE.Vector3(), chest = new THREE.Vector3();
const spine = new THREE.Vector3(), forward = new THREE.Vector3(), toHand = new THREE.Vector3();
const neckTurn = new THREE.Quaternion(), chestTurn = new THREE.Quaternion(), spineTurn = new THREE.Quaternion();
const stance: Stance = { hips: new THREE.Vector3(), turn: new THREE.Quaternion(), yaw: 0, scale: 1, seated: false };
const size = new THREE.Vector3(), breathing = new THREE.Vector3();
const yawTurn = new THREE.Quaternion(), extra = new THREE.Quaternion();
const shoulder = { at: new THREE.Vector3(), turn: chestTurn, restWrist: new THREE.Vector3(), restTurn: new THREE.Quaternion(), scale: 1 };
// A hanging hand: fingers down, the palm to the thigh, the thumb ahead.
const HANGING = {
  right: new THREE.Quaternion().setFromRotationMatrix(new THREE.Matrix4().makeBasis(new THREE.Vector3(0, 0, 1), new THREE.Vector3(1, 0, 0), new THREE.Vector3(0, 1, 0))),
  left: new THREE.Quaternion().setFromRotationMatrix(new THREE.Matrix4().makeBasis(new THREE.Vector3(0, 0, -1), new THREE.Vector3(-1, 0, 0), new THREE.Vector3(0, 1, 0))),
};

/** The next joint down a trunk whose part is turned so. */
function hang(from: THREE.Vector3, by: THREE.Vector3, turn: THREE.Quaternion, to: THREE.Vector3): void {
  to.copy(by).multiply(size).applyQuaternion(turn).add(from);
}

/** How a person's head and hands make a whole body: the parts that nobody tracks are made up so that they go with those. */
export class Figure {
  readonly face: Face;
  readonly left = new ArmPose(true);
  readonly right = new ArmPose(false);
  /** Between the eyes and above the head, for tags; on the floor, for shadows. */
  readonly eyes = new THREE.Vector3();
  readonly crown = new THREE.Vector3();
  readonly ground = new THREE.Vector3();
  scale = 1;
  /** How far its shadow reaches, m. */
  spread = 1;
  /** It does not sway or breathe. */
  still = false;
  private readonly legs = new Legs();
  private readonly phase: number;
  /** Seconds of the waves of breathing and swaying. */
  private wave = NaN;
  private yaw = NaN;
  /** Of the head. */
  private heading = NaN;
  private sitting = 0;
  private standing = EYE_HEIGHT;

  constructor(person: PersonView) {
    const seed = hash(person.entity, person.name);
    this.face = new Face(seed);
    this.phase = (seed % 1000) / 159;
    this.sitting = person.seated ? 1 : 0;
  }

  /** Write the person's bones for now. */
  pose(rows: PoseRows, row: number, person: PersonView, moment: Moment, attention: THREE.Vector3 | null): void {
    this.wave = this.still ? 0 : moment.seconds + this.phase;
    this.readHead(person);
    this.measure(person, moment);
    this.turnBody(person, moment);
    this.turnTrunk(person, moment);
    this.poseTrunk(rows, row);
    stance.yaw = this.yaw;
    stance.scale = this.scale;
    stance.seated = person.seated;
    this.legs.pose(rows, row, stance, moment);
    this.poseArms(rows, row, person, moment);
    this.face.read(person, moment, eyes, head, attention);
    poseFace(rows, row, this.face, skull, head, size);
    rows.setFades(row, this.left.seen, this.right.seen, person.head.presence);
    this.settle(person, moment);
  }

  /** What goes by where the figure is: its tag, its shadow, where others look. */
  private settle(person: PersonView, { floor }: Moment): void {
    this.eyes.copy(eyes);
    this.crown.copy(UP).multiply(size).multiplyScalar(0.2).add(eyes);
    this.ground.copy(stance.hips).y = floor;
    this.spread = (person.seated ? 1.1 : 0.85) * this.scale;
  }

  private readHead(person: PersonView): void {
    eyes.fromArray(person.head.position);
    head.fromArray(person.head.rotation);
    if (person.left.presence > 0 || person.right.presence > 0) return;
    // A head on a screen's camera is stiller than any living one.
    const t = this.wave;
    eyes.x += 0.0035 * Math.sin(t * 0.71);
    eyes.y += 0.0022 * Math.sin(t * 1.55);
    head.multiply(extra.setFromAxisAngle(AHEAD, 0.012 * Math.sin(t * 0.53))).multiply(extra.setFromAxisAngle(RIGHT, 0.01 * Math.sin(t * 0.77)));
  }

  /** How large somebody is follows from how high their eyes are when they stand up straight. */
  private measure(person: PersonView, { passed, floor }: Moment): void {
    const height = eyes.y - floor;
    this.sitting = mix(this.sitting, person.seated ? 1 : 0, 1 - Math.exp(-passed * 5));
    if (!person.seated) {
      const first = Number.isNaN(this.yaw) && height > 1.25;
      const share = first ? 1 : height > this.standing ? 1 - Math.exp(-passed * 1.5) : height > this.standing * 0.94 ? 1 - Math.exp(-passed * 0.2) : 0;
      this.standing = mix(this.standing, clamp(height, 1.0, 1.95), share);
    } else if (Number.isNaN(this.yaw)) this.standing = EYE_HEIGHT * clamp(height / SEATED_EYE_HEIGHT, 0.9, 1.08);
    this.scale = this.standing / EYE_HEIGHT;
    size.setScalar(this.scale);
  }

  /** The body follows the head when it has turned far enough, and both hands. */
  private turnBody(person: PersonView, { passed }: Moment): void {
    this.heading = yawOf(head);
    let wish = this.heading;
    if (Number.isNaN(this.yaw)) this.yaw = wish;
    if (person.left.presence > 0 && person.right.presence > 0) {
      toHand.set(
        (person.left.position[0]! + person.right.position[0]!) / 2 - eyes.x, 0, (person.left.position[2]! + person.right.position[2]!) / 2 - eyes.z,
      );
      if (toHand.length() > 0.2) wish += clamp(turnBetween(wish, Math.atan2(-toHand.x, -toHand.z)), -0.7, 0.7) * 0.5;
    }
    const off = turnBetween(this.yaw, wish);
    const rate = Math.abs(off) > 0.45 ? 5 : 0.9;
    this.yaw += off * (1 - Math.exp(-passed * rate));
    // No neck turns farther than this.
    const most = turnBetween(this.yaw, this.heading);
    if (Math.abs(most) > 1.25) this.yaw += most - Math.sign(most) * 1.25;
  }

  private turnTrunk(person: PersonView, { floor }: Moment): void {
    forward.copy(AHEAD).applyQuaternion(head);
    const down = Math.asin(clamp(-forward.y, -1, 1));
    const drop = person.seated ? 0 : Math.max(0, 1 - (eyes.y - floor) / (EYE_HEIGHT * this.scale));
    const lean = clamp(down * 0.22, -0.06, 0.3) + clamp(drop * 1.8, 0, 0.75) + this.sitting * -0.04;
    const twist = turnBetween(this.yaw, this.heading) * 0.28;
    yawTurn.setFromAxisAngle(UP, this.yaw + twist);
    chestTurn.copy(yawTurn).multiply(extra.setFromAxisAngle(RIGHT, -lean - 0.02));
    yawTurn.setFromAxisAngle(UP, this.yaw + twist * 0.4);
    spineTurn.copy(yawTurn).multiply(extra.setFromAxisAngle(RIGHT, -lean * 0.75 + 0.03));
    yawTurn.setFromAxisAngle(UP, this.yaw);
    stance.turn.copy(yawTurn).multiply(extra.setFromAxisAngle(RIGHT, -lean * 0.4));
    neckTurn.copy(chestTurn).slerp(head, 0.5);
  }

  private poseTrunk(rows: PoseRows, row: number): void {
    hang(eyes, TO_SKULL, head, skull);
    hang(skull, TO_NECK, neckTurn, neck);
    hang(neck, TO_CHEST, chestTurn, chest);
    hang(chest, TO_SPINE, spineTurn, spine);
    hang(spine, TO_HIPS, stance.turn, stance.hips);
    const s = this.scale, breath = 1 + 0.014 * Math.sin(this.wave * 1.55);
    rows.setBone(row, Bone.head, skull, head, size);
    rows.setBone(row, Bone.neck, neck, neckTurn, size);
    rows.setBone(row, Bone.chest, chest, chestTurn, breathing.set(s * mix(1, breath, 0.5), s, s * breath));
    rows.setBone(row, Bone.spine, spine, spineTurn, size);
    rows.setBone(row, Bone.hips, stance.hips, stance.turn, size);
  }

  private poseArms(rows: PoseRows, row: number, person: PersonView, moment: Moment): void {
    shoulder.scale = this.scale;
    for (const left of LEFT_RIGHT) {
      const side = left ? -1 : 1;
      shoulder.at.set(TO_SHOULDER.x * side, TO_SHOULDER.y + 0.003 * Math.sin(this.wave * 1.55), TO_SHOULDER.z)
        .multiply(size).applyQuaternion(chestTurn).add(neck);
      this.restArm(side);
      (left ? this.left : this.right).pose(rows, row, left ? person.left : person.right, shoulder, moment);
    }
  }

  /** Beside the thigh, or upon it. */
  private restArm(side: number): void {
    const sway = 0.006 * Math.sin(this.wave * 0.8 + side);
    const { restWrist, restTurn } = shoulder;
    restTurn.copy(yawTurn);
    if (this.sitting > 0.5) {
      restWrist.set(side * 0.105, 0.105, -0.27).multiply(size).applyQuaternion(yawTurn).add(stance.hips);
      restTurn.multiply(extra.setFromAxisAngle(UP, side * 0.35)).multiply(extra.setFromAxisAngle(RIGHT, -0.12));
      return;
    }
    restWrist.set(side * 0.075, -0.497, -0.05 + sway).multiply(size).applyQuaternion(yawTurn).add(shoulder.at);
    restTurn.multiply(extra.setFromAxisAngle(RIGHT, 0.14)).multiply(side < 0 ? HANGING.left : HANGING.right);
  }
}
