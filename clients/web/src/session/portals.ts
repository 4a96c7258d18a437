/** Reads the doors of a room's listing. They are optional: one that cannot be is left out, and nothing else is. */
import type { PortalListing } from "./frontdesk";
import { isPlace } from "./welcome";

const TEXT_MOST = 64;
/** Metres; no door is as wide. */
const WIDTH_MOST = 100;
/** Degrees. */
const YAW_MOST = 3600;

export function portalsOf(told: unknown): readonly PortalListing[] {
  return Array.isArray(told) ? told.filter(isPortal) : [];
}

function isPortal(told: unknown): told is PortalListing {
  if (typeof told !== "object" || told === null) return false;
  const { to, name, position, yaw, width } = told as Partial<Record<keyof PortalListing, unknown>>;
  return isText(to) && isText(name) && isNumbers(position) && isPlace(position)
    && typeof yaw === "number" && Math.abs(yaw) <= YAW_MOST
    && typeof width === "number" && width > 0 && width <= WIDTH_MOST;
}

function isText(told: unknown): told is string {
  return typeof told === "string" && told !== "" && Array.from(told).length <= TEXT_MOST;
}

function isNumbers(told: unknown): told is [number, number, number] {
  return Array.isArray(told) && told.length === 3 && told.every((each) => typeof each === "number");
}
