/** The window in which one signs in again beside the page: it takes the provider's answer there, and closes. */

/** How the `state` of such a sign-in begins: by it the window knows what it is, whatever the provider has cut it off from. */
export const BESIDE = "beside.";

const CHANNEL = "polyclinic.signed-in";

/** Whether an answer is one to be handed over. */
export function isBeside(answer: string | null): answer is string {
  return (new URLSearchParams(answer ?? "").get("state") ?? "").startsWith(BESIDE);
}

/** Give the answer to the page that asked: it is worth nothing to any other, which lacks the verifier. */
export function handOver(answer: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(answer);
  channel.close();
}

/** Hear the answer to one question, by its state; call what this gives to hear it no longer. */
export function hearAnswer(state: string, heard: (answer: URLSearchParams) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const answer = new URLSearchParams(typeof data === "string" ? data : "");
    if (answer.get("state") !== state) return;
    channel.close();
    heard(answer);
  };
  return () => { channel.close(); };
}
