/** The arc of a teleport, drawn: a bow and a ring where one may stand, a bow and a cross where not. */
import * as THREE from "three";
import { ARC_POINTS, type TeleportArc } from "./arc";

const GOOD = 0x1fb5a6;
const BAD = 0xd0553f;

export class ArcView {
  readonly root = new THREE.Group();
  private readonly bow: THREE.Mesh<THREE.BufferGeometry, THREE.MeshBasicMaterial>;
  private readonly ring: THREE.Mesh<THREE.BufferGeometry, THREE.MeshBasicMaterial>;
  private readonly cross = new THREE.Group();
  private readonly positions: THREE.BufferAttribute;

  constructor() {
    this.root.name = "teleport";
    this.root.visible = false;
    const geometry = new THREE.BufferGeometry();
    this.positions = new THREE.BufferAttribute(new Float32Array(ARC_POINTS * 2 * 3), 3).setUsage(THREE.DynamicDrawUsage);
    geometry.setAttribute("position", this.positions);
    geometry.setIndex(ribbonIndices());
    const material = new THREE.MeshBasicMaterial({
      color: GOOD, side: THREE.DoubleSide, transparent: true, opacity: 0.85, toneMapped: false,
    });
    this.bow = new THREE.Mesh(geometry, material);
    this.bow.frustumCulled = false;
    this.ring = new THREE.Mesh(new THREE.RingGeometry(0.22, 0.28, 40).rotateX(-Math.PI / 2), material);
    for (const turn of [Math.PI / 4, -Math.PI / 4]) {
      const stroke = new THREE.Mesh(new THREE.PlaneGeometry(0.44, 0.06).rotateX(-Math.PI / 2), material);
      stroke.rotation.y = turn;
      this.cross.add(stroke);
    }
    this.root.add(this.bow, this.ring, this.cross);
  }

  hide(): void {
    this.root.visible = false;
  }

  show(arc: TeleportArc): void {
    this.root.visible = arc.count > 0;
    this.ring.visible = arc.valid;
    this.cross.visible = !arc.valid;
    this.bow.material.color.setHex(arc.valid ? GOOD : BAD);
    this.ring.position.set(arc.target[0], arc.target[1] + 0.025, arc.target[2]);
    this.cross.position.copy(this.ring.position);
    this.drawRibbon(arc);
  }

  dispose(): void {
    this.root.removeFromParent();
    this.bow.material.dispose();
    this.root.traverse((node) => { if (node instanceof THREE.Mesh) (node as THREE.Mesh).geometry.dispose(); });
  }

  /** Lines are one pixel thin in most browsers: a ribbon that lies flat is seen from above, where the eyes are. */
  private drawRibbon(arc: TeleportArc): void {
    const { points } = arc;
    const end = 3 * (ARC_POINTS - 1);
    const dx = points[end]! - points[0]!;
    const dz = points[end + 2]! - points[2]!;
    const length = Math.hypot(dx, dz) || 1;
    for (let i = 0; i < ARC_POINTS; i++) {
      const half = 0.012;
      const x = (-dz / length) * half;
      const z = (dx / length) * half;
      this.positions.setXYZ(2 * i, points[3 * i]! - x, points[3 * i + 1]!, points[3 * i + 2]! - z);
      this.positions.setXYZ(2 * i + 1, points[3 * i]! + x, points[3 * i + 1]!, points[3 * i + 2]! + z);
    }
    this.positions.needsUpdate = true;
  }
}

function ribbonIndices(): number[] {
  const indices: number[] = [];
  for (let i = 0; i < ARC_POINTS - 1; i++) {
    const a = 2 * i;
    indices.push(a, a + 1, a + 2, a + 1, a + 3, a + 2);
  }
  return indices;
}
