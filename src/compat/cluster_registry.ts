/**
 * The registry that answers for all processes of a cluster, and all threads of each.
 *
 * @module
 */
// CONTROL PLANE
import { type ClusterLink, type ClusterPeer, openClusterLink } from "../host/cluster_link.ts";
import type { MetricJson } from "./aggregators.ts";
import { Registry } from "./registry.ts";
import { addSums, joinThreads, leaveThreads, readThreads, setSharedRegistries } from "./threads.ts";
import type { RegistryContentType } from "./types.ts";

/** The longest that a worker is waited for. */
const TIMEOUT_MS = 5_000;

type Message =
  | { readonly type: "promslab:question"; readonly id: number }
  | {
    readonly type: "promslab:answer";
    readonly id: number;
    readonly metrics?: MetricJson[][];
    readonly error?: string;
  };

/** What the primary waits for. */
interface Question {
  readonly waitsFor: Set<number>;
  readonly done: () => void;
  error: string | undefined;
}

let opening: Promise<ClusterLink | undefined> | undefined;
let lastId = 0;
const questions: Map<number, Question> = new Map();
/** The last answer of each worker. */
const answers: Map<number, MetricJson[][]> = new Map();
/** The sums of the workers that left. */
let departed: MetricJson[] = [];

/** Answers the primary's questions, and takes the workers' answers. The second call changes nothing. */
function joinCluster(): Promise<ClusterLink | undefined> {
  return opening ??= openClusterLink().then((link) => {
    link?.onMessage((message, from) => void receive(message as Message, from));
    link?.onLeave(forget);
    return link;
  });
}

async function receive(message: Message, from: ClusterPeer): Promise<void> {
  if (message?.type === "promslab:question") {
    const { id } = message;
    try {
      from.send({ type: "promslab:answer", id, metrics: await readThreads() });
    } catch (error) {
      from.send({ type: "promslab:answer", id, error: (error as Error).message });
    }
  } else if (message?.type === "promslab:answer") {
    if (message.metrics !== undefined) answers.set(from.id, message.metrics);
    const question = questions.get(message.id);
    if (question === undefined) return;
    question.error ??= message.error;
    question.waitsFor.delete(from.id);
    if (question.waitsFor.size === 0) question.done();
  }
}

/** Keeps what a worker that left has counted, so that no sum goes down. */
function forget(worker: number): void {
  const last = answers.get(worker);
  answers.delete(worker);
  for (const question of questions.values()) {
    question.waitsFor.delete(worker);
    if (question.waitsFor.size === 0) question.done();
  }
  if (last !== undefined) departed = addSums(departed, last);
}

/**
 * Answers for all processes of Node's `cluster` module and all threads of each. Threads are read from memory; processes
 * have none in common, so the workers are asked: one that does not answer counts with its last answer, and only one that
 * never answered makes the call fail.
 *
 * @example The metrics of all workers of a Node cluster
 * ```ts ignore
 * import cluster from "node:cluster";
 * import { ClusterRegistry } from "promslab/compat";
 *
 * if (cluster.isPrimary) {
 *   const registry = new ClusterRegistry();
 *   console.log(await registry.clusterMetrics());
 * }
 * ```
 */
export class ClusterRegistry<T extends RegistryContentType = RegistryContentType> extends Registry<T> {
  /** Lets this process answer, and ask. */
  constructor(regContentType?: RegistryContentType) {
    super(regContentType);
    void joinCluster();
    void joinThreads();
  }

  /**
   * The text of the metrics of all workers and this process.
   *
   * @throws {Error} If a worker that never answered before does not answer in time
   */
  async clusterMetrics(): Promise<string> {
    const link = await joinCluster();
    await ask(link?.workers() ?? []);
    const all = [departed, ...await readThreads(), ...[...answers.values()].flat()];
    return Registry.aggregate(all, this.contentType).metrics();
  }

  /** To be called before a worker ends: what it counted last reaches the primary. */
  async shutdown(_timeout?: number): Promise<void> {
    const link = await joinCluster();
    if (link === undefined || link.isPrimary) return;
    link.report({ type: "promslab:answer", id: 0, metrics: await readThreads() });
    await leaveThreads();
  }

  /**
   * Names the registries whose metrics are aggregated; by default the global one.
   *
   * @throws {TypeError} If one of them is no registry
   */
  static setRegistries(regs: Registry | readonly Registry[]): void {
    setSharedRegistries(regs);
  }
}

async function ask(workers: readonly ClusterPeer[]): Promise<void> {
  if (workers.length === 0) return;
  const id = ++lastId;
  const waitsFor = new Set(workers.map((worker) => worker.id));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const answered = new Promise<void>((done) => {
    questions.set(id, { waitsFor, done, error: undefined });
    timer = setTimeout(done, TIMEOUT_MS);
  });
  for (const worker of workers) worker.send({ type: "promslab:question", id });
  await answered;
  clearTimeout(timer);
  const error = questions.get(id)?.error;
  questions.delete(id);
  if (error !== undefined) throw new Error(error);
  const silent = [...waitsFor].filter((worker) => !answers.has(worker)).length;
  if (silent > 0) throw new Error(`Operation timed out. ${silent} outstanding responses.`);
}
