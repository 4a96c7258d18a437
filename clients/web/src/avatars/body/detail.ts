/** How finely a figure is modelled: near with fingers and a face that moves, mid simplified, far a silhouette. */
export type Detail = "near" | "mid" | "far";

/** A count for each level of detail. */
export function by(detail: Detail, near: number, mid: number, far: number): number {
  return detail === "near" ? near : detail === "mid" ? mid : far;
}
