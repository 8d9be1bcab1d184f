/**
 * Threads that find each other's slabs without a parent, as those of `deno serve --parallel` must.
 *
 * @module
 */
// CONTROL PLANE
import { defaultRegistry } from "../registry/default_registry.ts";
import type { Registry } from "../registry/registry.ts";
import { drawSlot, raiseSlots } from "../slab/control.ts";
import { assignSlot } from "../slab/slab.ts";
import { SLAB_STATE } from "../slab/slab_status.ts";
import { Collector } from "./collector.ts";
import { Entrance } from "./entrance.ts";
import { SelfMetrics } from "./self_metrics.ts";
import type { SlabSource } from "./slab_source.ts";
import { WorkerWatch } from "./worker_watch.ts";

/** Options of {@linkcode ThreadMesh.join}. */
export interface ThreadMeshOptions {
  /** The registry whose slab the others get to know. Default: the thread's own. */
  readonly registry?: Registry;
  /** Name of the channel; threads of one name find each other. */
  readonly channel?: string;
  /** The longest to wait for the answers of other threads, in milliseconds; one that hangs does not answer. Default 1000. */
  readonly deadlineMs?: number;
  /** Takes one sentence about each slab or family that is left out. */
  readonly onProblem?: (message: string) => void;
  /** Opens the channel; for hosts whose own one can let the process end. Default: the global `BroadcastChannel`. */
  readonly openChannel?: (name: string) => BroadcastChannel;
  /** Whether the mesh lets the process end, as far as timers go. Default false. */
  readonly background?: boolean;
}

/** Another thread as this one reads it. */
interface Peer {
  readonly source: SlabSource;
  /** Up to which of its removals this thread has acted, and has told it so. */
  told: number;
  /** Up to which of this thread's removals it has acted. */
  acted: number;
}

/** A thread as the others know it. Later threads have greater ids. */
interface Member {
  readonly id: string;
  readonly slab: SharedArrayBuffer;
}

/** A control block, and the thread that has made it. */
interface Control {
  readonly owner: string;
  readonly block: SharedArrayBuffer;
}

type Message =
  /** A new thread asks who is there. */
  | { readonly kind: "hello"; readonly from: string; readonly control: Control }
  /** An answer: all that its sender knows, so that a thread that hangs is known too. */
  | {
    readonly kind: "here";
    readonly to: string;
    readonly from: string;
    readonly control: Control;
    readonly members: readonly Member[];
  }
  /** The new thread has its slot. */
  | { readonly kind: "joined"; readonly member: Member }
  /** An answer: the slab is part of what its sender gathers. */
  | { readonly kind: "known"; readonly to: string; readonly from: string }
  /** The sender has acted on the removals of another thread up to a number. */
  | { readonly kind: "acted"; readonly to: string; readonly from: string; readonly upTo: number };

const DEFAULT_CHANNEL = "promslab.mesh.1";
const DEFAULT_DEADLINE_MS = 1_000;
/** How long a new thread listens for others that start at the same time, where it cannot know whether there are any. */
const GREETING_MS = 50;
const BEAT_MS = 250;

/** Under this symbol of `globalThis` lie the meshes that this thread has joined with its default registry, by channel. */
const JOINED = Symbol.for("promslab.meshes.1");

function joinedMeshes(): Map<string, Promise<ThreadMesh>> {
  const globals = globalThis as Record<symbol, unknown>;
  return (globals[JOINED] ??= new Map()) as Map<string, Promise<ThreadMesh>>;
}

/**
 * One thread's place among threads that all read each other's slabs, so that any of them answers a scrape for all.
 * What a thread counted before it died stays in its slab, which all others go on to read; only the slab of a thread that
 * said that it ends is folded, once it has not changed for a while.
 */
export class ThreadMesh {
  /** Reads the slabs of all threads. */
  readonly collector: Collector;
  /** Watches the heartbeats of the other threads. */
  readonly watch: WorkerWatch;
  readonly #registry: Registry;
  readonly #onProblem: (message: string) => void;
  readonly #channel: BroadcastChannel;
  readonly #id: string;
  readonly #members: Map<string, Member> = new Map();
  readonly #peers: Map<string, Peer> = new Map();
  /** Threads that were heard of and have not said yet that they read this thread's slab. */
  readonly #awaited: Set<string> = new Set();
  /** The control block of the oldest thread known, which all use. */
  #control: Control;
  #joined = false;
  /** Whether the slot and the control block are a server's. */
  #isWorker = false;
  readonly #entrance: Entrance;
  /** Whether others may be entering too; if not, those who are in have one control block, which they tell. */
  #isAmongOthers = false;
  /** Whether a thread that is in has answered. */
  #isAnswered = false;
  #selfMetrics: SelfMetrics | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #wake: () => void = () => {};

