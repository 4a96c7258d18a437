// A scene's plan: the boxes of a glTF file as footprints seen from above.

/** Reads a scene made of unit cubes; returns footprints from the lowest to the highest. */
export async function readScene(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`no scene at ${address}`);
  return footprintsOf(await answer.json());
}

/** Footprints {name, piece, x, z, width, depth, yaw, bottom, top, colour, opacity} of a glTF document. */
export function footprintsOf(gltf) {
  const footprints = [];
  const visit = (index, parent, piece) => {
    const node = gltf.nodes[index];
    const place = placed(node, parent);
    if (node.mesh !== undefined) footprints.push(footprint(gltf, node, place, piece ?? node.name));
    for (const child of node.children ?? []) visit(child, place, piece ?? node.name);
  };
  for (const root of gltf.scenes[gltf.scene ?? 0].nodes) visit(root, { x: 0, y: 0, z: 0, yaw: 0 }, undefined);
  return footprints.sort((a, b) => a.top - b.top);
}

function placed(node, parent) {
  const [x, y, z] = node.translation ?? [0, 0, 0];
  const [, qy, , qw] = node.rotation ?? [0, 0, 0, 1];
  const [sin, cos] = [Math.sin(parent.yaw), Math.cos(parent.yaw)];
  return {
    x: parent.x + x * cos + z * sin, y: parent.y + y, z: parent.z + z * cos - x * sin,
    yaw: parent.yaw + 2 * Math.atan2(qy, qw),
  };
}

function footprint(gltf, node, place, piece) {
  const [width, height, depth] = node.scale ?? [1, 1, 1];
  const { material } = gltf.meshes[node.mesh].primitives[0];
  const [r, g, b, opacity] = gltf.materials[material].pbrMetallicRoughness.baseColorFactor;
  return {
    name: node.name, piece, x: place.x, z: place.z, width, depth, yaw: place.yaw,
    bottom: place.y - height / 2, top: place.y + height / 2, colour: [r, g, b].map(encoded), opacity,
  };
}

/** glTF's colours are linear, a canvas's are sRGB: 0 to 255. */
function encoded(linear) {
  return Math.round(255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055));
}
