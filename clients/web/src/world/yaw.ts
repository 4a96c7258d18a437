/**
 * Radians about +Y that whoever looks along a rotation's -Z has turned, 0 along -Z; also when they look straight down or up,
 * where the top of their head tells it.
 */
export function yawOf({ x, y, z, w }: { readonly x: number; readonly y: number; readonly z: number; readonly w: number }): number {
  const lean = -2 * (y * z - w * x);
  const level = 1 - Math.abs(lean);
  const dx = -2 * (x * z + w * y) * level - 2 * (x * y - w * z) * lean;
  const dz = -(1 - 2 * (x * x + y * y)) * level - 2 * (y * z + w * x) * lean;
  return Math.atan2(-dx, -dz);
}
