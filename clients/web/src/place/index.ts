export { Place, type PlaceListeners } from "./place";
export { Walkable, type Footprint } from "./walkable";
