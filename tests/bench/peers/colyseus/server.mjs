// The peer: node server.mjs --fields float32|int16 --capacity 50 [--visible 32]
//
// One kind of room. Without --visible everyone sees everyone and one patch is encoded for the whole room; with it each
// client has a StateView of its nearest. Says `ready PORT` once it listens.
import { Room, Server } from "@colyseus/core";
import { Encoder, StateView } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Nearest } from "./nearest.mjs";
import { READERS, SIZES, defineState } from "./state.mjs";

const { values: options } = parseArgs({
  options: {
    fields: { type: "string", default: "float32" },
    capacity: { type: "string", default: "50" },
    visible: { type: "string", default: "0" },
  },
});
const VISIBLE = Number(options.visible);
const METRE = options.fields === "int16" ? 1000 : 1;
const { Avatar, State } = defineState(options.fields, VISIBLE > 0);
const readPose = READERS[options.fields];
const POSE_BYTES = SIZES[options.fields];
const ORIGIN = Buffer.alloc(POSE_BYTES);
const POSE = 1;
const PATCH_MS = 50;
// Each room has a buffer of its own: as much as its whole state takes, for the encoder starts anew when it has to grow.
Encoder.BUFFER_SIZE = VISIBLE > 0 ? 8 << 20 : 32 << 10;
// A view is brought up to date every so many patches, each client's in its turn: four times a second.
const VIEW_PATCHES = 5;

class Person {
  constructor(client, avatar) {
    this.client = client;
    this.avatar = avatar;
    this.seen = new Set();
  }

  x() {
    return this.avatar.head_x / METRE;
  }

  z() {
    return this.avatar.head_z / METRE;
  }

  look(nearest) {
    const found = nearest.of(this);
    const view = this.client.view;
    const wanted = new Set();
    for (let index = 0; index < nearest.count; index++) wanted.add(found[index]);
    for (const other of this.seen)
      if (!wanted.has(other)) view.remove(other.avatar);
    for (const other of wanted)
      if (!this.seen.has(other)) view.add(other.avatar);
    this.seen = wanted;
  }
}

class Clinic extends Room {
  maxClients = Number(options.capacity);
  state = new State();
  people = new Map();
  nearest = new Nearest(VISIBLE);
  patches = 0;

  onCreate() {
    this.setPatchRate(PATCH_MS);
    this.onMessageBytes(POSE, (client, message) => {
      if (message.length === POSE_BYTES) readPose(client.userData.avatar, message);
    });
  }

  onJoin(client) {
    const avatar = new Avatar();
    readPose(avatar, ORIGIN);
    this.state.avatars.set(client.sessionId, avatar);
    client.userData = new Person(client, avatar);
    this.people.set(client.sessionId, client.userData);
    if (VISIBLE > 0) client.view = new StateView();
  }

  onLeave(client) {
    const left = client.userData;
    this.people.delete(client.sessionId);
    for (const person of this.people.values()) if (person.seen.delete(left)) person.client.view.remove(left.avatar);
    client.view?.dispose();
    this.state.avatars.delete(client.sessionId);
  }

  onBeforePatch() {
    if (VISIBLE === 0) return;
    this.nearest.rebuild(this.people.values());
    let turn = this.patches++;
    for (const person of this.people.values()) if (turn++ % VIEW_PATCHES === 0) person.look(this.nearest);
  }
}

const http = createServer();
const server = new Server({
  greet: false,
  transport: new WebSocketTransport({ server: http, perMessageDeflate: false }),
});
server.define("clinic", Clinic);
await server.listen(0, "127.0.0.1", 1024);
console.log(`ready ${http.address().port}`);
