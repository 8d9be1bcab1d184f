/**
 * All suites, in the order in which they run.
 *
 * @module
 */
import { llm } from "./llm/suite.ts";
import { memory } from "./memory/suite.ts";
import { micro } from "./micro/suite.ts";
import type { Suite } from "./runner/suite.ts";
import { scaling } from "./scaling/suite.ts";
import { merge } from "./scrape/merge_suite.ts";
import { render } from "./scrape/render_suite.ts";
import { trouble } from "./scrape/trouble_suite.ts";
import { overhead } from "./server/overhead_suite.ts";
import { server } from "./server/suite.ts";

/** The suites. */
export const SUITES: readonly Suite[] = [
  micro,
  render,
  merge,
  trouble,
  server,
  overhead,
  llm,
  scaling,
  memory,
];
