/**
 * Finds the series of a family whose values have not changed for a while.
 *
 * @module
 */
// CONTROL PLANE

/** What a family's series were at the last pass, and when they last changed. The collector's thread only. */
export class IdleSeries {
  readonly #ttlMs: number;
  readonly #stride: number;
  /** By the series' number in its family. */
  #values: Float64Array = new Float64Array(0);
  #changedAt: Float64Array = new Float64Array(0);

  /** @param family after how many seconds without a change a series is idle, and how many numbers each has */
  constructor(family: { ttlSeconds: number; stride: number }) {
    this.#ttlMs = family.ttlSeconds * 1000;
    this.#stride = family.stride;
  }

  /**
   * Compares the merged values of a pass with those of the last one.
   *
   * @param order the series' numbers, in the order of `values`
   * @param values `stride` numbers for each series
   * @param now a monotonic clock in milliseconds
   * @returns places in `order` of the series that are idle
   */
  find(order: ArrayLike<number>, values: Float64Array, now: number): number[] {
    const stride = this.#stride;
    const idle: number[] = [];
    for (let place = 0; place < order.length; place++) {
      const index = order[place];
      if (index >= this.#changedAt.length) this.#grow(index, now);
      let changed = false;
      for (let i = 0; i < stride; i++) {
        const value = values[place * stride + i];
        if (Object.is(this.#values[index * stride + i], value)) continue;
        this.#values[index * stride + i] = value;
        changed = true;
      }
      if (changed) this.#changedAt[index] = now;
      else if (now - this.#changedAt[index] >= this.#ttlMs) idle.push(place);
    }
    return idle;
  }

  /** Forgets a series, whose number may go to another. */
  forget(index: number): void {
    if (index < this.#changedAt.length) {
      this.#values.fill(NaN, index * this.#stride, (index + 1) * this.#stride);
    }
  }

  #grow(index: number, now: number): void {
    const count = Math.max(64, 2 * index);
    const values = new Float64Array(count * this.#stride).fill(NaN);
    values.set(this.#values);
    const changedAt = new Float64Array(count).fill(now);
    changedAt.set(this.#changedAt);
    this.#values = values;
    this.#changedAt = changedAt;
  }
}
