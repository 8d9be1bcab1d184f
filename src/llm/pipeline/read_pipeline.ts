/**
 * Reads the JSON of a pipeline: completes it, and says what is wrong with it and where.
 *
 * @module
 */
import { DEFAULT_ENGINE_CONFIG, engineConfig } from "../engine/engine_config.ts";
import { type ProfileName, PROFILES } from "../engine/profiles.ts";
import { PROMPT_TOKENS_MAX } from "../replica/channel.ts";
import {
  type EdgeDescription,
  type PipelineDescription,
  type RouteName,
  ROUTES,
  STAGE_KINDS,
  type StageDescription,
  type StageKind,
} from "./description.ts";
import { PipelineError, PipelineFields } from "./pipeline_fields.ts";

const STAGES_MAX = 32;
const REPLICAS_MAX = 64;
const HOUR_MS = 3_600_000;
/** What a route's last stage must be. */
const LAST: Readonly<Record<RouteName, StageKind>> = {
  text: "llm",
  audio: "audio",
  speech: "audio",
  image: "image",
  video: "video",
};
/** What may come before a stage of each kind. */
const BEFORE: Readonly<Record<StageKind, readonly StageKind[]>> = {
  llm: ["llm"],
  diffusion: ["llm"],
  audio: ["llm"],
  image: ["diffusion"],
  video: ["diffusion"],
};

/**
 * Reads a pipeline.
 *
 * @param json the text of the file, or what it says
 * @param overrides.speedFactor takes the place of the file's own
 * @throws {PipelineError} If it is no JSON, or something in it is missing, unknown, or does not fit the rest
 */
export function readPipeline(
  json: unknown,
  overrides: { readonly speedFactor?: number } = {},
): PipelineDescription {
  const root = new PipelineFields(typeof json === "string" ? parse(json) : json, "");
  const speedFactor = overrides.speedFactor ?? root.number("speedFactor", 1, { min: 0.001, max: 1e6 });
  const stages = root.list("stages", { min: 1, max: STAGES_MAX }).map((fields) =>
    readStage(fields, speedFactor)
  );
  const names = stages.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new PipelineError("stages", `two stages have the name "${twice}"`);
  const edges = root.list("edges", { min: 0, max: STAGES_MAX ** 2 }).map((fields) => readEdge(fields, names));
  const pipeline = {
    model: root.text("model"),
    speedFactor,
    stages,
    edges,
    routes: readRoutes(root.object("routes"), stages, edges),
  };
  root.finish(["speedFactor"]);
  checkUse(pipeline);
  return pipeline;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PipelineError("", `it is no JSON: ${(error as Error).message}`);
  }
}

function readStage(fields: PipelineFields, speedFactor: number): StageDescription {
  const name = fields.text("name");
  const kind = fields.oneOf("kind", STAGE_KINDS);
  const base = {
    name,
    replicas: fields.whole("replicas", 1, { min: 1, max: REPLICAS_MAX }),
    errorRate: fields.number("errorRate", 0, { min: 0, max: 1 }),
  };
  const stage = kind === "llm" ? readLlm(fields, base, speedFactor) : readOther(fields, kind, base);
  fields.finish();
  return stage;
}

type Base = { readonly name: string; readonly replicas: number; readonly errorRate: number };

function readLlm(fields: PipelineFields, base: Base, speedFactor: number): StageDescription {
  const engine = readEngine(fields.object("engine", {}), speedFactor);
  return {
    ...base,
    kind: "llm",
    engine,
    // The engine has a queue of its own, so it gets more than it runs.
    concurrency: fields.whole("concurrency", engine.maxNumSeqs * 2, { min: 1, max: 65_536 }),
    outputRatio: fields.number("outputRatio", 1, { min: 0.001, max: 1000 }),
    chunkTokens: fields.whole("chunkTokens", 25, { min: 1, max: 65_536 }),
  };
}

function readEngine(fields: PipelineFields, speedFactor: number) {
  const profile = PROFILES[fields.oneOf("profile", Object.keys(PROFILES) as ProfileName[], "8b-h100")];
  const time = (name: string, ownUs: number) =>
    fields.number(name, ownUs / 1000, { min: 0, max: HOUR_MS }) * 1000;
  const own = DEFAULT_ENGINE_CONFIG;
  const size = (name: string, usual: number) => fields.whole(name, usual, { min: 1, max: 2 ** 24 });
  const given = {
    maxNumSeqs: size("maxNumSeqs", own.maxNumSeqs),
    maxNumBatchedTokens: size("maxNumBatchedTokens", own.maxNumBatchedTokens),
    maxModelLen: fields.whole("maxModelLen", own.maxModelLen, { min: 1, max: PROMPT_TOKENS_MAX }),
    blockSize: size("blockSize", own.blockSize),
    numGpuBlocks: size("numGpuBlocks", own.numGpuBlocks),
    outputTokensMean: size("outputTokensMean", own.outputTokensMean),
    seed: fields.whole("seed", own.seed, { min: 0, max: 2 ** 31 - 1 }),
    timing: {
      ...profile,
      timeToFirstToken: time("timeToFirstTokenMs", profile.timeToFirstToken),
      interTokenLatency: time("interTokenLatencyMs", profile.interTokenLatency),
      prefillOverhead: time("prefillOverheadMs", profile.prefillOverhead),
      prefillTimePerToken: time("prefillTimePerTokenMs", profile.prefillTimePerToken),
    },
    speedFactor,
  };
  fields.finish();
  try {
    return engineConfig(given);
  } catch (error) {
    throw new PipelineError(fields.where, (error as Error).message);
  }
}

