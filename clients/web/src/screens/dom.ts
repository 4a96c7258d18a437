/** Elements by hand: small functions instead of a framework. */

import { tamed } from "./called";

export type Child = Node | string | null | undefined | false;

type Properties<Tag extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Tag], "style" | "dataset" | "className" | "attributes">
> & {
  readonly class?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** Attributes that are no properties: `aria-*`, `role`, `for`. */
  readonly attributes?: Readonly<Record<string, string>>;
};

/** Make an element. Text is always text: nothing here reads HTML, so that no name can become a script. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties<Tag> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  const { class: classes, data, attributes, ...own } = properties;
  if (classes !== undefined) element.className = classes;
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  Object.assign(element, own);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A button; what it does is told by its text, or by `label` where the text is a picture. */
export function button(text: Child, run: () => void, options: { class?: string; label?: string; keys?: string } = {}): HTMLButtonElement {
  const attributes: Record<string, string> = {};
  if (options.label !== undefined) attributes["aria-label"] = options.label;
  if (options.keys !== undefined) attributes["aria-keyshortcuts"] = options.keys;
  const element = make("button", { type: "button", class: options.class ?? "", attributes }, text);
  element.addEventListener("click", run);
  return element;
}

/** A label around a field, with a line of help under it. */
export function field(label: string, input: HTMLElement, help = ""): HTMLLabelElement {
  return make("label", { class: "field" }, make("span", { class: "field-name" }, label), input, help !== "" && make("small", {}, help));
}

export function option(value: string, text: string, selected: boolean): HTMLOptionElement {
  const element = make("option", { value }, text);
  element.selected = selected;
  return element;
}

/** Text that somebody wrote: it may run from right to left whatever the page does, and stays within its line. */
export function written(text: string, classes = ""): HTMLElement {
  return make("bdi", { class: classes }, tamed(text));
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: readonly Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Set text only where it differs: a screen reader speaks again whatever is written again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
