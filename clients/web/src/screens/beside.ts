/** What the window says in which one has signed in again, where the browser does not let it close itself. */

import { make } from "./dom";

export function besideScreen(): HTMLElement {
  return make(
    "main",
    { class: "alone" },
    make("div", { class: "state" }, make("section", { class: "sheet" }, make("h1", {}, "This window is done"), make("p", {}, "Close it, and go back to the clinic."))),
  );
}
