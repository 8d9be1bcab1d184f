/**
 * The numbers at the top of a section.
 *
 * @module
 */
import type { Card } from "../model/overview.ts";
import { make, setText } from "./dom.ts";

interface Parts {
  readonly root: HTMLElement;
  readonly value: HTMLElement;
  readonly detail: HTMLElement;
}

/** Cards in one container; each is made once and filled again and again. */
export class CardList {
  readonly #container: HTMLElement;
  readonly #parts: Map<string, Parts> = new Map();

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** Shows the cards. */
  show(cards: readonly Card[]): void {
    for (const card of cards) {
      const { root, value, detail } = this.#parts.get(card.id) ?? this.#add(card);
      setText(value, card.value);
      setText(detail, card.detail);
      root.dataset.alarm = String(card.alarm);
      root.dataset.exact = JSON.stringify(card.exact);
      root.title = Object.entries(card.exact).map(([name, exact]) => `${name}: ${exact}`).join("\n");
    }
  }

  #add({ id, label }: Card): Parts {
    const value = make("p", { class: "value" });
    const detail = make("p", { class: "detail" });
    const root = make(
      "div",
      { class: "card", attributes: { "data-card": id } },
      make("p", { class: "label", text: label }),
      value,
      detail,
    );
    this.#container.append(root);
    const parts = { root, value, detail };
    this.#parts.set(id, parts);
    return parts;
  }
}
