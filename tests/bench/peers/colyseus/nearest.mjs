// Who is nearest to whom: a grid rebuilt for each use, and rings of its cells searched outwards.
//
// Squared distances are weighed, as Polyclinic weighs them: whoever is already seen stays until another is clearly nearer.
const CELL = 3;
const SEEN_WEIGHT = 4;
const NEW_WEIGHT = 5;

export class Nearest {
  constructor(wanted) {
    this.wanted = wanted;
    this.cells = new Map();
    this.distances = new Float64Array(wanted);
    this.found = new Array(wanted);
  }

  rebuild(people) {
    this.cells.clear();
    this.low = [Infinity, Infinity];
    this.high = [-Infinity, -Infinity];
    for (const person of people) {
      person.column = Math.floor(person.x() / CELL);
      person.row = Math.floor(person.z() / CELL);
      const key = this.key(person.column, person.row);
      const cell = this.cells.get(key);
      if (cell === undefined) this.cells.set(key, [person]);
      else cell.push(person);
      this.low = [Math.min(this.low[0], person.column), Math.min(this.low[1], person.row)];
      this.high = [Math.max(this.high[0], person.column), Math.max(this.high[1], person.row)];
    }
  }

  key(column, row) {
    return column * 65536 + row;
  }

  // The nearest others, nearest first, in an array that the next call overwrites; and how many there are.
  of(person) {
    this.count = 0;
    const farthest = Math.max(
      person.column - this.low[0], this.high[0] - person.column, person.row - this.low[1], this.high[1] - person.row,
    );
    for (let ring = 0; ring <= farthest; ring++) {
      // Whoever is in this ring is at least so far away.
      const least = Math.max(0, ring - 1) * CELL;
      if (this.count === this.wanted && this.distances[this.count - 1] <= SEEN_WEIGHT * least * least) break;
      this.searchRing(person, ring);
    }
    return this.found;
  }

  searchRing(person, ring) {
    for (let row = person.row - ring; row <= person.row + ring; row++) {
      const edge = row === person.row - ring || row === person.row + ring;
      const step = edge || ring === 0 ? 1 : 2 * ring;
      for (let column = person.column - ring; column <= person.column + ring; column += step) {
        const cell = this.cells.get(this.key(column, row));
        if (cell !== undefined) this.searchCell(person, cell);
      }
    }
  }

  searchCell(person, cell) {
    for (const other of cell) {
      if (other === person) continue;
      const x = other.x() - person.x();
      const z = other.z() - person.z();
      this.offer(other, (person.seen.has(other) ? SEEN_WEIGHT : NEW_WEIGHT) * (x * x + z * z));
    }
  }

  offer(other, distance) {
    if (this.count === this.wanted && distance >= this.distances[this.count - 1]) return;
    let at = this.count < this.wanted ? this.count++ : this.count - 1;
    for (; at > 0 && this.distances[at - 1] > distance; at--) {
      this.distances[at] = this.distances[at - 1];
      this.found[at] = this.found[at - 1];
    }
    this.distances[at] = distance;
    this.found[at] = other;
  }
}
