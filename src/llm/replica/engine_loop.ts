/**
 * Runs an engine against the clock: takes requests from the API workers' rings, waits out each step, and hands the
 * outputs to those who asked.
 *
 * @module
 */
import { Doorbell } from "../../slab/doorbell.ts";
import type { Engine } from "../engine/engine.ts";
import type { StepOutputs } from "../engine/step_outputs.ts";
import { OutputFrame } from "../wire/output_frame.ts";
import { COMMAND, decodeAdd } from "../wire/request_frame.ts";
import { openWorkerEnds, type WorkerAddress, type WorkerEnds } from "./channel.ts";

/** Engine ids are the client's number and its own id, in one. */
const CLIENT_FACTOR = 2 ** 32;
/** An idle engine shows every so often that it is alive. */
const BEAT_MS = 200;
/** A step is not begun while a client has no room for outputs, but no longer than this. */
const HOLD_MS = 5;
/** An engine that is later than this does not try to catch up. */
const LAG_MAX_US = 50_000;
/** A loop without waiting lets the thread's other tasks run this often. */
const YIELD_MS = 10;

/** One incarnation of an API worker as an engine sees it. */
interface Client extends WorkerEnds {
  /** Its number here, which no other client has as long as it is attached. */
  readonly number: number;
  readonly frame: OutputFrame;
}

/** What the loop tells its thread. */
export interface LoopEvents {
  /** Requests ended because their worker is gone; it cannot count them itself. */
  orphaned(count: number): void;
  /** Something was counted that a scrape should see. */
  publish(): void;
  /** The loop is alive. */
  beat(): void;
}

/** Options of {@linkcode EngineLoop}. */
export interface LoopOptions {
  readonly doorbell: SharedArrayBuffer;
  readonly events: LoopEvents;
  /** The engine's clock, in microseconds. */
  readonly nowUs?: () => number;
}

/** The loop around one engine. Owner thread only. */
export class EngineLoop {
  readonly #engine: Engine;
  readonly #bell: Doorbell;
  readonly #events: LoopEvents;
  readonly #nowUs: () => number;
  /** By their numbers. WHY: in a rolling restart two incarnations of one slot have requests at the same time. */
  readonly #clients = new Map<number, Client>();
  #stepEndUs = 0;
  #heldSinceUs = -1;
  #stopped = false;

  constructor(engine: Engine, options: LoopOptions) {
    this.#engine = engine;
    this.#bell = new Doorbell(options.doorbell);
    this.#events = options.events;
    this.#nowUs = options.nowUs ?? (() => performance.now() * 1000);
  }

