/**
 * The threads as a row of tiles.
 *
 * @module
 */
import { formatBytes, formatNumber, formatSeconds, formatWhole } from "../model/format.ts";
import type { WorkerTile } from "../model/reports.ts";
import { make, setText } from "./dom.ts";

interface Parts {
  readonly root: HTMLElement;
  readonly state: HTMLElement;
  readonly values: readonly HTMLElement[];
  readonly bar: HTMLElement;
  readonly fill: HTMLElement;
}

/** A share of a slab from which on somebody should look. */
const FULL = 0.8;

/** What each tile tells, in order. */
const FIELDS: readonly { readonly title: string; readonly text: (tile: WorkerTile) => string }[] = [
  { title: "Heartbeat", text: (tile) => age(tile.heartbeatAgeSeconds) },
  { title: "Requests", text: ({ requests }) => formatWhole(requests) },
  { title: "In flight", text: ({ inFlight }) => formatNumber(inFlight) },
  { title: "Restarts", text: ({ restarts }) => formatWhole(restarts) },
  { title: "Series", text: ({ series, droppedSeries }) => `${formatWhole(series)}${dropped(droppedSeries)}` },
  {
    title: "Slab",
    text: ({ usedBytes, totalBytes }) => `${formatBytes(usedBytes)} of ${formatBytes(totalBytes)}`,
  },
];

/** Tiles in one list. */
export class WorkerTiles {
  readonly #list: HTMLElement;
  readonly #parts: Map<string, Parts> = new Map();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** Shows the threads; those that are gone vanish. */
  show(tiles: readonly WorkerTile[]): void {
    const wanted = new Set(tiles.map(({ key }) => key));
    for (const [key, { root }] of this.#parts) {
      if (wanted.has(key)) continue;
      root.remove();
      this.#parts.delete(key);
    }
    tiles.forEach((tile, i) => {
      const parts = this.#parts.get(tile.key) ?? this.#make(tile);
      if (this.#list.children[i] !== parts.root) {
        this.#list.insertBefore(parts.root, this.#list.children[i] ?? null);
      }
      this.#fill(parts, tile);
    });
  }

  #fill({ root, state, values, bar, fill }: Parts, tile: WorkerTile): void {
    root.dataset.state = tile.state;
    root.dataset.used = String(tile.usedBytes);
    setText(state, tile.state);
    FIELDS.forEach(({ text }, i) => setText(values[i], text(tile)));
    fill.style.width = `${Math.min(1, Math.max(0.01, tile.fill)) * 100}%`;
    bar.classList.toggle("high", tile.fill > FULL);
  }

  #make({ key, title }: WorkerTile): Parts {
    const state = make("span", { class: "state" });
    const values = FIELDS.map(() => make("dd"));
    const rows = FIELDS.flatMap((field, i) => [make("dt", { text: field.title }), values[i]]);
    const fill = make("i");
    const bar = make("div", { class: "bar" }, fill);
    const head = make("div", { class: "head" }, make("h3", { text: title }), state);
    const root = make(
      "li",
      { class: "tile", attributes: { "data-worker": key } },
      head,
      make("dl", {}, ...rows),
      bar,
    );
    const parts = { root, state, values, bar, fill };
    this.#parts.set(key, parts);
    return parts;
  }
}

/** A heart that beats four times a second is not worth a number that flickers. */
function age(seconds: number): string {
  return seconds < 1 ? "now" : `${formatSeconds(seconds)}${Number.isNaN(seconds) ? "" : " ago"}`;
}

function dropped(count: number): string {
  return count === 0 ? "" : `, ${formatWhole(count)} dropped`;
}