  private constructor(options: ThreadMeshOptions) {
    this.#registry = options.registry ?? defaultRegistry;
    this.#onProblem = options.onProblem ?? (() => {});
    this.collector = new Collector(this.#registry, { onProblem: this.#onProblem, relaysRemovals: false });
    this.watch = new WorkerWatch(this.collector);
    this.#id = `${String(Date.now()).padStart(16, "0")}-${crypto.randomUUID()}`;
    this.#control = { owner: this.#id, block: this.#registry.control };
    const name = options.channel ?? DEFAULT_CHANNEL;
    this.#entrance = new Entrance(name, options.background !== true);
    this.#channel = options.openChannel?.(name) ?? new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#receive(data as Message);
  }

  /**
   * Joins the other threads of this process. Resolves when they all read this thread's slab, so that no scrape of
   * theirs misses what it counts; a thread that hangs is waited for no longer than the deadline.
   *
   * @returns this thread's place, the same for all who ask for the default registry's; close it before the process is
   * to end
   */
  static join(options: ThreadMeshOptions = {}): Promise<ThreadMesh> {
    const registry = options.registry ?? defaultRegistry;
    if (registry !== defaultRegistry) return ThreadMesh.#join(options);
    // WHY: a thread that joined twice would be counted twice, and there may be several copies of the library in it.
    const channel = options.channel ?? DEFAULT_CHANNEL;
    const joined = joinedMeshes();
    let mesh = joined.get(channel);
    if (mesh === undefined) {
      mesh = ThreadMesh.#join(options);
      joined.set(channel, mesh);
    }
    return mesh;
  }

  static async #join(options: ThreadMeshOptions): Promise<ThreadMesh> {
    const mesh = new ThreadMesh(options);
    const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    let deadline = 0;
    await mesh.#entrance.admit(async (insiders, slotsTaken) => {
      // WHY from now on: who waited for another to enter has asked nobody yet.
      deadline = performance.now() + deadlineMs;
      mesh.#isAmongOthers = insiders === undefined;
      mesh.#send({ kind: "hello", from: mesh.#id, control: mesh.#control });
      if (insiders === undefined) await mesh.#wait(performance.now() + GREETING_MS, () => false);
      else await mesh.#wait(deadline, () => insiders === 0 || mesh.#isAnswered);
      mesh.#takeSlot(slotsTaken);
      await mesh.#entrance.show(mesh.slot);
    }, deadlineMs);
    await mesh.#wait(deadline, () => mesh.#awaited.size === 0);
    mesh.#timer = setInterval(() => mesh.#beat(), BEAT_MS);
    if (options.background) (mesh.#timer as unknown as { unref?: () => void }).unref?.();
    return mesh;
  }

  /** This thread's slot among them, from 0: the value of the `worker` label. */
  get slot(): number {
    return this.#registry.slab.slot;
  }

  /** How many threads there are or were, this one included. */
  get size(): number {
    return this.#members.size + 1;
  }

  /** Has the `promslab_` families be part of what this thread gathers: all threads as this one sees them. */
  exposeSelfMetrics(): void {
    const { collector, watch } = this;
    this.#selfMetrics ??= new SelfMetrics({ collector, watch, registry: this.#registry, everyThread: true });
  }

  /** Leaves the channel, which otherwise keeps the process alive. This thread's slab goes on to be read by others. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#entrance.leave();
    this.#channel.close();
    if (this.#registry === defaultRegistry) joinedMeshes().delete(this.#channel.name);
  }

  #send(message: Message): void {
    this.#channel.postMessage(message);
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "hello":
        // WHY: who waits to enter has no say yet; its own hello comes when it does.
        if (!this.#joined && !this.#isAmongOthers) break;
        this.#await(message.from);
        if (!this.#joined) this.#considerControl(message.control);
        this.#send({
          kind: "here",
          to: message.from,
          from: this.#id,
          control: this.#control,
          members: [...this.#members.values(), ...(this.#joined ? [this.#self()] : [])],
        });
        break;
      case "here":
        if (message.to !== this.#id) break;
        this.#await(message.from);
        for (const member of message.members) this.#add(member);
        // WHY also late: a thread that hung while this one entered has the block that all others have.
        if (!this.#isAmongOthers && !this.#isAnswered) this.#useControl(message.control);
        else this.#considerControl(message.control);
        this.#isAnswered = true;
        this.#wake();
        break;
      case "joined":
        this.#add(message.member);
        this.#send({ kind: "known", to: message.member.id, from: this.#id });
        break;
      case "known":
        if (message.to !== this.#id) break;
        this.#awaited.delete(message.from);
        this.#wake();
        break;
      case "acted": {
        const peer = message.to === this.#id ? this.#peers.get(message.from) : undefined;
        if (peer !== undefined) peer.acted = message.upTo;
      }
    }
  }

  /** Takes the control block of an older thread. */
  #considerControl(control: Control): void {
    if (control.owner < this.#control.owner) this.#useControl(control);
  }

  #useControl(control: Control): void {
    this.#control = control;
    if (this.#joined && !this.#isWorker) this.#registry.adoptControl(control.block);
  }

  /** Draws this thread's slot and tells the others its slab. */
  #takeSlot(slotsTaken: number): void {
    const { block } = this.#control;
    // WHY: a worker of a server has its slot, and the control block that goes with it, from there.
    this.#isWorker = this.#registry.slab.slot >= 0;
    if (!this.#isWorker) {
      // WHY: a thread that hangs has not told its control block, from which it drew its slot.
      raiseSlots(block, slotsTaken);
      if (block !== this.#registry.control) this.#registry.adoptControl(block);
      assignSlot(this.#registry.slab, drawSlot(block));
    }
    this.#registry.shareRemovals();
    this.#joined = true;
    this.#send({ kind: "joined", member: this.#self() });
  }

  #self(): Member {
    return { id: this.#id, slab: this.#registry.slab.buffer as SharedArrayBuffer };
  }

  #add(member: Member): void {
    if (member.id === this.#id || this.#members.has(member.id)) return;
    this.#members.set(member.id, member);
    this.#await(member.id);
    try {
      const source = this.collector.addSlab(member.slab);
      this.watch.add(source);
      this.#peers.set(member.id, { source, told: 0, acted: 0 });
    } catch (error) {
      this.#onProblem(`Cannot read the slab of another thread: ${(error as Error).message}`);
    }
  }

  /** Has this thread wait, before it serves, for the word of another. */
  #await(id: string): void {
    if (!this.#joined) this.#awaited.add(id);
  }

  #beat(): void {
    this.#registry.beat();
    // WHY: a slab that is folded changes what is gathered, perhaps in the middle of a pass.
    void this.collector.exclusively(() => this.#lookAfter());
  }

  /** Does what is due with the slabs of the others, unless the mesh was closed meanwhile. */
  #lookAfter(): void {
    if (this.#timer === undefined) return;
    this.watch.check();
    for (const source of this.collector.sources) {
      if (source.status().state === SLAB_STATE.CLOSED) this.watch.assumeEnded(source);
    }
    this.collector.poll();
    this.#settleRemovals();
  }

  /** Tells the others which of their removals this thread has acted on, and forgets those that all have acted on. */
  #settleRemovals(): void {
    let acted = Infinity;
    for (const [id, peer] of this.#peers) {
      if (!this.collector.sources.has(peer.source)) {
        this.#peers.delete(id);
        continue;
      }
      acted = Math.min(acted, peer.acted);
      const { removalsRead } = peer.source;
      if (removalsRead === peer.told) continue;
      peer.told = removalsRead;
      this.#send({ kind: "acted", to: id, from: this.#id, upTo: removalsRead });
    }
    this.#registry.forgetRemovals(acted);
  }

  /** Waits until a condition holds, at most until a time of `performance.now()`. */
  async #wait(untilMs: number, condition: () => boolean): Promise<void> {
    while (!condition()) {
      const left = untilMs - performance.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
