// What a client of the peer really gets: node check.mjs PORT SECONDS, with the SDK that its users have.
//
// Joins as one more avatar, follows the state for so long and prints a JSON object: for each avatar seen at the end how
// many patches changed it, and the last values it had.
import { Client } from "@colyseus/sdk";
import { FIELDS } from "./state.mjs";

const [port, seconds] = process.argv.slice(2);
const room = await new Client(`http://127.0.0.1:${port}`).joinOrCreate("clinic");
const seen = new Map();
let patches = 0;

room.onStateChange((state) => {
  patches++;
  // Hidden, until the first avatar comes into view.
  if (state.avatars === undefined) return;
  for (const id of seen.keys()) if (!state.avatars.has(id)) seen.delete(id);
  state.avatars.forEach((avatar, id) => {
    const values = FIELDS.map((name) => avatar[name]);
    const before = seen.get(id);
    if (before === undefined) seen.set(id, { changes: 0, since: patches, values });
    else if (values.some((value, index) => value !== before.values[index])) {
      before.changes++;
      before.values = values;
    }
  });
});
await new Promise((done) => setTimeout(done, 1000 * Number(seconds)));
seen.delete(room.sessionId);
const avatars = [...seen.values()].map(({ changes, since, values }) => ({ changes, patches: patches - since, values }));
console.log(JSON.stringify({ patches, avatars }));
process.exit(0);
