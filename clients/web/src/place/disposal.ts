/** What the graphics card holds of a part of the scene is given back: it is not collected with the objects. */
import * as THREE from "three";

/** Dispose the geometries, materials and textures of everything under a node, lines and points too. */
export function disposeTree(root: THREE.Object3D): void {
  root.traverse((node) => {
    const { geometry, material } = node as Partial<THREE.Mesh>;
    geometry?.dispose();
    if (material !== undefined) for (const each of Array.isArray(material) ? material : [material]) disposeMaterial(each);
  });
}

function disposeMaterial(material: THREE.Material): void {
  for (const value of Object.values(material)) if (value instanceof THREE.Texture) value.dispose();
  material.dispose();
}
