/**
 * Finds the cell of a label set.
 *
 * Every value of a label has a number. The numbers of a label set, packed into one word of 31 bits or, for many labels of
 * many values, into several, are its key in an open hash table. So a series takes about 20 bytes here, whatever its labels
 * have in common with others, and nothing is ever joined to a string.
 *
 * @module
 */
// DATA PLANE
import type { LabelValue } from "../model/label_values.ts";

/** What is found for a label set that is not there, or whose labels stand in another order. */
export const NO_CELL = -1;

/** A word of a key is never negative. */
const WORD_BITS = 31;
/** Bits for the numbers of a label's values at first; one more whenever they run out. */
const FIRST_BITS = 4;
const FIRST_SLOTS = 16;
/** 2 ** 32 divided by the golden ratio: neighbours in, far apart out. */
const SPREAD = 0x9e3779b1;
/** The number of no value. */
const NO_ID = 0;
/** Stands at numbers of no value. No well-formed text equals it. */
const NO_TEXT = "\uD800";

/** One label: its values and their numbers. */
class LabelColumn {
  readonly name: string;
  /** Numbers by value; numbers and booleans that were given lead to the number of their text. */
  readonly ids: Map<unknown, number> = new Map();
  /** Values by number, {@linkcode NO_TEXT} where a number is free. */
  readonly values: string[] = [NO_TEXT];
  /** The number of the value that came last: the same one often comes again. */
  lastId = NO_ID;
  /** Bits of the key that the number takes. */
  bits = FIRST_BITS;
  /** Whether the number is the first one of a word. */
  startsWord = false;
  /** Which word of the key has the number. */
  word = 0;
  /** How many label sets have the value, by number. */
  readonly #uses: number[] = [0];
  readonly #free: number[] = [];
  /** What else than its text leads to a number. */
  readonly #aliases: Map<number, unknown[]> = new Map();

  constructor(name: string) {
    this.name = name;
  }

  /** The number of a value, for one more label set. */
  use(value: string): number {
    let id = this.ids.get(value);
    if (id === undefined) {
      id = this.#free.pop() ?? this.values.length;
      this.ids.set(value, id);
      this.values[id] = value;
      this.#uses[id] = 0;
    }
    this.#uses[id]++;
    return id;
  }

  /** Has a number or a boolean lead to the number of its text. */
  alias(given: unknown, value: string): void {
    const id = this.ids.get(value)!;
    this.ids.set(given, id);
    this.#aliases.set(id, [...this.#aliases.get(id) ?? [], given]);
  }

  /** Forgets a value that no label set has any more. */
  release(id: number): void {
    this.#uses[id]--;
    if (this.#uses[id] > 0) return;
    this.ids.delete(this.values[id]);
    for (const given of this.#aliases.get(id) ?? []) this.ids.delete(given);
    this.#aliases.delete(id);
    this.values[id] = NO_TEXT;
    this.#free.push(id);
    if (this.lastId === id) this.lastId = NO_ID;
  }
}

/** The cells of a family with labels, by label values. Owner thread only. Finding allocates nothing. */
export class LabelIndex {
  readonly #columns: readonly LabelColumn[];
  /** Words before the last one of the key that is looked for. */
  #words: Int32Array = new Int32Array(0);
  /** Slots of the cell, the key's last word, and the words before it; an empty slot's cell is 0. */
  #table: Int32Array;
  #slotMask = FIRST_SLOTS - 1;
  #slotShift = 32 - Math.log2(FIRST_SLOTS);
  #count = 0;

  constructor(labelNames: readonly string[]) {
    this.#columns = labelNames.map((name) => new LabelColumn(name));
    this.#plan();
    this.#table = new Int32Array(FIRST_SLOTS * (this.#words.length + 2));
  }

  /**
   * The cell of a label set, if its labels stand in the order of the definition and no other label is there.
   *
   * @returns the cell, or {@linkcode NO_CELL}
   */
  find(labels: Readonly<Record<string, LabelValue>>): number {
    const columns = this.#columns;
    let key = 0;
    let depth = 0;
    for (const name in labels) {
      // WHY: callers nearly always write labels in the order of the definition; engines make this loop cheap.
      if (depth >= columns.length) return NO_CELL;
      const column = columns[depth];
      if (name !== column.name) return NO_CELL;
      key = this.#step(column, key, labels[name]);
      if (key < 0) return NO_CELL;
      depth++;
    }
    return depth === columns.length ? this.#cellAt(key) : NO_CELL;
  }

  /** The cell of a label set whose labels stand in any order, or {@linkcode NO_CELL}. Other labels are not looked at. */
  findUnordered(labels: Readonly<Record<string, LabelValue>>): number {
    const columns = this.#columns;
    let key = 0;
    for (let depth = 0; depth < columns.length; depth++) {
      key = this.#step(columns[depth], key, labels[columns[depth].name]);
      if (key < 0) return NO_CELL;
    }
    return this.#cellAt(key);
  }

  /** The cell of the values in the order of the definition, as many as it has labels, or {@linkcode NO_CELL}. */
  findValues(values: readonly unknown[]): number {
    const columns = this.#columns;
    let key = 0;
    for (let depth = 0; depth < columns.length; depth++) {
      key = this.#step(columns[depth], key, values[depth]);
      if (key < 0) return NO_CELL;
    }
    return this.#cellAt(key);
  }

  /** Packs the number of one more value into a key. Returns {@linkcode NO_CELL} if the value has none. */
  #step(column: LabelColumn, key: number, value: unknown): number {
    let id: number | undefined = column.lastId;
    // WHY: to compare with the last value costs a tenth of the look-up; texts only, as engines compare those best.
    if (typeof value !== "string" || value !== column.values[id]) {
      id = column.ids.get(value);
      if (id === undefined) return NO_CELL;
      column.lastId = id;
    }
    if (column.startsWord) {
      this.#words[column.word - 1] = key;
      return id;
    }
    return (key << column.bits) | id;
  }

  #cellAt(key: number): number {
    const table = this.#table;
    const width = this.#words.length + 2;
    for (let slot = this.#slotOf(key);; slot = (slot + 1) & this.#slotMask) {
      const at = slot * width;
      const cell = table[at];
      if (cell === 0) return NO_CELL;
      if (table[at + 1] === key && (width === 2 || this.#hasWords(at + 2))) return cell;
    }
  }

  #hasWords(at: number): boolean {
    const words = this.#words;
    for (let i = 0; i < words.length; i++) if (this.#table[at + i] !== words[i]) return false;
    return true;
  }

  #slotOf(key: number): number {
    const words = this.#words;
    let hash = key;
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash, SPREAD) ^ words[i];
    return Math.imul(hash, SPREAD) >>> this.#slotShift;
  }

