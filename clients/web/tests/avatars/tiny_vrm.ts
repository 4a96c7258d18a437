type Place = readonly [string, string | null, readonly [number, number, number]];

/** The bones that VRM 1.0 requires, and some fingers: name, above, and place in it. A T, looking along +Z; its left is +X. */
const BONES: readonly Place[] = [
  ["hips", null, [0, 0.9, 0]], ["spine", "hips", [0, 0.12, 0]], ["chest", "spine", [0, 0.16, 0]], ["neck", "chest", [0, 0.22, 0]], ["head", "neck", [0, 0.1, 0]],
  ...(["left", "right"] as const).flatMap((side): Place[] => {
    const x = side === "left" ? 1 : -1;
    return [
      [`${side}UpperArm`, "chest", [0.17 * x, 0.17, 0]], [`${side}LowerArm`, `${side}UpperArm`, [0.24 * x, 0, 0]], [`${side}Hand`, `${side}LowerArm`, [0.22 * x, 0, 0]],
      [`${side}IndexProximal`, `${side}Hand`, [0.08 * x, 0, 0.02]],
      [`${side}UpperLeg`, "hips", [0.09 * x, -0.03, 0]], [`${side}LowerLeg`, `${side}UpperLeg`, [0, -0.4, 0]], [`${side}Foot`, `${side}LowerLeg`, [0, -0.39, 0]],
    ];
  }),
];

export const META = {
  name: "Tiny", authors: ["A. Modeller"], licenseUrl: "https://vrm.dev/licenses/1.0/", avatarPermission: "everyone", commercialUsage: "corporation", creditNotation: "required",
};

/** A whole VRM 1.0 file of one triangle, as bytes. */
export function tinyVrm(meta: Record<string, unknown> = META): ArrayBuffer {
  const points = new Float32Array([0, 0, 0, 0.1, 0, 0, 0, 0.1, 0]);
  const index = new Map(BONES.map(([name], i) => [name, i]));
  const json = {
    asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [0] }],
    nodes: BONES.map(([name, , translation]) => {
      const children = BONES.flatMap(([child, above]) => (above === name ? [index.get(child)!] : []));
      return { name, translation, ...(children.length > 0 ? { children } : {}), ...(name === "head" ? { mesh: 0 } : {}) };
    }),
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
    accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: "VEC3", min: [0, 0, 0], max: [0.1, 0.1, 0] }],
    bufferViews: [{ buffer: 0, byteLength: points.byteLength }], buffers: [{ byteLength: points.byteLength }],
    extensionsUsed: ["VRMC_vrm"],
    extensions: {
      VRMC_vrm: {
        specVersion: "1.0", meta,
        humanoid: { humanBones: Object.fromEntries(BONES.map(([name], node) => [name, { node }])) },
        expressions: { preset: { aa: {}, blink: {} } },
        lookAt: { type: "bone", offsetFromHeadBone: [0, 0.06, 0.06], rangeMapHorizontalInner: { inputMaxValue: 90, outputScale: 10 }, rangeMapHorizontalOuter: { inputMaxValue: 90, outputScale: 10 }, rangeMapVerticalDown: { inputMaxValue: 90, outputScale: 10 }, rangeMapVerticalUp: { inputMaxValue: 90, outputScale: 10 } },
      },
    },
  };
  return glb(json, new Uint8Array(points.buffer));
}

/** A binary glTF of a JSON and a buffer. */
export function glb(json: unknown, buffer: Uint8Array): ArrayBuffer {
  let text = JSON.stringify(json);
  while (text.length % 4 !== 0) text += " ";
  const chunk = new TextEncoder().encode(text);
  const file = new ArrayBuffer(12 + 8 + chunk.length + 8 + buffer.length);
  const view = new DataView(file), bytes = new Uint8Array(file);
  [0x46546c67, 2, file.byteLength, chunk.length, 0x4e4f534a].forEach((value, i) => { view.setUint32(i * 4, value, true); });
  bytes.set(chunk, 20);
  view.setUint32(20 + chunk.length, buffer.length, true);
  view.setUint32(24 + chunk.length, 0x004e4942, true);
  bytes.set(buffer, 28 + chunk.length);
  return file;
}
