/**
 * Which labels tell engines apart: vLLM's own `engine`, or the stage and the replica of a pipeline.
 *
 * A family's definition says only "engine"; who defines it says what that is. So one table of families serves a plain
 * server and every stage of a pipeline, and nothing is renamed after it was defined.
 *
 * @module
 */

/** From an engine's number to label values. Any thread. */
export interface EngineLabels {
  /** The label names that stand where a definition says `engine`. */
  readonly names: readonly string[];
  /** Their values, in the order of the names. @throws {RangeError} If no engine has this number */
  valuesOf(engine: number): readonly string[];
}

/** The engine's number as it is. */
export const PLAIN_ENGINE_LABELS: EngineLabels = {
  names: ["engine"],
  valuesOf: (engine) => [String(engine)],
};

/** A replica of a stage, by their numbers from 0. */
export interface StagePlace {
  readonly stage: number;
  readonly replica: number;
}

/** The label names of a place: with `ids` as some dashboards have them. */
export function stageLabelNames(options: { readonly ids?: boolean } = {}): readonly [string, string] {
  return options.ids ? ["stage_id", "replica_id"] : ["stage", "replica"];
}

/**
 * Engines as replicas of stages. The first ones are numbered flat, all replicas of a stage before the next stage;
 * those that are added later get the numbers that follow. Owner thread only.
 *
 * @example Two replicas of the first stage, one of the second, and a further one of the first
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const labels = new StageLabels([2, 1]);
 * assertEquals(labels.valuesOf(2), ["1", "0"]);
 * assertEquals(labels.valuesOf(labels.add({ stage: 0, replica: 2 })), ["0", "2"]);
 * ```
 */
export class StageLabels implements EngineLabels {
  readonly names: readonly string[];
  readonly #places: (StagePlace | undefined)[] = [];

  /** @param counts How many replicas each stage has at first. */
  constructor(counts: readonly number[] = [], options: { readonly ids?: boolean } = {}) {
    this.names = stageLabelNames(options);
    for (const [stage, count] of counts.entries()) {
      for (let replica = 0; replica < count; replica++) this.#places.push({ stage, replica });
    }
  }

  valuesOf(engine: number): readonly string[] {
    const { stage, replica } = this.placeOf(engine);
    return [String(stage), String(replica)];
  }

  /** The place of an engine. @throws {RangeError} If no engine has this number */
  placeOf(engine: number): StagePlace {
    const place = this.#places[engine];
    if (place === undefined) {
      throw new RangeError(`Cannot label engine "${engine}": it belongs to no replica of a stage`);
    }
    return place;
  }

  /** The number of the engine at a place, undefined if there is none. */
  engineAt(place: StagePlace): number | undefined {
    const { stage, replica } = place;
    const engine = this.#places.findIndex((at) => at?.stage === stage && at.replica === replica);
    return engine < 0 ? undefined : engine;
  }

  /** Adds a replica and returns its engine's number. @throws {RangeError} If the place is taken */
  add(place: StagePlace): number {
    if (this.engineAt(place) !== undefined) {
      throw new RangeError(
        `Cannot add replica "${place.replica}" of stage "${place.stage}": there is one of this number`,
      );
    }
    this.#places.push({ stage: place.stage, replica: place.replica });
    return this.#places.length - 1;
  }

  /** Forgets a replica; its engine's number is not used again. @throws {RangeError} If no engine has this number */
  remove(engine: number): void {
    this.placeOf(engine);
    this.#places[engine] = undefined;
  }
}

/** Label names with the engine's own in the place of `engine`. */
export function withEngineLabels(
  labelNames: readonly string[],
  labels: EngineLabels = PLAIN_ENGINE_LABELS,
): readonly string[] {
  return labelNames.flatMap((name) => name === "engine" ? labels.names : [name]);
}