function readOther(
  fields: PipelineFields,
  kind: Exclude<StageKind, "llm">,
  base: Base,
): StageDescription {
  const common = { ...base, concurrency: fields.whole("concurrency", 4, { min: 1, max: 65_536 }) };
  const ms = (name: string, usual: number) => fields.number(name, usual, { min: 0, max: HOUR_MS });
  const side = (name: string) => fields.whole(name, 512, { min: 8, max: 4096 });
  switch (kind) {
    case "diffusion":
      return {
        ...common,
        kind,
        steps: fields.whole("steps", 20, { min: 1, max: 1000 }),
        stepMs: ms("stepMs", 50),
        preprocessMs: ms("preprocessMs", 5),
        postprocessMs: ms("postprocessMs", 5),
      };
    case "audio":
      return {
        ...common,
        kind,
        sampleRate: fields.whole("sampleRate", 24_000, { min: 8000, max: 192_000 }),
        framesPerToken: fields.whole("framesPerToken", 1920, { min: 1, max: 65_536 }),
        tokenMs: ms("tokenMs", 8),
      };
    case "image":
      return { ...common, kind, width: side("width"), height: side("height"), decodeMs: ms("decodeMs", 40) };
    case "video":
      return {
        ...common,
        kind,
        width: side("width"),
        height: side("height"),
        frames: fields.whole("frames", 8, { min: 1, max: 1000 }),
        framesPerSecond: fields.whole("framesPerSecond", 8, { min: 1, max: 120 }),
        decodeMs: ms("decodeMs", 40),
      };
  }
}

function readEdge(fields: PipelineFields, names: readonly string[]): EdgeDescription {
  const ringKiB = fields.whole("ringKiB", 1024, { min: 16, max: 262_144 });
  if (!Number.isInteger(Math.log2(ringKiB))) {
    throw new PipelineError(`${fields.where}.ringKiB`, `wanted a power of two, got ${ringKiB}`);
  }
  const edge = {
    from: names.indexOf(fields.oneOf("from", names)),
    to: names.indexOf(fields.oneOf("to", names)),
    ringKiB,
    bytesPerToken: fields.whole("bytesPerToken", 1024, { min: 4, max: 65_536 }),
  };
  fields.finish();
  return edge;
}

function readRoutes(
  fields: PipelineFields,
  stages: readonly StageDescription[],
  edges: readonly EdgeDescription[],
): PipelineDescription["routes"] {
  const routes: Partial<Record<RouteName, readonly number[]>> = {};
  for (const route of ROUTES) {
    const names = fields.names(route);
    if (names === undefined) continue;
    const where = `routes.${route}`;
    const path = names.map((name) => {
      const position = stages.findIndex((stage) => stage.name === name);
      if (position < 0) throw new PipelineError(where, `there is no stage "${name}"`);
      return position;
    });
    checkRoute(route, path, { stages, edges, where });
    routes[route] = path;
  }
  fields.finish();
  if (Object.keys(routes).length === 0) {
    throw new PipelineError("routes", `wanted at least one of ${ROUTES.join(", ")}`);
  }
  return routes;
}

function checkRoute(
  route: RouteName,
  path: readonly number[],
  parts: { stages: readonly StageDescription[]; edges: readonly EdgeDescription[]; where: string },
): void {
  const { stages, edges, where } = parts;
  const [first] = path;
  const last = path[path.length - 1];
  if (path.length === 0) throw new PipelineError(where, "wanted at least one stage");
  if (new Set(path).size < path.length) throw new PipelineError(where, "it passes a stage twice");
  if (stages[first].kind !== "llm") {
    throw new PipelineError(where, `it must begin with a stage of kind llm, got ${stages[first].kind}`);
  }
  if (stages[last].kind !== LAST[route]) {
    throw new PipelineError(
      where,
      `it must end with a stage of kind ${LAST[route]}, got ${stages[last].kind}`,
    );
  }
  for (let i = 1; i < path.length; i++) {
    const [from, to] = [stages[path[i - 1]], stages[path[i]]];
    if (!BEFORE[to.kind].includes(from.kind)) {
      throw new PipelineError(where, `a stage of kind ${to.kind} cannot follow one of kind ${from.kind}`);
    }
    if (!edges.some((edge) => edge.from === path[i - 1] && edge.to === path[i])) {
      throw new PipelineError(where, `there is no edge from "${from.name}" to "${to.name}"`);
    }
  }
}

/** What nothing passes could never move its families. */
function checkUse({ stages, edges, routes }: PipelineDescription): void {
  const paths = Object.values(routes);
  for (const [position, { name }] of stages.entries()) {
    if (!paths.some((path) => path.includes(position))) {
      throw new PipelineError("stages", `no route passes stage "${name}"`);
    }
  }
  for (const { from, to } of edges) {
    const used = paths.some((path) => path.some((stage, i) => stage === from && path[i + 1] === to));
    const between = `from "${stages[from].name}" to "${stages[to].name}"`;
    if (!used) throw new PipelineError("edges", `no route takes the edge ${between}`);
    if (edges.filter((edge) => edge.from === from && edge.to === to).length > 1) {
      throw new PipelineError("edges", `there are two edges ${between}`);
    }
  }
}
