/**
 * A slab: the one SharedArrayBuffer into which one thread writes all its metric values.
 *
 * @module
 */
// CONTROL PLANE
import { roundUp } from "../layout/layout.ts";
import { PAGE_BYTES } from "../layout/cell_page.ts";
import { DIRECTORY_START, HEADER32, LAYOUT_VERSION, MAIN_SLOT, SLAB_MAGIC } from "../layout/slab_header.ts";

/** Address space that a slab reserves unless told otherwise: 64 MiB, committed by the page when touched. */
export const DEFAULT_SLAB_BYTES = 64 * 1024 * 1024;

/** The smallest slab: its header and two pages. */
export const MIN_SLAB_BYTES = 4 * PAGE_BYTES;

/** The largest slab: offsets are 32-bit integers. */
export const MAX_SLAB_BYTES = 1024 * 1024 * 1024;

/**
 * A slab that a reader refuses: foreign, of another layout version, too small or damaged.
 *
 * @example Memory that is no slab
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { Collector, Registry, SlabError } from "promslab";
 *
 * const collector = new Collector(new Registry(), {
 *   onProblem: (sentence) => {
 *     throw new SlabError(sentence);
 *   },
 * });
 * assertThrows(() => collector.addSlab(new SharedArrayBuffer(64)), SlabError);
 * ```
 */
export class SlabError extends Error {
  /** The name of the class. */
  override readonly name = "SlabError";
  /** `LAYOUT_VERSION` if the slab was written by another version of the library, else `BAD_SLAB`. */
  readonly code: "LAYOUT_VERSION" | "BAD_SLAB";
  /** Keeps the code for callers that branch. */
  constructor(message: string, code: "LAYOUT_VERSION" | "BAD_SLAB" = "BAD_SLAB") {
    super(message);
    this.code = code;
  }
}

/** The views of one slab. Any thread may hold one; only the owner stores through it. */
export class Slab {
  /** Whether the memory is of the kind that threads can share. */
  readonly shareable: boolean;
  /**
   * Whether no other thread can have the memory: true of a slab of {@linkcode createConfinedSlab} until somebody takes
   * its {@linkcode Slab.buffer}, and never again. Only the owner's own stores look at it.
   */
  confined: boolean;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
  /** The memory, for whoever hands it on. Taking it ends {@linkcode Slab.confined}, so nothing may post the views'. */
  declare readonly buffer: ArrayBufferLike;
  readonly #buffer: ArrayBufferLike;

