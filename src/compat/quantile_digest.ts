/**
 * Quantiles of observations, in bounded memory.
 *
 * @module
 */
// DATA PLANE

/** The most centroids that are kept before neighbours are merged. */
const CENTROIDS_MAX = 2_500;
/** How much of all observations one centroid may stand for in the middle of the distribution, as a fraction. */
const COMPRESSION = 0.01;

/**
 * A merging t-digest. While there are no more than a few thousand different values, none is merged, and a quantile is
 * interpolated between neighbours as prom-client does it; beyond that, centroids in the middle are merged, those at
 * the ends are not.
 */
export class QuantileDigest {
  #means: number[] = [];
  #weights: number[] = [];
  #pending: number[] = [];
  #count = 0;

  /** How many observations there are. */
  get count(): number {
    return this.#count;
  }

  /** Takes an observation. */
  push(value: number): void {
    this.#pending.push(value);
    this.#count++;
    if (this.#pending.length >= CENTROIDS_MAX) this.compress();
  }

  /** Sorts in what came since the last time, and merges neighbours if there are too many. */
  compress(): void {
    if (this.#pending.length === 0) return;
    const added = this.#pending.sort((a, b) => a - b);
    this.#pending = [];
    const means: number[] = [];
    const weights: number[] = [];
    const append = (mean: number, weight: number) => {
      if (means[means.length - 1] === mean) weights[weights.length - 1] += weight;
      else {
        means.push(mean);
        weights.push(weight);
      }
    };
    let k = 0;
    for (const value of added) {
      for (; k < this.#means.length && this.#means[k] <= value; k++) append(this.#means[k], this.#weights[k]);
      append(value, 1);
    }
    for (; k < this.#means.length; k++) append(this.#means[k], this.#weights[k]);
    this.#means = means;
    this.#weights = weights;
    if (means.length > CENTROIDS_MAX) this.#merge();
  }

  /**
   * The value below which the given part of all observations lies.
   *
   * @param quantile from 0 to 1
   * @returns undefined without observations
   */
  quantile(quantile: number): number | undefined {
    this.compress();
    const means = this.#means;
    if (means.length === 0) return undefined;
    const rank = quantile * this.#count;
    let middle = this.#weights[0] / 2;
    if (rank <= middle) return means[0];
    for (let i = 1; i < means.length; i++) {
      const next = middle + (this.#weights[i - 1] + this.#weights[i]) / 2;
      if (rank < next) {
        return means[i - 1] + (rank - middle) * (means[i] - means[i - 1]) / (next - middle);
      }
      middle = next;
    }
    return means[means.length - 1];
  }

  /** Hands over what was observed: values, each with how many observations it stands for. */
  forEach(take: (value: number, weight: number) => void): void {
    this.compress();
    this.#means.forEach((mean, i) => take(mean, this.#weights[i]));
  }

  /** Forgets all observations. */
  reset(): void {
    this.#means = [];
    this.#weights = [];
    this.#pending = [];
    this.#count = 0;
  }

  /** Merges neighbours while both together stay within what a centroid at their place may stand for. */
  #merge(): void {
    const means: number[] = [this.#means[0]];
    const weights: number[] = [this.#weights[0]];
    let below = 0;
    for (let i = 1; i < this.#means.length; i++) {
      const last = weights.length - 1;
      const weight = weights[last] + this.#weights[i];
      const q = (below + weight / 2) / this.#count;
      if (weight <= 4 * this.#count * COMPRESSION * q * (1 - q)) {
        means[last] += (this.#means[i] - means[last]) * this.#weights[i] / weight;
        weights[last] = weight;
      } else {
        below += weights[last];
        means.push(this.#means[i]);
        weights.push(this.#weights[i]);
      }
    }
    this.#means = means;
    this.#weights = weights;
  }
}
