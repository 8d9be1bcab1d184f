/**
 * A slab whose writer can be stopped after any of its stores, deterministically.
 *
 * The writer works on stand-ins of the typed arrays, which count each store, also those that `Atomics` makes and each
 * byte of `fill()` and `set()`. After the store that it was given as limit the next one throws, which ends the write
 * path where it stands, as the end of its thread would. The memory behind is real and can be read meanwhile.
 *
 * @module
 */
import type { Slab } from "../../src/slab/slab.ts";

/** Ends a write path. */
class StoppedError extends Error {
  constructor(stores: number) {
    super(`stopped after ${stores} stores`);
  }
}

/** Counts stores and stops at a limit. */
interface Trace {
  stores: number;
  limit: number;
}

type View = Int32Array | Float64Array | Uint8Array;

const realViews = new WeakMap<object, View>();

/** A slab and its stand-in for writers. */
export class TracedSlab {
  /** The memory itself, for readers. */
  readonly real: Slab;
  /** The stand-in. To be used within {@linkcode TracedSlab.run} alone. */
  readonly slab: Slab;
  readonly #trace: Trace = { stores: 0, limit: Infinity };

  constructor(real: Slab) {
    this.real = real;
    this.slab = {
      buffer: real.buffer,
      shareable: real.shareable,
      confined: real.confined,
      i32: tracedView(real.i32, this.#trace),
      f64: tracedView(real.f64, this.#trace),
      u8: tracedView(real.u8, this.#trace),
      slot: real.slot,
      epoch: real.epoch,
    } as Slab;
  }

  /**
   * Runs a write path until it ends or has made `limit` stores.
   *
   * @returns how many stores were made
   */
  run(write: () => void, limit = Infinity): number {
    const trace = this.#trace;
    trace.stores = 0;
    trace.limit = limit;
    const real = globalThis.Atomics;
    globalThis.Atomics = tracedAtomics(real, trace);
    try {
      write();
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
    } finally {
      globalThis.Atomics = real;
    }
    return trace.stores;
  }
}

/** Called before a store. */
function count(trace: Trace): void {
  if (trace.stores >= trace.limit) throw new StoppedError(trace.stores);
  trace.stores++;
}

function tracedView<V extends View>(view: V, trace: Trace): V {
  const elements = view as unknown as { [index: number]: unknown };
  const methods: Record<string, unknown> = {
    fill(value: number, start = 0, end = view.length) {
      for (let i = start; i < end; i++) {
        count(trace);
        elements[i] = value;
      }
    },
    set(source: ArrayLike<unknown>, offset = 0) {
      for (let i = 0; i < source.length; i++) {
        count(trace);
        elements[offset + i] = source[i];
      }
    },
    copyWithin(target: number, start: number, end: number) {
      const copied = view.slice(start, end);
      for (let i = 0; i < copied.length; i++) {
        count(trace);
        elements[target + i] = copied[i];
      }
    },
    slice: view.slice.bind(view),
    subarray: view.subarray.bind(view),
  };
  const proxy = new Proxy(view, {
    get(_target, key) {
      const found = typeof key === "string" && key in methods ? methods[key] : Reflect.get(view, key, view);
      if (typeof found === "function" && !(typeof key === "string" && key in methods)) {
        throw new Error(`Cannot trace "${String(key)}": the stand-in of a typed array does not know it`);
      }
      return found;
    },
    set(_target, key, value) {
      count(trace);
      return Reflect.set(view, key, value, view);
    },
  });
  realViews.set(proxy, view);
  return proxy;
}

function tracedAtomics(real: typeof Atomics, trace: Trace): typeof Atomics {
  const stores = new Set(["add", "sub", "and", "or", "xor", "store", "exchange", "compareExchange"]);
  return new Proxy(real, {
    get(_target, key) {
      const found = Reflect.get(real, key) as (...args: unknown[]) => unknown;
      return (view: View, ...rest: unknown[]) => {
        if (stores.has(String(key))) count(trace);
        return found(realViews.get(view) ?? view, ...rest);
      };
    },
  });
}
