// The chat panel: what was said, who came and went, and a line to write.

import { Refused } from "./session.js";

const MESSAGES_KEPT = 200;
const NAMES_TOLD = 3;
const byId = (id) => document.getElementById(id);
const REFUSALS = {
  rate_limited: "Slower, please: wait a moment and send it again.", too_long: "That is too long.",
  malformed: "That cannot be sent.", forbidden: "You may not write here.",
};

export class Chat {
  /** `say` sends a text and resolves with the result of the operation. */
  constructor(say) {
    this.said = [];
    byId("say").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(say);
    });
  }

  clear() {
    this.said = [];
    byId("messages").replaceChildren();
    byId("chat-word").textContent = "";
  }

  async send(say) {
    const text = byId("text").value.trim();
    if (text === "") return;
    try {
      const result = await say(text);
      if (result.ok) byId("text").value = "";
      byId("chat-word").textContent = result.ok ? "" : REFUSALS[result.code] ?? result.detail;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      byId("chat-word").textContent = error.message;
    }
  }

  /** Shows what somebody said. */
  add({ name, text }) {
    this.said.push({ name, text });
    this.said = this.said.slice(-MESSAGES_KEPT);
    const entry = document.createElement("li");
    entry.append(Object.assign(document.createElement("b"), { textContent: name }), text);
    this.append(entry);
  }

  /** Tells who came and who went; a crowd in one line. */
  tell({ joined, left }) {
    for (const [names, verb] of [[joined, "came in"], [left, "left"]]) {
      if (names.length === 0) continue;
      const more = names.length - NAMES_TOLD;
      const who = more > 0 ? `${names.slice(0, NAMES_TOLD).join(", ")} and ${more} more` : names.join(", ");
      this.append(Object.assign(document.createElement("li"), { className: "notice", textContent: `${who} ${verb}.` }));
    }
  }

  append(entry) {
    const list = byId("messages");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(entry);
    while (list.children.length > MESSAGES_KEPT) list.firstElementChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}