  /**
   * Adds a label set that is not there.
   *
   * @param values well-formed texts in the order of the definition
   */
  add(values: readonly string[], cell: number): void {
    const ids = this.#columns.map((column, depth) => column.use(values[depth]));
    const fits = this.#columns.every(({ bits, values }) => values.length <= 1 << bits);
    if (!fits || (this.#count + 1) * 3 > 2 * (this.#slotMask + 1)) this.#rebuild();
    this.#put(ids, cell);
    this.#count++;
  }

  /**
   * Has numbers and booleans lead to the label set of their texts, which is there.
   *
   * @param given what a caller gave
   * @param values the texts that it stands for
   */
  addAliases(given: readonly unknown[], values: readonly string[]): void {
    this.#columns.forEach((column, depth) => {
      if (typeof given[depth] !== "string" && !column.ids.has(given[depth])) {
        column.alias(given[depth], values[depth]);
      }
    });
  }

  /** Forgets a label set if it leads to this cell. */
  forget(values: readonly string[], cell: number): void {
    if (this.findValues(values) !== cell) return;
    const ids = this.#columns.map((column, depth) => column.ids.get(values[depth])!);
    this.#take(this.#keyOf(ids));
    this.#columns.forEach((column, depth) => column.release(ids[depth]));
    this.#count--;
  }

  /** Packs numbers, as a walk does. */
  #keyOf(ids: readonly number[]): number {
    let key = 0;
    this.#columns.forEach(({ startsWord, word, bits }, depth) => {
      if (startsWord) this.#words[word - 1] = key;
      key = startsWord ? ids[depth] : (key << bits) | ids[depth];
    });
    return key;
  }

  #put(ids: readonly number[], cell: number): void {
    const key = this.#keyOf(ids);
    const width = this.#words.length + 2;
    let slot = this.#slotOf(key);
    while (this.#table[slot * width] !== 0) slot = (slot + 1) & this.#slotMask;
    this.#table.set([cell, key, ...this.#words], slot * width);
  }

  /** Empties the slot of a key, and moves up what stands behind it only because the slot was taken. */
  #take(key: number): void {
    const table = this.#table;
    const mask = this.#slotMask;
    const width = this.#words.length + 2;
    let hole = this.#slotOf(key);
    while (table[hole * width + 1] !== key || !this.#hasWords(hole * width + 2)) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; table[slot * width] !== 0; slot = (slot + 1) & mask) {
      this.#words.set(table.subarray(slot * width + 2, (slot + 1) * width));
      const home = this.#slotOf(table[slot * width + 1]);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      table.copyWithin(hole * width, slot * width, (slot + 1) * width);
      hole = slot;
    }
    table.fill(0, hole * width, (hole + 1) * width);
  }

  /** Gives all numbers bits enough, and the table slots. */
  #rebuild(): void {
    const old = { table: this.#table, width: this.#words.length + 2, unpack: this.#unpacker() };
    for (const column of this.#columns) while (column.values.length > 1 << column.bits) column.bits++;
    this.#plan();
    let slots = this.#slotMask + 1;
    while ((this.#count + 1) * 3 > 2 * slots) slots *= 2;
    this.#slotMask = slots - 1;
    this.#slotShift = 32 - Math.log2(slots);
    this.#table = new Int32Array(slots * (this.#words.length + 2));
    for (let at = 0; at < old.table.length; at += old.width) {
      if (old.table[at] !== 0) this.#put(old.unpack(old.table, at), old.table[at]);
    }
  }

  /** Reads the numbers of an entry as they are packed now. */
  #unpacker(): (table: Int32Array, at: number) => number[] {
    const plan = this.#columns.map(({ bits, word }) => ({ bits, word }));
    const lastWord = this.#words.length;
    return (table, at) => {
      const words = [...table.subarray(at + 2, at + 2 + lastWord), table[at + 1]];
      const ids: number[] = [];
      for (let depth = plan.length - 1; depth >= 0; depth--) {
        const { bits, word } = plan[depth];
        ids[depth] = words[word] & ((1 << bits) - 1);
        words[word] >>>= bits;
      }
      return ids;
    };
  }

  /** Says which numbers share a word. */
  #plan(): void {
    let word = 0;
    let used = 0;
    for (const column of this.#columns) {
      column.startsWord = used + column.bits > WORD_BITS;
      if (column.startsWord) {
        word++;
        used = 0;
      }
      used += column.bits;
      column.word = word;
    }
    this.#words = new Int32Array(word);
  }
}
