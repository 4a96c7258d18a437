export { Place, type PlaceListeners } from "./place";
export { Walkable, type Footprint, type FloorPoint } from "./walkable";
export { zoneAt } from "./zones";
