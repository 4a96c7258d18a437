/** What a headset tells in a frame, as plain numbers in its own tracked space. */
import * as THREE from "three";
import type { Side } from "../world/model";
import { gripFromJoints, jointsFromMatrices, pinches, pinchGap, WEBXR_JOINTS } from "./joints";
import { deadZone } from "./locomotion";
import { JOINTS, makePose, writePose, type MutablePose } from "./pose";

export interface HandInput {
  /** The grip, of a controller or a bare hand. */
  tracked: boolean;
  readonly grip: MutablePose;
  rayTracked: boolean;
  readonly ray: MutablePose;
  /** Of a bare hand: rotations of 26 joints. */
  fingersTracked: boolean;
  readonly joints: Float32Array;
  readonly jointPlaces: Float32Array;
  pinching: boolean;
  stickX: number;
  stickY: number;
  trigger: boolean;
  squeeze: boolean;
  /** A or X, B or Y. */
  primary: boolean;
  secondary: boolean;
  pulse: ((strength: number, milliseconds: number) => void) | null;
}

export interface HeadsetInput {
  headTracked: boolean;
  readonly head: MutablePose;
  readonly left: HandInput;
  readonly right: HandInput;
}

export function makeHeadsetInput(): HeadsetInput {
  return { headTracked: false, head: makePose(), left: makeHandInput(), right: makeHandInput() };
}

function makeHandInput(): HandInput {
  return {
    tracked: false,
    grip: makePose(),
    rayTracked: false,
    ray: makePose(),
    fingersTracked: false,
    joints: new Float32Array(4 * JOINTS),
    jointPlaces: new Float32Array(3 * JOINTS),
    pinching: false,
    stickX: 0,
    stickY: 0,
    trigger: false,
    squeeze: false,
    primary: false,
    secondary: false,
    pulse: null,
  };
}

const matrices = new Float32Array(16 * (JOINTS - 1));
const spaces: XRJointSpace[] = [];
const matrix = new THREE.Matrix4();
const position = new THREE.Vector3();
const rotation = new THREE.Quaternion();
const scale = new THREE.Vector3();

/** Write what the headset tells in this frame. */
export function readHeadset(frame: XRFrame, space: XRReferenceSpace, sources: Iterable<XRInputSource>, out: HeadsetInput): void {
  const viewer = frame.getViewerPose(space);
  out.headTracked = viewer !== undefined && poseFrom(viewer.transform, out.head);
  release(out.left);
  release(out.right);
  for (const source of sources) {
    if (source.handedness === "none") continue;
    const hand = out[source.handedness];
    if (source.targetRayMode === "tracked-pointer") readSource(frame, space, source, source.handedness, hand);
  }
  if (!out.left.tracked) out.left.pinching = false;
  if (!out.right.tracked) out.right.pinching = false;
}

function readSource(frame: XRFrame, space: XRReferenceSpace, source: XRInputSource, side: Side, out: HandInput): void {
  const ray = frame.getPose(source.targetRaySpace, space);
  out.rayTracked = ray !== undefined && poseFrom(ray.transform, out.ray);
  if (source.hand) {
    readFingers(frame, space, source.hand, side, out);
    return;
  }
  const grip = source.gripSpace ? frame.getPose(source.gripSpace, space) : undefined;
  out.tracked = grip !== undefined && isSeen(source, grip) && poseFrom(grip.transform, out.grip);
  if (source.gamepad) readGamepad(source.gamepad, out);
}

/** Controllers whose place was once measured. */
const measured = new WeakSet<XRInputSource>();

/**
 * A runtime that guesses where a controller is says `emulatedPosition`: always for one that it can only see turn, which is
 * all there is to show, and for others while they lie out of the cameras' sight, when no hand is in them.
 */
function isSeen(source: XRInputSource, grip: XRPose): boolean {
  if (!grip.emulatedPosition) measured.add(source);
  return !grip.emulatedPosition || !measured.has(source);
}

function readFingers(frame: XRFrame, space: XRReferenceSpace, hand: XRHand, side: Side, out: HandInput): void {
  spaces.length = 0;
  for (const name of WEBXR_JOINTS) {
    const joint = hand.get(name);
    if (joint === undefined) return;
    spaces.push(joint);
  }
  // Where any joint is unknown, nothing of the hand is told: half a hand looks worse than none.
  if (!fillMatrices(frame, space)) return;
  if (!jointsFromMatrices(matrices, out.joints, out.jointPlaces)) return;
  gripFromJoints(side, out.joints, out.jointPlaces, out.grip);
  out.tracked = true;
  out.fingersTracked = true;
  out.pinching = pinches(out.pinching, pinchGap(out.jointPlaces));
}

/** All at once where the browser can, which makes no garbage, else joint by joint. */
function fillMatrices(frame: XRFrame, space: XRReferenceSpace): boolean {
  const filling = frame as XRFrame & Filling;
  if (filling.fillPoses) return filling.fillPoses(spaces, space, matrices);
  for (let i = 0; i < spaces.length; i++) {
    const pose = frame.getJointPose?.(spaces[i]!, space);
    if (!pose) return false;
    matrices.set(pose.transform.matrix, 16 * i);
  }
  return true;
}

/** Of WebXR Hand Input; not yet in the types. */
interface Filling {
  fillPoses?: (spaces: readonly XRSpace[], base: XRSpace, transforms: Float32Array) => boolean;
}

/** The layout `xr-standard`: trigger, squeeze, touchpad, thumbstick, then the buttons of the face. */
function readGamepad(gamepad: Gamepad, out: HandInput): void {
  const { axes, buttons } = gamepad;
  out.stickX = deadZone(axes[2] ?? axes[0] ?? 0);
  out.stickY = deadZone(axes[3] ?? axes[1] ?? 0);
  out.trigger = (buttons[0]?.value ?? 0) > 0.6;
  out.squeeze = (buttons[1]?.value ?? 0) > 0.6;
  out.primary = buttons[4]?.pressed ?? false;
  out.secondary = buttons[5]?.pressed ?? false;
  out.pulse = pulseOf(gamepad);
}

interface Actuator {
  pulse?: (strength: number, milliseconds: number) => Promise<unknown>;
}

/** `pulse` is in the browsers of headsets and not yet in the DOM's types. */
function pulseOf(gamepad: Gamepad): HandInput["pulse"] {
  const known = pulses.get(gamepad);
  if (known !== undefined) return known;
  const actuators = (gamepad as unknown as { hapticActuators?: readonly Actuator[] }).hapticActuators;
  const actuator = actuators?.[0];
  const pulse = actuator?.pulse
    ? (strength: number, milliseconds: number): void => {
        void actuator.pulse?.(strength, milliseconds);
      }
    : null;
  pulses.set(gamepad, pulse);
  return pulse;
}

const pulses = new WeakMap<Gamepad, HandInput["pulse"]>();

function release(hand: HandInput): void {
  hand.tracked = hand.rayTracked = hand.fingersTracked = false;
  hand.stickX = hand.stickY = 0;
  hand.trigger = hand.squeeze = hand.primary = hand.secondary = false;
  hand.pulse = null;
}

function poseFrom(transform: XRRigidTransform, out: MutablePose): boolean {
  matrix.fromArray(transform.matrix).decompose(position, rotation, scale);
  writePose(out, position, rotation);
  return out.position.every(Number.isFinite) && out.rotation.every(Number.isFinite);
}
