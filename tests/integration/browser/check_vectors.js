// Holds the page's decoder to the wire's vectors: an expression that is a function, so that a browser evaluates it as it is.
// Takes the modules and the vector files by name; returns what differs, and how many vectors were looked at.
(protocol, msgpack, vectors) => {
  const failures = [];
  let checked = 0;
  const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = (name, got, wanted) => {
    checked += 1;
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      failures.push(`${name}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
    }
  };
  const refused = (name, run) => {
    checked += 1;
    try {
      failures.push(`${name}: taken as ${JSON.stringify(run())}`);
    } catch (error) {
      if (!(error instanceof protocol.Malformed)) failures.push(`${name}: ${error}`);
    }
  };
  const { FLAG } = protocol;

  const sides = [["head", FLAG.head], ["left", FLAG.left], ["right", FLAG.right]];
  const blobs = [["left_fingers", "leftFingers"], ["right_fingers", "rightFingers"], ["face", "face"]];
  const stateOf = (told) => {
    const state = { ...protocol.noState(), flags: told.flags, voice: told.voice };
    for (const [side] of sides) {
      if (told[side]) state[side] = { position: told[side].slice(0, 3), rotation: told[side].slice(3) };
    }
    for (const [name, key] of blobs) if (told[name]) state[key] = bytesOf(told[name]);
    return state;
  };
  const tellState = (state) => {
    const told = { flags: state.flags, voice: state.voice };
    for (const [side, flag] of sides) {
      told[side] = state.flags & flag ? [...state[side].position, ...state[side].rotation] : null;
    }
    for (const [name, key] of blobs) told[name] = state.flags & FLAG[key] ? hexOf(state[key]) : null;
    return told;
  };

  for (const { name, hex, pose } of vectors.pose.valid) {
    same(`pose ${name}`, hexOf(protocol.encodePose(stateOf(pose.state), pose.sequence, pose.sampled_at)), hex);
  }
  for (const { name, quaternion, packed, unpacked } of vectors.quantities.rotations) {
    if (quaternion) same(`rotation ${name}`, protocol.packRotation(quaternion), packed);
    const got = protocol.unpackRotation(packed);
    same(`rotation ${name} back`, got.every((value, n) => Math.abs(value - unpacked[n]) < 1e-9), true);
  }
  for (const { name, hex } of vectors.quantities.invalid_rotations) {
    refused(`rotation ${name}`, () => new protocol.Reader(bytesOf(hex)).rotation());
  }
  for (const { name, quantity, value, result } of vectors.quantities.scaled) {
    if (quantity === "position_mm") same(`quantity ${name}`, protocol.quantise(value, 1000), result);
  }
  const holding = (records) => records.reduce(
    (held, record) => protocol.readRecord(new protocol.Reader(bytesOf(record)), held), protocol.NOTHING_HELD,
  );
  for (const { name, before, hex, after, full } of vectors.record.valid) {
    const reader = new protocol.Reader(bytesOf(hex));
    const held = protocol.readRecord(reader, holding(before));
    same(`record ${name}`, tellState(held.state), after);
    same(`record ${name} is read whole`, reader.offset, reader.bytes.length);
    same(`record ${name} holds what its full record says`, held, holding([full]));
  }
  for (const { name, before, hex } of vectors.record.invalid) {
    refused(`record ${name}`, () => tellState(protocol.readRecord(new protocol.Reader(bytesOf(hex)), holding(before)).state));
  }
  for (const { name, frames } of vectors.frame.valid) {
    const view = new protocol.ObserverView();
    for (const [n, frame] of frames.entries()) {
      const changes = view.apply(bytesOf(frame.hex));
      same(`frame ${name} ${n}`, [changes.tick, changes.time], [frame.tick, frame.time]);
      same(`frame ${name} ${n} left`, changes.left.map(({ entity }) => entity).sort(), [...frame.left].sort());
      const ages = Object.fromEntries(changes.updated.map(({ held, age }) => [held.alias, age]));
      same(`frame ${name} ${n} ages`, ages, frame.ages);
      const holds = [...view.held.values()].sort((a, b) => a.alias - b.alias);
      same(
        `frame ${name} ${n} holds`,
        holds.map(({ alias, entity, state }) => ({ alias, entity, state: tellState(state) })),
        frame.holds.map(({ alias, entity, state }) => ({ alias, entity, state })),
      );
      same(
        `frame ${name} ${n} facts`,
        holds.map(({ facts }) => hexOf(facts)),
        frame.holds.map(({ facts }) => facts),
      );
    }
  }
  for (const { name, before, hex } of vectors.frame.invalid) {
    const view = new protocol.ObserverView();
    for (const earlier of before) view.apply(bytesOf(earlier));
    refused(`frame ${name}`, () => view.apply(bytesOf(hex)));
  }

  const plain = (value) => {
    if (value instanceof Uint8Array) return { hex: hexOf(value) };
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  };
  const bare = (value) => JSON.parse(JSON.stringify(value));
  for (const { name, from, hex, body } of vectors.messages.valid) {
    const message = bytesOf(hex);
    const decoded = from === "server" ? protocol.decodeMessage(message).body : msgpack.unpack(message.subarray(1));
    // Optional keys may be told with their defaults by the one and left out by the other.
    const got = plain(decoded);
    same(`message ${name}`, got, Object.fromEntries(Object.keys(got).map((key) => [key, bare(body[key])])));
    same(`message ${name} again`, plain(msgpack.unpack(msgpack.pack(decoded))), got);
  }
  for (const { name, hex, body } of vectors.messages.facts) same(`facts ${name}`, { ...protocol.readFacts(bytesOf(hex)) }, body);
  // What only the declared types refuse is the server's to check; the rest is not msgpack of this wire at all.
  for (const { name, hex, reason } of vectors.messages.invalid) {
    if (/^(not msgpack|deeper|more than 256|a string is not|not UTF|a key (twice|is not)|a float|bytes|extension|the body)/.test(reason) && hex.length > 2) {
      refused(`message ${name} (${reason})`, () => {
        const body = msgpack.unpack(bytesOf(hex).subarray(1));
        if (body === null || Array.isArray(body) || typeof body !== "object") throw new protocol.Malformed("no map");
        return plain(body);
      });
    }
  }
  return { checked, failures };
}
