/**
 * A table in a panel, in a box that does not change its height.
 *
 * @module
 */
import { make } from "./dom.ts";
import { addPanel, type PanelWidth } from "./panel.ts";

/** A column. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Whether it stands at the right. */
  readonly number?: boolean;
  /** Whether it takes what room there is. */
  readonly wide?: boolean;
  /** The length of a bar under the text, from 0 to 1. */
  readonly bar?: (row: Row) => number;
  /** What a pointer that rests is told, and a test. */
  readonly exact?: (row: Row) => string;
}

/** What a table shows. */
export interface TableOptions<Row> {
  readonly title: string;
  /** What stands there without rows. */
  readonly empty: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly width?: PanelWidth;
}

/** A table in a panel of its own. */
export class TableView<Row> {
  readonly #options: TableOptions<Row>;
  readonly #body: HTMLElement;
  readonly #note: HTMLElement;
  #shown = "";

  constructor(container: HTMLElement, options: TableOptions<Row>) {
    this.#options = options;
    const { root, note } = addPanel(container, options.title, options.width);
    this.#note = note;
    this.#body = make("tbody");
    const heads = options.columns.map(({ title, number }) =>
      make("th", { text: title, class: number ? "number" : undefined, attributes: { scope: "col" } })
    );
    const table = make(
      "table",
      {},
      make("caption", { text: options.title }),
      make("thead", {}, make("tr", {}, ...heads)),
      this.#body,
    );
    // WHY: a box that scrolls must be reachable by keyboard, and what is reachable needs a name.
    const attributes = { tabindex: "0", role: "region", "aria-label": options.title };
    root.append(make("div", { class: "scroll", attributes }, table));
  }

  /** Shows rows. */
  show(rows: readonly Row[], note = ""): void {
    this.#note.textContent = note;
    const texts = rows.map((row) => this.#options.columns.map(({ text, bar }) => [text(row), bar?.(row)]));
    const shown = JSON.stringify(texts);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#body.replaceChildren(
      ...(rows.length === 0 ? [this.#emptyRow()] : rows.map((row) => this.#row(row))),
    );
  }

  #row(row: Row): HTMLElement {
    return make(
      "tr",
      {},
      ...this.#options.columns.map(({ text, number, wide, bar, exact }) => {
        const content = text(row);
        const cell = make("td", {
          text: content,
          class: number ? "number" : wide ? "wide" : undefined,
          attributes: { title: exact?.(row) ?? content },
        });
        if (bar !== undefined) cell.append(makeBar(bar(row)));
        return cell;
      }),
    );
  }

  #emptyRow(): HTMLElement {
    const attributes = { colspan: String(this.#options.columns.length) };
    return make("tr", {}, make("td", { class: "empty", text: this.#options.empty, attributes }));
  }
}

/** A bar of a length from 0 to 1. */
export function makeBar(share: number): HTMLElement {
  const fill = make("i");
  fill.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return make("div", { class: "bar" }, fill);
}