  /** Lets an incarnation of a worker take part, until it is detached. Others of its slot go on with what they have. */
  attach(worker: WorkerAddress): void {
    let number = 0;
    while (this.#clients.has(number)) number++;
    this.#clients.set(number, { ...openWorkerEnds(worker), number, frame: new OutputFrame() });
    this.#bell.ring();
  }

  /** Ends all requests of an incarnation of a worker that is gone. */
  detach(slot: number, epoch: number): void {
    const client = [...this.#clients.values()].find((client) =>
      client.slot === slot && client.epoch === epoch
    );
    if (client === undefined) return;
    // What the worker wrote before its end still counts: a request that it took from a client is a request.
    client.requests.drain((frame) => this.#command(client, frame));
    this.#clients.delete(client.number);
    const count = this.#engine.abortClient(client.number);
    if (count > 0) this.#events.orphaned(count);
    this.#events.publish();
    this.#bell.ring();
  }

  /** Ends {@linkcode run}. */
  stop(): void {
    this.#stopped = true;
    this.#bell.ring();
  }

  /** Runs until {@linkcode stop}. */
  async run(): Promise<void> {
    let yieldedUs = this.#nowUs();
    while (!this.#stopped) {
      const { count } = this.#bell;
      this.#takeRequests();
      const waitMs = this.#advance();
      if (waitMs > 0) {
        await this.#bell.wait(count, Math.min(waitMs, BEAT_MS));
        this.#events.beat();
        yieldedUs = this.#nowUs();
      } else if (this.#nowUs() - yieldedUs > YIELD_MS * 1000) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        this.#events.beat();
        yieldedUs = this.#nowUs();
      }
    }
  }

  #takeRequests(): void {
    for (const client of this.#clients.values()) {
      if (client.outputs.pendingCount > 0 && client.outputs.flush()) client.doorbell.ring();
      client.requests.drain((frame) => this.#command(client, frame));
    }
  }

  /** Does what is due and returns how many milliseconds there is nothing to do. */
  #advance(): number {
    const nowUs = this.#nowUs();
    if (this.#engine.stepping) {
      if (nowUs < this.#stepEndUs) return (this.#stepEndUs - nowUs) / 1000;
      this.#deliver(this.#engine.endStep(this.#stepEndUs));
      this.#events.publish();
    }
    if (!this.#engine.hasWork) return BEAT_MS;
    if (this.#mustHold(nowUs)) return 1;
    // WHY: a timer is late by up to a millisecond; steps that follow each other begin where the last one ended, so
    // that the lateness does not add up.
    const late = nowUs - this.#stepEndUs;
    const beginUs = late < LAG_MAX_US ? this.#stepEndUs : nowUs;
    this.#stepEndUs = beginUs + this.#engine.beginStep(beginUs)!;
    this.#events.publish();
    return Math.max(0, (this.#stepEndUs - nowUs) / 1000);
  }

  /** Whether the next step should wait for a client that has no room for outputs. */
  #mustHold(nowUs: number): boolean {
    let full = false;
    for (const client of this.#clients.values()) full ||= client.outputs.pendingCount > 0;
    if (!full) {
      this.#heldSinceUs = -1;
      return false;
    }
    if (this.#heldSinceUs < 0) this.#heldSinceUs = nowUs;
    if (nowUs - this.#heldSinceUs < HOLD_MS * 1000) return true;
    this.#heldSinceUs = -1;
    return false;
  }

  #deliver(outputs: StepOutputs): void {
    for (const client of this.#clients.values()) client.frame.begin(outputs.timeUs);
    for (let i = 0; i < outputs.length; i++) {
      const sequence = outputs.sequences[i];
      const client = this.#clients.get(sequence.request.client);
      const id = sequence.request.id % CLIENT_FACTOR;
      client?.frame.add(id, sequence, { count: outputs.counts[i], first: outputs.firsts[i] });
    }
    for (const client of this.#clients.values()) this.#send(client);
  }

  #send(client: Client): void {
    if (client.frame.isEmpty) return;
    client.outputs.push(client.frame.words, client.frame.length);
    client.doorbell.ring();
  }

  #command(client: Client, frame: Int32Array): void {
    switch (frame[0]) {
      case COMMAND.ADD:
        return this.#add(client, frame);
      case COMMAND.ABORT:
        this.#engine.abort(engineId(client, frame[1]));
        break;
      case COMMAND.SLEEP:
        this.#engine.sleep(frame[1] === 2 ? 2 : 1);
        break;
      case COMMAND.WAKE:
        this.#engineTimeUs();
        this.#engine.wake();
        break;
      case COMMAND.RESET_PREFIX_CACHE:
        this.#engine.resetPrefixCache();
        break;
    }
    this.#events.publish();
  }

  /** What time it is for the engine, which a timer may have left a little behind. An idle engine catches up at once. */
  #engineTimeUs(): number {
    const nowUs = this.#nowUs();
    if (this.#engine.stepping) return Math.min(nowUs, this.#stepEndUs);
    if (!this.#engine.hasWork) this.#stepEndUs = nowUs;
    return Math.min(nowUs, this.#stepEndUs);
  }

  #add(client: Client, frame: Int32Array): void {
    const request = decodeAdd(frame);
    const nowUs = this.#engineTimeUs();
    try {
      this.#engine.add({ ...request, id: engineId(client, request.id), client: client.number }, nowUs);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      client.frame.begin(nowUs);
      client.frame.addError(request.id);
      this.#send(client);
    }
  }
}

function engineId(client: Client, id: number): number {
  return client.number * CLIENT_FACTOR + id;
}
