/** What a session needs of the machine it runs on, so that tests step it by hand. */

/** Called with what happens to a socket. After `closed` nothing more comes. */
export interface SocketListener {
  opened(): void;
  /** Text is a fault of the server, told as null. */
  received(message: Uint8Array | null): void;
  closed(code: number, reason: string): void;
}

export interface Socket {
  /** Bytes that wait for the network. */
  readonly waiting: number;
  /** Nothing is sent before `opened` and after `closed`. */
  send(message: Uint8Array<ArrayBuffer>): void;
  close(code: number): void;
}

export interface Environment {
  /** Milliseconds, from any origin: `performance.now()`. */
  now(): number;
  /** `Date.now()`. */
  date(): number;
  /** 0 to 1. */
  chance(): number;
  randomBytes(count: number): Uint8Array;
  /** Call back once, after some milliseconds. Returns what calls it off. */
  after(milliseconds: number, call: () => void): () => void;
  fetch(address: string, options?: RequestInit): Promise<Response>;
  openSocket(address: string, subprotocol: string, listener: SocketListener): Socket;
}

/** The browser. */
export function browserEnvironment(): Environment {
  return {
    now: () => performance.now(),
    date: () => Date.now(),
    chance: () => Math.random(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => {
        clearTimeout(timer);
      };
    },
    fetch: (address, options) => fetch(address, options),
    openSocket: openWebSocket,
  };
}

function openWebSocket(address: string, subprotocol: string, listener: SocketListener): Socket {
  const socket = new WebSocket(address, subprotocol);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    listener.opened();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    listener.received(data instanceof ArrayBuffer ? new Uint8Array(data) : null);
  };
  socket.onclose = ({ code, reason }) => {
    listener.closed(code, reason);
  };
  return {
    get waiting() {
      return socket.bufferedAmount;
    },
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    close: (code) => {
      socket.close(code);
    },
  };
}
