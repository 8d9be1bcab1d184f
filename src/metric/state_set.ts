/**
 * Statesets.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor } from "../model/define.ts";
import type { Labels } from "../model/label_values.ts";
import { GAUGE_SHAPE } from "../slab/cell_shape.ts";
import type { TicketCounter } from "../slab/control.ts";
import { setStampedGauge } from "../slab/gauge_cell.ts";
import type { Slab } from "../slab/slab.ts";
import type { BoundChild } from "./family.ts";
import { type CollectOption, type CommonOptions, Metric } from "./metric.ts";
import { defaultRegisterer } from "./registerer.ts";

/** What a stateset's definition may say. A stateset has no unit. */
export type StateSetOptions<LabelName extends string, State extends string> =
  & Omit<CommonOptions<LabelName>, "unit">
  & CollectOption<StateSet<LabelName, State>>
  & {
    /** The names of the states, 1 to 52, in the order in which they are shown. */
    readonly states: readonly State[];
    /**
     * `mostrecent`, the default, shows what was set last in any worker; `livemostrecent` what was set last in a worker
     * that is alive; `liveall` and `all` show each worker by itself, told apart by the label `worker`.
     */
    readonly mode?: "mostrecent" | "livemostrecent" | "liveall" | "all";
  };

/** What the children of one stateset share. */
interface States {
  readonly name: string;
  /** The bit of each state. */
  readonly bits: ReadonlyMap<string, number>;
  readonly tickets: TicketCounter;
}

/**
 * One series of a stateset, bound to its place in memory. Owner thread only.
 *
 * @example One state of several
 * ```ts
 * import { Registry, StateSet } from "promslab";
 *
 * const state = new StateSet({
 *   name: "job_state",
 *   help: "State of a job.",
 *   states: ["waiting", "running"],
 *   labelNames: ["job"],
 *   registry: new Registry(),
 * });
 * state.labels({ job: "7" }).set("running");
 * ```
 */
export class StateSetChild<State extends string = string> implements BoundChild {
  readonly #slab: Slab;
  #cell32: number;
  readonly #states: States;

  /** Made by {@linkcode StateSet.labels}. @internal */
  constructor(slab: Slab, cell32: number, states: States) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#states = states;
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
  }

  /**
   * Turns the given states on and all others off, visible in one step.
   *
   * @param state one state, or any number of them
   * @throws {RangeError} If a state is not one of the definition's; nothing is changed then
   */
  set(state: State | readonly State[]): void {
    const mask = maskOf(this.#states, state);
    setStampedGauge(this.#slab, this.#cell32, mask, this.#states.tickets.next());
  }
}

/**
 * Which of some named states hold: phases of a service, feature switches. Owner thread only; of several workers
 * the one counts that set the series last.
 *
 * @example The phase of a service
 * ```ts
 * import { StateSet } from "promslab";
 *
 * const phase = new StateSet({ name: "app_phase", help: "Where we are.", states: ["starting", "ready", "draining"] });
 * phase.set("ready");
 * ```
 */
export class StateSet<LabelName extends string = never, State extends string = string>
  extends Metric<LabelName, StateSetChild<State>> {
  readonly #states: States;

  /**
   * Defines a stateset. All states are off until they are set.
   *
   * @throws {TypeError | RangeError} If the definition is not valid
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: StateSetOptions<LabelName, State>, reuse = false) {
    const descriptor = defineDescriptor("stateset", options);
    super({ descriptor, shape: GAUGE_SHAPE, registry: options.registry, collect: options.collect, reuse });
    this.#states = {
      name: descriptor.name,
      bits: new Map(descriptor.states.map((state, i) => [state, 2 ** i])),
      tickets: (options.registry ?? defaultRegisterer()).tickets,
    };
  }

  /**
   * The stateset of this definition: the one that is there, or a new one.
   *
   * @throws {DuplicateFamilyError} If the name is there with another definition
   */
  static getOrCreate<LabelName extends string = never, State extends string = string>(
    options: StateSetOptions<LabelName, State>,
  ): StateSet<LabelName, State> {
    return new StateSet(options, true);
  }

  /** Turns states on and all others off, without labels; see {@linkcode StateSetChild.set}. */
  set(state: State | readonly State[]): void;
  /** Turns states of one series on and all others off; see {@linkcode StateSetChild.set}. */
  set(labels: Labels<LabelName>, state: State | readonly State[]): void;
  set(first: Labels<LabelName> | State | readonly State[], second?: State | readonly State[]): void {
    if (second === undefined) this.family.childAt(this.ownCell(), (at) => this.bind(at)).set(first as State);
    else this.#setLabelled(first as Labels<LabelName>, second);
  }

  #setLabelled(labels: Labels<LabelName>, state: State | readonly State[]): void {
    // WHY: looked up before the labels are, so that a state that is refused makes no series.
    const mask = maskOf(this.#states, state);
    setStampedGauge(this.family.slab, this.family.cellOf(labels), mask, this.#states.tickets.next());
  }

  /** @internal */
  protected override bind(cell32: number): StateSetChild<State> {
    return new StateSetChild(this.family.slab, cell32, this.#states);
  }
}

/** The bits of states that are on. @throws {RangeError} If one is not of the definition's */
function maskOf(states: States, state: string | readonly string[]): number {
  if (typeof state === "string") return bitOf(states, state);
  let mask = 0;
  for (const each of new Set(state)) mask += bitOf(states, each);
  return mask;
}

function bitOf({ bits, name }: States, state: string): number {
  const bit = bits.get(state);
  if (bit === undefined) {
    throw new RangeError(
      `Cannot set stateset "${name}": wanted a state of ${[...bits.keys()].join(", ")}, given ${
        String(state)
      }`,
    );
  }
  return bit;
}
