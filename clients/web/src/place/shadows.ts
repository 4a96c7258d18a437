/** Soft dark spots under people and things, which tie them to the floor. One draw call for all of them. */
import * as THREE from "three";

const MOST = 256;
/** Above floors and rugs, too little to be seen from the side. */
const LIFT = 0.016;

export class ContactShadows {
  readonly mesh: THREE.InstancedMesh;
  private readonly matrix = new THREE.Matrix4();
  private readonly strengths: THREE.InstancedBufferAttribute;
  private count = 0;

  constructor() {
    const geometry = new THREE.PlaneGeometry(2, 2).rotateX(-Math.PI / 2);
    this.strengths = new THREE.InstancedBufferAttribute(new Float32Array(MOST), 1);
    this.strengths.setUsage(THREE.DynamicDrawUsage);
    geometry.setAttribute("strength", this.strengths);
    this.mesh = new THREE.InstancedMesh(geometry, shadowMaterial(), MOST);
    this.mesh.instanceMatrix.setUsage(THREE.DynamicDrawUsage);
    this.mesh.name = "contact-shadows";
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 1;
    this.mesh.count = 0;
  }

  begin(): void {
    this.count = 0;
  }

  /** `height` above the floor, which makes it wide and faint. */
  add(x: number, floor: number, z: number, radius: number, height: number): void {
    if (this.count >= MOST || height > 1.2) return;
    const wide = radius * (1 + 0.6 * Math.max(0, height));
    this.matrix.makeScale(wide, 1, wide);
    this.matrix.setPosition(x, floor + LIFT, z);
    this.mesh.setMatrixAt(this.count, this.matrix);
    this.strengths.array[this.count] = 0.42 * (1 - Math.max(0, height) / 1.2);
    this.count += 1;
  }

  end(): void {
    this.mesh.count = this.count;
    this.mesh.instanceMatrix.needsUpdate = true;
    this.strengths.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    (this.mesh.material as THREE.Material).dispose();
    this.mesh.dispose();
  }
}

function shadowMaterial(): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    transparent: true,
    depthWrite: false,
    polygonOffset: true,
    polygonOffsetFactor: -2,
    polygonOffsetUnits: -2,
    vertexShader: `
      attribute float strength;
      varying vec2 at;
      varying float dark;
      void main() {
        at = position.xz;
        dark = strength;
        gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4(position, 1.0);
      }`,
    fragmentShader: `
      varying vec2 at;
      varying float dark;
      void main() {
        float fall = max(0.0, 1.0 - length(at));
        gl_FragColor = vec4(0.10, 0.09, 0.09, dark * fall * fall * (3.0 - 2.0 * fall));
      }`,
  });
}
