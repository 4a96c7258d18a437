/** A headset as its frames tell it: a head at standing height, and one controller in the right hand. */
import * as THREE from "three";

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