  static readonly #bufferProperty: PropertyDescriptor & ThisType<Slab> = {
    enumerable: true,
    get() {
      // ORDER: before the caller can post the memory, which orders all that was stored until now (litmus: sharing).
      this.confined = false;
      return this.#buffer;
    },
  };

  /**
   * @param buffer a buffer that {@linkcode createSlab} made; use {@linkcode openSlab} for one that came from elsewhere
   * @param confined whether nobody else has the buffer
   */
  constructor(buffer: ArrayBufferLike, confined = false) {
    this.#buffer = buffer;
    this.shareable = buffer instanceof SharedArrayBuffer;
    this.confined = confined;
    // WHY: a property of the object and not of the class, because a message that carries the object, as part of a metric,
    // say, carries its views; it takes all of the object's own properties, so it takes this one too.
    Object.defineProperty(this, "buffer", Slab.#bufferProperty);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }

  /** The worker slot that the slab was made for; {@linkcode MAIN_SLOT} for main. */
  get slot(): number {
    return this.i32[HEADER32.slot];
  }

  /** The incarnation of the slot, from 1. */
  get epoch(): number {
    return this.i32[HEADER32.epoch];
  }
}

/**
 * Gives a slab its worker slot, where no parent thread did. Owner thread only, before any other thread knows the slab.
 */
export function assignSlot(slab: Slab, slot: number): void {
  slab.i32[HEADER32.slot] = slot;
}

/** Options of {@linkcode createSlab}. */
export interface SlabOptions {
  /** Size in bytes, rounded up to whole pages. Default 64 MiB. */
  readonly bytes?: number;
  /** Worker slot, from 0. Default: main's. */
  readonly slot?: number;
  /** Incarnation of the slot, from 1. Default 1. */
  readonly epoch?: number;
}

/**
 * Reserves a slab. Any thread; by convention the supervisor, before the worker that will own it starts.
 *
 * @returns the memory, to be handed to the owner and to the collector
 * @throws {RangeError} If the size is not between 16 KiB and 1 GiB
 *
 * @example A worker's memory, made by the main thread before it starts the worker
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createSlab, Registry } from "promslab";
 *
 * const slab = createSlab({ slot: 0, epoch: 1, bytes: 1024 * 1024 });
 * const registry = new Registry(); // in the worker
 * registry.attach({ slab });
 * assertEquals(slab.byteLength, 1024 * 1024);
 * ```
 */
export function createSlab(options: SlabOptions = {}): SharedArrayBuffer {
  const bytes = slabSize(options.bytes ?? DEFAULT_SLAB_BYTES);
  return format(new SharedArrayBuffer(bytes), options) as SharedArrayBuffer;
}

/** Reserves a slab for the thread itself, in memory that it can share later. */
export function createConfinedSlab(options: SlabOptions = {}): Slab {
  return new Slab(createSlab(options), true);
}

/**
 * A slab over memory that no other thread sees. Cells that found no room in the shared slab live in one,
 * so that handles need no check.
 */
export function createPrivateSlab(bytes: number): Slab {
  return new Slab(format(new ArrayBuffer(slabSize(bytes)), {}));
}

function slabSize(bytes: number): number {
  if (!Number.isInteger(bytes) || bytes < MIN_SLAB_BYTES || bytes > MAX_SLAB_BYTES) {
    throw new RangeError(
      `Cannot create slab of "${bytes}" bytes: wanted a whole number from ${MIN_SLAB_BYTES} to ${MAX_SLAB_BYTES}`,
    );
  }
  return roundUp(bytes, PAGE_BYTES);
}

function format(buffer: ArrayBufferLike, { slot = MAIN_SLOT, epoch = 1 }: SlabOptions): ArrayBufferLike {
  const i32 = new Int32Array(buffer);
  i32[HEADER32.magic] = SLAB_MAGIC;
  i32[HEADER32.version] = LAYOUT_VERSION;
  i32[HEADER32.slabBytes] = buffer.byteLength;
  i32[HEADER32.slot] = slot;
  i32[HEADER32.epoch] = epoch;
  i32[HEADER32.directoryEnd] = DIRECTORY_START;
  i32[HEADER32.cellsStart] = buffer.byteLength;
  return buffer;
}

/**
 * Checks memory that came from elsewhere and makes views of it. Any thread.
 *
 * @throws {SlabError} If it is not a slab, is damaged, or was written by another layout version
 */
export function openSlab(buffer: ArrayBufferLike): Slab {
  if (buffer.byteLength < MIN_SLAB_BYTES || buffer.byteLength % PAGE_BYTES !== 0) {
    throw new SlabError(
      `Cannot open slab of ${buffer.byteLength} bytes: wanted whole pages of ${PAGE_BYTES} bytes`,
    );
  }
  const slab = new Slab(buffer);
  const magic = slab.i32[HEADER32.magic];
  if (magic !== SLAB_MAGIC) {
    throw new SlabError(
      `Cannot open slab: wanted magic ${SLAB_MAGIC.toString(16)}, found ${magic.toString(16)}`,
    );
  }
  const version = slab.i32[HEADER32.version];
  if (version !== LAYOUT_VERSION) {
    throw new SlabError(
      `Cannot open slab: it has layout version ${version}, this library reads version ${LAYOUT_VERSION}`,
      "LAYOUT_VERSION",
    );
  }
  const bytes = slab.i32[HEADER32.slabBytes];
  if (bytes !== buffer.byteLength) {
    throw new SlabError(
      `Cannot open slab: its header says ${bytes} bytes, the buffer has ${buffer.byteLength}`,
    );
  }
  return slab;
}
