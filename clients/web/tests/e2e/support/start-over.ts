/** Whoever came in during a test goes when it ends, so that one that failed and is tried again meets nobody of the first try. */

import { afterEach, beforeEach } from "vitest";
import { Person } from "./browser";

let before: ReadonlySet<Person> = new Set();

beforeEach(() => {
  before = new Set(Person.here);
});

afterEach(async () => {
  await Promise.all([...Person.here].filter((person) => !before.has(person)).map((person) => person.go()));
});
