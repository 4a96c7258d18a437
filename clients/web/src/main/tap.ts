/** Lets the recorder see poses exactly as they are sent. */

import { Kind } from "../protocol/generated/constants";
import type { Recorder } from "../recorder/recorder";
import type { Environment, Socket } from "../session/environment";

export function recordedBy(recorder: Recorder, environment: Environment): Environment {
  const tapped = (socket: Socket): Socket => ({
    get waiting() {
      return socket.waiting;
    },
    send: (message) => {
      if (recorder.recording && message[0] === Kind.Pose) recorder.add(environment.now(), message);
      socket.send(message);
    },
    close: (code) => { socket.close(code); },
  });
  return { ...environment, openSocket: (address, subprotocol, listener) => tapped(environment.openSocket(address, subprotocol, listener)) };
}
