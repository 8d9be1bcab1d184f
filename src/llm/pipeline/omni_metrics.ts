/**
 * Omni families as metrics that can be written, under their names and, by option, under earlier ones too.
 *
 * @module
 */
import { defineCounter, defineGauge, defineHistogram } from "../../families/define_family.ts";
import type { CounterSpec, GaugeSpec, HistogramSpec } from "../../families/family_spec.ts";
import { namedOmniSpec, type OmniFamily, type OmniNaming } from "../../families/omni.ts";
import { Commit } from "../../metric/commit.ts";
import type { CounterChild } from "../../metric/counter.ts";
import type { GaugeChild } from "../../metric/gauge.ts";
import type { Registerer } from "../../metric/registerer.ts";

/** A series that takes observations. */
export interface Observed {
  observe(value: number): void;
  /** Observes as a part of a commit. */
  within(commit: Commit, value: number): void;
}

/** What families of a thread are defined with. */
export interface OmniOptions {
  readonly model: string;
  readonly naming: OmniNaming;
  readonly registry?: Registerer;
}

/** Defines families as they are needed. Owner thread only. */
export class OmniMetrics {
  readonly #options: OmniOptions;

  constructor(options: OmniOptions) {
    this.#options = options;
  }

  /** A commit of this thread's series. */
  commit(): Commit {
    return new Commit({ registry: this.#options.registry });
  }

  /** The counter's series of these label values, which follow the model's name. */
  counter(family: OmniFamily<CounterSpec>, ...labels: readonly (string | number)[]): CounterChild {
    const { model, naming, registry } = this.#options;
    return defineCounter<string>(namedOmniSpec(family.spec, naming), { registry }).labels(model, ...labels);
  }

  /** The gauge's series of these label values. */
  gauge(family: OmniFamily<GaugeSpec>, ...labels: readonly (string | number)[]): GaugeChild {
    const { model, naming, registry } = this.#options;
    return defineGauge<string>(namedOmniSpec(family.spec, naming), { registry }).labels(model, ...labels);
  }

  /** The histogram's series of these label values, and with them those of its earlier names. */
  histogram(family: OmniFamily<HistogramSpec>, ...labels: readonly (string | number)[]): Observed {
    const { model, naming, registry } = this.#options;
    const define = (spec: HistogramSpec) =>
      defineHistogram<string>(spec, { registry }).labels(model, ...labels);
    const all = [{ scale: 1, series: define(namedOmniSpec(family.spec, naming)) }];
    for (const alias of naming.aliases ? family.aliases : []) {
      all.push({ scale: alias.scale, series: define(namedOmniSpec(family.spec, naming, alias)) });
    }
    return {
      observe(value) {
        for (const { scale, series } of all) series.observe(value * scale);
      },
      within(commit, value) {
        for (const { scale, series } of all) commit.observe(series, value * scale);
      },
    };
  }
}
