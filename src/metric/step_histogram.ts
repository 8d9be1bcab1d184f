/**
 * Histograms whose one observation is contributed by several workers.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor } from "../model/define.ts";
import { givenText } from "../model/given_text.ts";
import { histogramShape } from "../slab/cell_shape.ts";
import { observeHistogram } from "../slab/histogram_cell.ts";
import type { Slab } from "../slab/slab.ts";
import { checkContributor, type Contribution, type ObserveStep, StepRing } from "../slab/step_ring.ts";
import type { BoundChild } from "./family.ts";
import type { HistogramOptions } from "./histogram.ts";
import { Metric } from "./metric.ts";

/**
 * One worker's part in the steps of one series. Owner thread only.
 *
 * @example The only contributor of a step
 * ```ts
 * import { createStepRing, Registry, StepHistogram } from "promslab";
 *
 * const tokens = new StepHistogram({
 *   name: "step_tokens",
 *   help: "Tokens per step.",
 *   labelNames: ["engine"],
 *   buckets: [8, 64],
 *   registry: new Registry(),
 * });
 * const steps = tokens.labels("0").join(createStepRing(), 0);
 * steps.contribute({ step: 0, participants: 0b1, value: 5 });
 * ```
 */
export class StepContributor {
  readonly #ring: StepRing;
  readonly #contributor: number;
  readonly #name: string;
  readonly #observe: ObserveStep;
  /** Contributions whose slot an older step still has, oldest first. */
  readonly #waiting: Contribution[] = [];

  /** Made by {@linkcode StepHistogramChild.join}. @internal */
  constructor(ring: StepRing, contributor: number, into: { name: string; observe: ObserveStep }) {
    this.#ring = ring;
    this.#contributor = contributor;
    this.#name = into.name;
    this.#observe = into.observe;
  }

