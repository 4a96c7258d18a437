/** Native dialogs: the browser keeps the focus inside, closes them with Escape, and gives the focus back. */

import { button, make, type Child } from "./dom";
import { icon } from "./icons";

let count = 0;

export function dialog(title: string, ...children: readonly Child[]): HTMLDialogElement {
  count += 1;
  const id = `dialog-${count}`;
  const element = make("dialog", { class: "dialog", attributes: { "aria-labelledby": id } });
  element.append(
    make(
      "header",
      { class: "dialog-head" },
      make("h2", { id }, title),
      button(icon("close"), () => { element.close(); }, { label: `Close ${title.toLowerCase()}`, class: "quiet square" }),
    ),
    make("div", { class: "dialog-body" }, ...children),
  );
  // A click beside the dialog lands on the dialog itself, its backdrop.
  element.addEventListener("click", (event) => { if (event.target === element) element.close(); });
  return element;
}

/** Open a dialog over everything; when it closes, the focus is where it was, even if the browser forgot. */
export function openDialog(element: HTMLDialogElement, home: HTMLElement): void {
  if (element.open) return;
  const before = document.activeElement;
  if (!element.isConnected) home.append(element);
  element.showModal();
  element.addEventListener("close", () => { if (before instanceof HTMLElement && before.isConnected) before.focus(); }, { once: true });
}
