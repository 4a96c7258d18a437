import * as THREE from "three";

const FRAGMENT = /* glsl */ `
varying vec2 vAt;
void main() {
  float r = length(vAt - 0.5) * 2.0;
  gl_FragColor = vec4(0.05, 0.07, 0.1, 0.42 * pow(max(0.0, 1.0 - r), 1.6));
}`;
const VERTEX = /* glsl */ `
varying vec2 vAt;
void main() {
  vAt = uv;
  gl_Position = projectionMatrix * viewMatrix * instanceMatrix * vec4(position, 1.0);
}`;

/** Soft spots on the floor that people stand on: one draw call for all. */
export class Shadows {
  readonly mesh: THREE.InstancedMesh;
  private readonly matrix = new THREE.Matrix4();

  constructor(private readonly capacity = 128) {
    const material = new THREE.ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, transparent: true, depthWrite: false });
    this.mesh = new THREE.InstancedMesh(new THREE.PlaneGeometry(1, 1).rotateX(-Math.PI / 2), material, capacity);
    this.mesh.frustumCulled = false;
    this.mesh.count = 0;
  }

  begin(): void {
    this.mesh.count = 0;
  }

  /** @param figure - whose: where they stand, and how far their shadow reaches, m */
  add({ ground, spread }: { readonly ground: THREE.Vector3; readonly spread: number }): void {
    if (this.mesh.count >= this.capacity) return;
    // Above the floor by what a headset's depth buffer tells apart.
    this.matrix.makeScale(spread, 1, spread).setPosition(ground.x, ground.y + 0.006, ground.z);
    this.mesh.setMatrixAt(this.mesh.count++, this.matrix);
  }

  end(): void {
    this.mesh.visible = this.mesh.count > 0;
    this.mesh.instanceMatrix.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    (this.mesh.material as THREE.Material).dispose();
    this.mesh.dispose();
  }
}
