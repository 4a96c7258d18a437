/** Ways around the furniture, for who walks to a person or a thing by naming it. */
import type { FloorPoint } from "../presence/surroundings";
import type { Walkable } from "./walkable";

/** Metres; fine enough for the gap between a bed and its curtain. */
const CELL = 0.2;
/** Cells of one straight walk: what is looked at for each grows with its length. */
const STRAIGHT_MOST = 100;
/** A square of 100 m: larger rooms are looked at in part, and from afar more coarsely. */
const CELLS_MOST = 250_000;
/** Metres of way round what is between two places that are looked at in a larger room. */
const DETOUR = 20;
const DIAGONAL = Math.SQRT2;
const NEIGHBOURS: readonly (readonly [number, number, number])[] = [
  [1, 0, 1], [-1, 0, 1], [0, 1, 1], [0, -1, 1],
  [1, 1, DIAGONAL], [1, -1, DIAGONAL], [-1, 1, DIAGONAL], [-1, -1, DIAGONAL],
];

/** Points to walk through, in order, the goal or what is nearest to it last; empty where one is there already. */
export function findPath(walkable: Walkable, from: FloorPoint, to: FloorPoint): FloorPoint[] {
  const grid = new Grid(walkable, from, to);
  const goal = grid.nearest(to);
  const start = grid.nearest(from);
  if (goal < 0 || start < 0 || goal === start) return [];
  const cameFrom = search(grid, start, goal);
  return cameFrom === null ? [] : straightened(walkable, from, grid.trace(cameFrom, start, goal), grid.cell);
}

class Grid {
  /** Metres. */
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  private readonly minX: number;
  private readonly minZ: number;
  /** 0 not looked at, 1 free, 2 not. */
  private readonly state: Uint8Array;

  constructor(private readonly walkable: Walkable, from: FloorPoint, to: FloorPoint) {
    const [minX, maxX, minZ, maxZ] = within(walkable.extent, from, to);
    this.minX = minX;
    this.minZ = minZ;
    this.cell = Math.max(CELL, sizeOf(maxX - minX, maxZ - minZ));
    this.columns = Math.floor((maxX - minX) / this.cell) + 1;
    this.rows = Math.floor((maxZ - minZ) / this.cell) + 1;
    this.state = new Uint8Array(this.columns * this.rows);
  }

  free(column: number, row: number): boolean {
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return false;
    const cell = row * this.columns + column;
    if (this.state[cell] === 0) {
      this.state[cell] = this.walkable.free(this.minX + column * this.cell, this.minZ + row * this.cell) ? 1 : 2;
    }
    return this.state[cell] === 1;
  }

  /** The free cell nearest to a point, -1 where all are taken. */
  nearest(point: FloorPoint): number {
    const column = clamp(Math.round((point.x - this.minX) / this.cell), 0, this.columns - 1);
    const row = clamp(Math.round((point.z - this.minZ) / this.cell), 0, this.rows - 1);
    const widest = Math.max(this.columns, this.rows);
    for (let ring = 0; ring < widest; ring++) {
      let best = -1;
      let least = Infinity;
      for (let r = row - ring; r <= row + ring; r++) {
        const inside = Math.abs(r - row) < ring ? 2 * ring : 1;
        for (let c = column - ring; c <= column + ring; c += Math.max(1, inside)) {
          const distance = Math.hypot(c - column, r - row);
          if (distance < least && this.free(c, r)) {
            best = r * this.columns + c;
            least = distance;
          }
        }
      }
      if (best >= 0) return best;
    }
    return -1;
  }

  trace(cameFrom: Int32Array, start: number, goal: number): FloorPoint[] {
    const points: FloorPoint[] = [];
    for (let cell = goal; cell !== start; cell = cameFrom[cell]!) {
      points.push({ x: this.minX + (cell % this.columns) * this.cell, z: this.minZ + Math.floor(cell / this.columns) * this.cell });
    }
    return points.reverse();
  }
}

type Extent = readonly [number, number, number, number];

