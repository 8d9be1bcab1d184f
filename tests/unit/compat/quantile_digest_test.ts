import { assert, assertEquals } from "@std/assert";
import { QuantileDigest } from "../../../src/compat/quantile_digest.ts";

/** The same numbers in every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

Deno.test("QuantileDigest.quantile() interpolates between few observations", () => {
  const digest = new QuantileDigest();
  assertEquals(digest.quantile(0.5), undefined);
  for (const value of [4, 1, 3, 2, 2]) digest.push(value);
  assertEquals(digest.quantile(0), 1);
  assertEquals(digest.quantile(1), 4);
  assertEquals(digest.quantile(0.5), 2 + 0.5 / 1.5);
  assertEquals(digest.count, 5);
  digest.reset();
  assertEquals([digest.count, digest.quantile(0.5)], [0, undefined]);
});

Deno.test("QuantileDigest.quantile() stays within one percent of the rank over many observations", () => {
  const random = seededRandom(7);
  const digest = new QuantileDigest();
  const values = Float64Array.from({ length: 300_000 }, () => Math.exp(3 * random()) + random());
  for (const value of values) digest.push(value);
  values.sort();
  for (const quantile of [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999]) {
    const found = digest.quantile(quantile)!;
    let rank = 0;
    while (values[rank] < found) rank++;
    const error = Math.abs(rank / values.length - quantile);
    assert(error <= 0.01, `quantile ${quantile}: rank off by ${error}`);
  }
});

Deno.test("QuantileDigest: several digests used in turn do not disturb each other", () => {
  const random = seededRandom(11);
  const digests = [new QuantileDigest(), new QuantileDigest(), new QuantileDigest()];
  const values: number[][] = [[], [], []];
  for (let n = 0; n < 4_000; n++) {
    const which = n % 3;
    // Rounded, so that values come again, before and after they were sorted in.
    const value = Math.round(100 * random()) / 10 + 100 * which;
    digests[which].push(value);
    values[which].push(value);
    if (n % 700 === 0) digests[which].compress();
  }
  digests.forEach((digest, which) => {
    const expected = new Map<number, number>();
    for (const value of values[which].sort((a, b) => a - b)) {
      expected.set(value, (expected.get(value) ?? 0) + 1);
    }
    const found = new Map<number, number>();
    digest.forEach((value, weight) => found.set(value, weight));
    assertEquals([...found], [...expected]);
  });
});

Deno.test("QuantileDigest keeps every observation's weight when neighbours are merged", () => {
  const random = seededRandom(13);
  const digest = new QuantileDigest();
  let sum = 0;
  for (let n = 0; n < 40_000; n++) {
    const value = random();
    digest.push(value);
    sum += value;
  }
  let [weights, centroids, weighted] = [0, 0, 0];
  digest.forEach((value, weight) => {
    weights += weight;
    weighted += value * weight;
    centroids++;
  });
  assertEquals(weights, 40_000);
  assert(centroids <= 2_500, `${centroids} centroids`);
  assert(Math.abs(weighted - sum) < 1e-6, `sum ${weighted} instead of ${sum}`);
});
