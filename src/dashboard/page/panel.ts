/**
 * A framed part of the page with a heading.
 *
 * @module
 */
import { make } from "./dom.ts";

/** A panel's parts. */
export interface Panel {
  readonly root: HTMLElement;
  readonly heading: HTMLElement;
  /** A few words at the right of the heading. */
  readonly note: HTMLElement;
}

/** How many columns a panel takes where there are several. */
export type PanelWidth = "single" | "double" | "whole";

/** Makes a panel at the end of a container. */
export function addPanel(container: HTMLElement, title: string, width: PanelWidth = "single"): Panel {
  const heading = make("h3", { text: title });
  const note = make("p", { class: "note" });
  const root = make("div", { class: `panel ${width}` }, make("div", { class: "head" }, heading, note));
  container.append(root);
  return { root, heading, note };
}

/** Tells when the width of an element has changed. */
export function onResize(element: HTMLElement, listener: (width: number, height: number) => void): void {
  new ResizeObserver(() => {
    const { clientWidth, clientHeight } = element;
    if (clientWidth > 0) listener(clientWidth, clientHeight);
  }).observe(element);
}
