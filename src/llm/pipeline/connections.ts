/**
 * The connections between replicas as main keeps them: who is at their ends, and which hops were sent and never
 * received because an end was lost.
 *
 * An end counts a hop in its metrics, then in a word of the connection, then it lets the other end see it. Whoever is
 * killed between the first two has counted one hop more than the word says: its memory tells, after its end.
 *
 * @module
 */
import { Collector } from "../../collect/collector.ts";
import type { StagePlace } from "../../families/engine_labels.ts";
import { namedOmniSpec, OMNI_FAMILIES, type OmniNaming } from "../../families/omni.ts";
import { Registry } from "../../registry/registry.ts";
import { type EdgeMemory, hopCounts } from "./wire/edges.ts";
import { isPlace, isSame, placeKey } from "./wire/stage_messages.ts";
import type { BoundPlace } from "./wire/ticket.ts";

/** An incarnation of a replica, and the memory of its metrics. */
export interface ConnectionEnd extends BoundPlace {
  readonly slab: SharedArrayBuffer;
}

/** What {@linkcode Connections} works with. */
export interface ConnectionsParts {
  readonly naming: OmniNaming;
  /** So many hops of an edge were sent and never received, because an end was lost. */
  readonly lost: (edge: { readonly from: StagePlace; readonly to: StagePlace }, hops: number) => void;
}

interface Connection<End> {
  readonly from: End;
  readonly to: End;
  readonly memory: EdgeMemory;
  /** Hops for good, from when on their end does not touch the memory any more. */
  sent: number | undefined;
  received: number | undefined;
}

/** Hops by the place at the other end. */
type HopsByPlace = Map<string, number>;

/** The connections of one pipeline. Main thread only. */
export class Connections<End extends ConnectionEnd> {
  readonly #parts: ConnectionsParts;
  readonly #registry = new Registry({ slabBytes: 1 << 20 });
  /** What ends that live have counted in connections that are over. */
  readonly #sentBefore = new WeakMap<End, HopsByPlace>();
  readonly #receivedBefore = new WeakMap<End, HopsByPlace>();
  #open: Connection<End>[] = [];

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  /** Two ends are connected. */
  add(from: End, to: End, memory: EdgeMemory): void {
    this.#open.push({ from, to, memory, sent: undefined, received: undefined });
  }

  /** The ends that an end sends to. */
  targetsOf(end: End): End[] {
    return this.#open.filter(({ from }) => from === end).map(({ to }) => to);
  }

  /** The ends that send to an end. */
  sourcesOf(end: End): End[] {
    return this.#open.filter(({ to }) => to === end).map(({ from }) => from);
  }

  /**
   * An end has ended. What it has counted by now is final: should its end not be proven, and its thread write once
   * more, then what is said to be lost stays as it is.
   */
  ended(end: End): void {
    const counted = this.#countedBy(end);
    for (const connection of this.#open) {
      const { from, to, memory } = connection;
      const words = hopCounts(memory);
      if (from === end && connection.sent === undefined) {
        connection.sent = words.sent + this.#beside(this.#sentBy(end, to), take(counted.sent, to)) | 0;
      }
      if (to === end && connection.received === undefined) {
        // WHY: of several connections with one place, the hop came by one that has a hop under way.
        const beside = words.sent === words.received
          ? 0
          : this.#beside(this.#receivedBy(end, from), take(counted.received, from));
        connection.received = words.received + beside | 0;
      }
    }
    this.#settle();
  }

  /** A sender says that it does not write to a replica that is gone any more. */
  letGo(from: End, to: BoundPlace): void {
    for (const connection of this.#open) {
      if (connection.from !== from || !isSame(connection.to, to)) continue;
      connection.sent ??= hopCounts(connection.memory).sent;
    }
    this.#settle();
  }

  /** A receiver says that it has taken all that a replica had sent which is gone. */
  drained(to: End, from: BoundPlace): void {
    for (const connection of this.#open) {
      if (connection.to !== to || !isSame(connection.from, from)) continue;
      connection.received ??= hopCounts(connection.memory).received;
    }
    this.#settle();
  }

  /** Counts what was lost by connections that neither end touches any more, and forgets them. */
  #settle(): void {
    this.#open = this.#open.filter((connection) => {
      const { from, to, sent, received } = connection;
      if (sent === undefined || received === undefined) return true;
      add(this.#sentBefore, from, { to, hops: sent });
      add(this.#receivedBefore, to, { to: from, hops: received });
      const hops = sent - received | 0;
      if (hops > 0) this.#parts.lost({ from, to }, hops);
      return false;
    });
  }

  /** Whether the metrics of an end have one hop more than its connections with a place. */
  #beside(byConnections: number, byMetrics: number | undefined): 0 | 1 {
    // WHY: only one hop can be under way. Another difference is none of ours: the series was reset, or had no room.
    return byMetrics !== undefined && (byMetrics - byConnections | 0) === 1 ? 1 : 0;
  }

  #sentBy(end: End, place: StagePlace): number {
    return this.#open.filter(({ from, to }) => from === end && isPlace(to, place))
      .reduce((sum, { memory }) => sum + hopCounts(memory).sent, hopsBefore(this.#sentBefore, end, place));
  }

  #receivedBy(end: End, place: StagePlace): number {
    return this.#open.filter(({ from, to }) => to === end && isPlace(from, place)).reduce(
      (sum, { memory }) => sum + hopCounts(memory).received,
      hopsBefore(this.#receivedBefore, end, place),
    );
  }

  /** What an end that has ended had counted in its metrics, by the place of the other end. */
  #countedBy(end: End): { readonly sent: HopsByPlace; readonly received: HopsByPlace } {
    const { naming } = this.#parts;
    const [tx, rx] = [OMNI_FAMILIES.transferTx, OMNI_FAMILIES.transferRx]
      .map(({ spec }) => namedOmniSpec(spec, naming).name);
    const counted = { sent: new Map<string, number>(), received: new Map<string, number>() };
    const collector = new Collector(this.#registry, { relaysRemovals: false });
    collector.addSlab(end.slab);
    for (const { descriptor, block, stride, values } of collector.blocks()) {
      const isTx = descriptor.name === tx;
      if (!isTx && descriptor.name !== rx) continue;
      const other = isTx ? "to" : "from";
      const stage = block.labelNames.indexOf(`${other}_stage`);
      const replica = block.labelNames.indexOf(`${other}_replica`);
      block.series.forEach((labels, i) => {
        // A histogram's count is before its sum, which is last.
        const hops = values[i * stride + stride - 2];
        (isTx ? counted.sent : counted.received).set(`${labels[stage]}.${labels[replica]}`, hops);
      });
    }
    return counted;
  }
}

/** What is known of a place, once: its one hop under way is of one connection. */
function take(hops: HopsByPlace, place: StagePlace): number | undefined {
  const key = placeKey(place);
  const value = hops.get(key);
  hops.delete(key);
  return value;
}

function hopsBefore<End extends object>(
  before: WeakMap<End, HopsByPlace>,
  end: End,
  place: StagePlace,
): number {
  return before.get(end)?.get(placeKey(place)) ?? 0;
}

function add<End extends object>(
  before: WeakMap<End, HopsByPlace>,
  end: End,
  { to, hops }: { readonly to: StagePlace; readonly hops: number },
): void {
  const byPlace = before.get(end) ?? new Map<string, number>();
  byPlace.set(placeKey(to), hopsBefore(before, end, to) + hops | 0);
  before.set(end, byPlace);
}
