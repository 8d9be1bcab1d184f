/**
 * Omni families as metrics that can be written, under their names and, by option, under earlier ones too.
 *
 * @module
 */
import { defineCounter, defineGauge, defineHistogram } from "../../families/define_family.ts";
import type { CounterSpec, GaugeSpec, HistogramSpec } from "../../families/family_spec.ts";
import { namedOmniSpec, type OmniFamily, type OmniNaming } from "../../families/omni.ts";
import type { CounterChild } from "../../metric/counter.ts";
import type { GaugeChild } from "../../metric/gauge.ts";
import type { Registerer } from "../../metric/registerer.ts";

/** A series that takes observations. */
export interface Observed {
  observe(value: number): void;
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
    const own = define(namedOmniSpec(family.spec, naming));
    if (!naming.aliases || family.aliases.length === 0) return own;
    const earlier = family.aliases.map((alias) => ({
      scale: alias.scale,
      series: define(namedOmniSpec(family.spec, naming, alias)),
    }));
    return {
      observe(value) {
        own.observe(value);
        for (const { scale, series } of earlier) series.observe(value * scale);
      },
    };
  }
}