  /**
   * Contributes this worker's part of a step. Whoever contributes last observes the whole. A contribution that comes
   * while older steps still fill the ring waits, and is made by a later call or by {@linkcode StepContributor.flush}.
   *
   * @param part the step, the bits of all its participants, and this worker's part, a whole number from 0
   * @throws {RangeError} If the part is not a whole number from 0, or this worker is not among the participants
   */
  contribute(part: Contribution): void {
    const { value, participants } = part;
    if (!((value | 0) === value && value >= 0)) {
      throw new RangeError(
        `Cannot contribute to "${this.#name}": wanted a whole number from 0, given ${givenText(value)}`,
      );
    }
    if ((participants & (1 << this.#contributor)) === 0) {
      throw new RangeError(
        `Cannot contribute to "${this.#name}": contributor ${this.#contributor} is not among the participants`,
      );
    }
    if (this.#waiting.length > 0) this.flush();
    if (this.#waiting.length > 0 || !this.#ring.contribute(this.#contributor, part, this.#observe)) {
      this.#waiting.push({ step: part.step, participants, value });
    }
  }

  /**
   * Makes the contributions that wait, oldest first, as far as the ring has room. Call it now and then if no
   * contribution comes.
   *
   * @returns how many still wait
   */
  flush(): number {
    this.#ring.settle(this.#contributor, this.#observe);
    const waiting = this.#waiting;
    let made = 0;
    // WHY: from the head only; trying all of them each time is quadratic.
    while (made < waiting.length && this.#ring.contribute(this.#contributor, waiting[made], this.#observe)) {
      made++;
    }
    if (made > 0) waiting.splice(0, made);
    return waiting.length;
  }
}

/**
 * One series of a step-scoped histogram. Owner thread only.
 *
 * @example A child that joins a ring
 * ```ts
 * import { createStepRing, Registry, StepHistogram } from "promslab";
 *
 * const tokens = new StepHistogram({
 *   name: "step_tokens",
 *   help: "Tokens per step.",
 *   labelNames: ["engine"],
 *   buckets: [8, 64],
 *   registry: new Registry(),
 * });
 * const steps = tokens.labels("0").join(createStepRing(), 0);
 * steps.contribute({ step: 0, participants: 0b1, value: 5 });
 * ```
 */
export class StepHistogramChild implements BoundChild {
  readonly #slab: Slab;
  #cell32: number;
  readonly #bounds: Float64Array;
  readonly #name: string;
  readonly #observe: ObserveStep;
  /** The ends of rings by which this series observes. WHY weak: who contributes holds its end, and nobody else needs it. */
  #ends: { readonly end: WeakRef<StepRing>; readonly contributor: number }[] = [];

  /** Made by {@linkcode StepHistogram.labels}. @internal */
  constructor(slab: Slab, cell32: number, of: { bounds: Float64Array; name: string }) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#bounds = of.bounds;
    this.#name = of.name;
    this.#observe = (total, step) => observeHistogram(this.#slab, this.#cell32, this.#bounds, total, step);
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
    // WHY: before the next observation, by whose stamp a supervisor tells whether it was made.
    for (const { end, contributor } of this.#ends) end.deref()?.announce(contributor, cell32);
  }

  /**
   * Joins the steps of this series.
   *
   * @param ring memory that `createStepRing()` made, one for each series, the same in all workers
   * @param contributor this worker's number among the contributors, 0 to 30; a worker that replaces one that has
   * ended takes a number that was not used before
   * @throws {RangeError} If the number is not from 0 to 30
   */
  join(ring: SharedArrayBuffer, contributor: number): StepContributor {
    checkContributor(contributor);
    const end = new StepRing(ring);
    end.announce(contributor, this.#cell32);
    this.#ends = this.#ends.filter(({ end }) => end.deref() !== undefined);
    this.#ends.push({ end: new WeakRef(end), contributor });
    return new StepContributor(end, contributor, { name: this.#name, observe: this.#observe });
  }

  /**
   * Takes over from a contributor that has ended, so that no step waits for it and none is lost or counted twice.
   * The supervisor's thread only, once the contributor writes no more: when `WorkerWatch` has folded its slab. An exit
   * event or a released lock is not enough, the thread's last stores may come later.
   *
   * @param ring the ring of this series
   * @param ended the contributor's number, its slab, and the steps that it was told to contribute to and may not have:
   * they count with what the others contribute. Only a step that went to the ended contributor alone must be named
   * @throws {RangeError} If the contributor's number is not from 0 to 30
   * @throws {SlabError} If the ended contributor's slab is none
   * @returns the contributions that the supervisor makes in the other's place; flush them until none waits
   */
  takeOver(ring: SharedArrayBuffer, ended: EndedContributor): StepContributor {
    const { contributor, slab, outstanding = [] } = ended;
    checkContributor(contributor);
    const end = new StepRing(ring);
    end.takeOver({ contributor, slab, bucketCount: this.#bounds.length + 1 }, this.#observe);
    const successor = new StepContributor(end, contributor, { name: this.#name, observe: this.#observe });
    for (const { step, participants } of outstanding) successor.contribute({ step, participants, value: 0 });
    return successor;
  }
}

/** A contributor that has ended, as its supervisor knows it. */
export interface EndedContributor {
  /** Its number among the contributors, 0 to 30. */
  readonly contributor: number;
  /** Its slab. */
  readonly slab: SharedArrayBuffer;
  /** Steps in ascending order that it was told to contribute to and may not have. */
  readonly outstanding?: readonly Pick<Contribution, "step" | "participants">[];
}

/**
 * A histogram of steps that several workers report in parts: an engine's step whose output is split over several
 * front ends is one observation of the whole, not one for each part. Exact when contributors die.
 *
 * @example An engine's tokens per step, in the worker that is contributor 0 of two
 * ```ts
 * import { createStepRing, StepHistogram } from "promslab";
 *
 * const ring = createStepRing(); // made by main, handed to all workers
 * const tokens = new StepHistogram({
 *   name: "app_iteration_tokens",
 *   help: "Tokens per engine step.",
 *   labelNames: ["engine"],
 *   buckets: [1, 8, 64, 512],
 * });
 * const steps = tokens.labels("0").join(ring, 0);
 * steps.contribute({ step: 0, participants: 0b11, value: 5 });
 * ```
 */
export class StepHistogram<LabelName extends string = never> extends Metric<LabelName, StepHistogramChild> {
  readonly #bounds: Float64Array;

  /**
   * Defines a step-scoped histogram; it is exposed like any other histogram.
   *
   * @throws {TypeError | RangeError} If the definition is not valid
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: HistogramOptions<LabelName>, reuse = false) {
    // WHY: the parts of one observation come from several threads, so no one thing could be named by an exemplar.
    const descriptor = defineDescriptor("histogram", { ...options, exemplars: false, native: false });
    super({
      descriptor,
      shape: histogramShape(descriptor.buckets.length + 1),
      registry: options.registry,
      reuse,
    });
    this.#bounds = Float64Array.from(descriptor.buckets);
  }

  /** The child of a step-scoped histogram without labels. */
  own(): StepHistogramChild {
    return this.family.childAt(this.ownCell(), (at) => this.bind(at));
  }

  /** Makes the child that writes to a cell. */
  protected override bind(cell32: number): StepHistogramChild {
    return new StepHistogramChild(this.family.slab, cell32, { bounds: this.#bounds, name: this.name });
  }
}