/** The part of a floor that a way between two places is looked for in: least and greatest x, least and greatest z. */
function within(extent: Extent, from: FloorPoint, to: FloorPoint): Extent {
  const [minX, maxX, minZ, maxZ] = extent;
  if (sizeOf(maxX - minX, maxZ - minZ) <= CELL) return extent;
  return [
    clamp(Math.min(from.x, to.x) - DETOUR, minX, maxX), clamp(Math.max(from.x, to.x) + DETOUR, minX, maxX),
    clamp(Math.min(from.z, to.z) - DETOUR, minZ, maxZ), clamp(Math.max(from.z, to.z) + DETOUR, minZ, maxZ),
  ];
}

/** Metres of a cell with which a floor has no more than `CELLS_MOST` of them. */
function sizeOf(width: number, depth: number): number {
  const square = Math.sqrt((width * depth) / CELLS_MOST);
  return Math.max(square, Math.max(width, depth) / CELLS_MOST);
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(Math.max(value, least), greatest);
}

/** A*; where the goal cannot be reached, the way to what is nearest to it. */
function search(grid: Grid, start: number, goal: number): Int32Array | null {
  const cells = grid.columns * grid.rows;
  const cost = new Float32Array(cells).fill(Infinity);
  const cameFrom = new Int32Array(cells).fill(-1);
  const open = new Heap();
  cost[start] = 0;
  open.push(start, 0);
  for (let cell = open.pop(); cell >= 0; cell = open.pop()) {
    if (cell === goal) return cameFrom;
    const column = cell % grid.columns;
    const row = Math.floor(cell / grid.columns);
    for (const [dc, dr, length] of NEIGHBOURS) {
      if (!grid.free(column + dc, row + dr)) continue;
      // Not across a corner of furniture.
      if (dc !== 0 && dr !== 0 && !(grid.free(column + dc, row) && grid.free(column, row + dr))) continue;
      const next = cell + dr * grid.columns + dc;
      const reached = cost[cell]! + length;
      if (reached >= cost[next]!) continue;
      cost[next] = reached;
      cameFrom[next] = cell;
      const dx = (next % grid.columns) - (goal % grid.columns);
      const dz = Math.floor(next / grid.columns) - Math.floor(goal / grid.columns);
      open.push(next, reached + Math.hypot(dx, dz));
    }
  }
  return null;
}

/** Leave out the points that one can walk past in a straight line. */
function straightened(walkable: Walkable, from: FloorPoint, points: readonly FloorPoint[], cell: number): FloorPoint[] {
  const kept: FloorPoint[] = [];
  let at = from;
  for (let i = 0; i < points.length; i++) {
    const next = points[i + 1];
    if (next !== undefined && clear(walkable, at, next, cell)) continue;
    at = points[i]!;
    kept.push(at);
  }
  return kept;
}

function clear(walkable: Walkable, from: FloorPoint, to: FloorPoint, cell: number): boolean {
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.z - from.z) / (cell / 2));
  if (steps > 2 * STRAIGHT_MOST) return false;
  for (let i = 1; i <= steps; i++) {
    if (!walkable.free(from.x + ((to.x - from.x) * i) / steps, from.z + ((to.z - from.z) * i) / steps)) return false;
  }
  return true;
}

/** A binary heap of cells, the cheapest first. */
class Heap {
  private readonly cells: number[] = [];
  private readonly costs: number[] = [];

  push(cell: number, cost: number): void {
    let at = this.cells.push(cell) - 1;
    this.costs.push(cost);
    while (at > 0 && this.costs[(at - 1) >> 1]! > this.costs[at]!) {
      this.swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  /** -1 where it is empty. */
  pop(): number {
    if (this.cells.length === 0) return -1;
    this.swap(0, this.cells.length - 1);
    const cell = this.cells.pop()!;
    this.costs.pop();
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      let least = at;
      if (left < this.cells.length && this.costs[left]! < this.costs[least]!) least = left;
      if (left + 1 < this.cells.length && this.costs[left + 1]! < this.costs[least]!) least = left + 1;
      if (least === at) return cell;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(a: number, b: number): void {
    [this.cells[a], this.cells[b]] = [this.cells[b]!, this.cells[a]!];
    [this.costs[a], this.costs[b]] = [this.costs[b]!, this.costs[a]!];
  }
}
