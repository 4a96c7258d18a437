/** A headset as its frames tell it: a head at standing height, and one controller in the right hand. */
import * as THREE from "three";
import { INDEX_TIP, THUMB_TIP, WEBXR_JOINTS } from "../../src/presence/joints";

export class FakeHeadset {
  readonly head = new THREE.Vector3(0, 1.6, 0);
  readonly hand = new THREE.Vector3(0.2, 1, -0.4);
  readonly axes = [0, 0, 0, 0];
  readonly buttons = Array.from({ length: 6 }, () => ({ value: 0, pressed: false }));
  readonly space = {} as unknown as XRReferenceSpace;
  readonly sources: readonly XRInputSource[];
  readonly frame: XRFrame;

  constructor() {
    const grip = { of: this.hand };
    this.sources = [{
      handedness: "right", targetRayMode: "tracked-pointer", targetRaySpace: grip, gripSpace: grip,
      gamepad: { axes: this.axes, buttons: this.buttons },
    } as unknown as XRInputSource];
    const at = (point: THREE.Vector3): object => ({ transform: { matrix: new THREE.Matrix4().setPosition(point).toArray() }, emulatedPosition: false });
    this.frame = {
      getViewerPose: () => at(this.head),
      getPose: ({ of }: { of: THREE.Vector3 }) => at(of),
    } as unknown as XRFrame;
  }

  squeeze(value: number): void {
    this.buttons[1]!.value = value;
  }
}

/** Bare hands under a head that looks straight ahead: a right one that can pinch, a left one whose palm can be looked at. */
export class FakeHands {
  pinching = false;
  readonly sources: readonly XRInputSource[] = (["left", "right"] as const).map((handedness) => ({
    handedness, targetRayMode: "tracked-pointer", targetRaySpace: {},
    hand: new Map(WEBXR_JOINTS.map((name, n) => [name, { handedness, n }])),
  }) as unknown as XRInputSource);
  readonly frame: XRFrame;
  private looked = false;

  constructor() {
    this.frame = {
      getViewerPose: () => ({ transform: { matrix: new THREE.Matrix4().setPosition(0, 1.6, 0).toArray() } }),
      getPose: () => undefined,
      fillPoses: (joints: readonly { handedness: string; n: number }[], _: unknown, out: Float32Array) => {
        joints.forEach(({ handedness, n }) => { this.joint(handedness, n).toArray(out, 16 * n); });
        return true;
      },
    } as unknown as XRFrame;
  }

  /** Hold the left palm before the eyes. */
  look(): void {
    this.looked = true;
  }

  private joint(handedness: string, n: number): THREE.Matrix4 {
    if (handedness === "right") {
      // The numbers of the tips count the palm, which WebXR does not have.
      const apart = n === INDEX_TIP - 1 && !this.pinching ? 0.1 : 0;
      return new THREE.Matrix4().setPosition(0.2 + apart, 1, n === THUMB_TIP - 1 || n === INDEX_TIP - 1 ? -0.4 : -0.3);
    }
    const apart = n === INDEX_TIP - 1 ? 0.1 : 0;
    if (!this.looked) return new THREE.Matrix4().setPosition(-0.2 + apart, 1, -0.3);
    const turn = new THREE.Quaternion().setFromUnitVectors(new THREE.Vector3(0, -1, 0), new THREE.Vector3(0, 0.1, 0.35).normalize());
    return new THREE.Matrix4().makeRotationFromQuaternion(turn).setPosition(apart, 1.5, -0.35);
  }
}
