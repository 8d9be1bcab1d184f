import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type Chunk, Job, JobAborted, type JobOutlet } from "../../../../../src/llm/pipeline/stages/job.ts";
import { BytePool } from "../../../../../src/llm/pipeline/wire/byte_pool.ts";
import { MESSAGE, type Outgoing, type RequestKey } from "../../../../../src/llm/pipeline/wire/message.ts";
import type { DataHead, Ticket } from "../../../../../src/llm/pipeline/wire/ticket.ts";

type Message = Omit<Outgoing, keyof RequestKey>;

const TICKET: Ticket = {
  path: [{ stage: 0, replica: 0, epoch: 1 }, { stage: 1, replica: 0, epoch: 1 }],
  arrivalMs: 0,
  textStep: 0,
  maxTokens: 4,
  limited: false,
  ignoreEos: false,
  seed: 1,
  traced: false,
};

/** A job, and what it hands on. */
function jobOf(options: { step?: number; speedFactor?: number } = {}) {
  const forwarded: [chunk: Chunk, last: boolean][] = [];
  const told: Message[] = [];
  const outlet: JobOutlet = {
    forward: (_, chunk, last) => Promise.resolve(void forwarded.push([chunk, last])),
    tell: (_, message) => Promise.resolve(void told.push(message)),
  };
  const pool = new BytePool();
  const job = new Job({ slot: 0, epoch: 1, id: 1 }, {
    ticket: TICKET,
    step: options.step ?? 0,
    prompt: [],
    outlet,
    speedFactor: options.speedFactor ?? 1,
    pool,
  });
  return { job, pool, forwarded, told };
}

const partOf = (parts: { more?: boolean; last?: boolean; units?: number } = {}) => (
  { units: 0, more: false, last: false, stream: 0, ...parts }
);
const ignore = () => {};

/** All payloads of a job's input, each copied while it is valid. */
async function inputOf(job: Job): Promise<[bytes: number[], units: number][]> {
  const chunks: [number[], number][] = [];
  for await (const { bytes, units } of job.input()) chunks.push([[...bytes], units]);
  return chunks;
}

Deno.test("Job gives the payloads of the stage before, each out of its parts", async () => {
  const { job } = jobOf();
  job.receive(Uint8Array.of(1, 2), partOf({ more: true }), ignore);
  job.receive(Uint8Array.of(3), partOf({ units: 3 }), ignore);
  job.receive(Uint8Array.of(4), partOf({ units: 1, last: true }), ignore);
  assertEquals(await inputOf(job), [[[1, 2, 3], 3], [[4], 1]]);
});

Deno.test("Job waits for payloads, the last of which may have no bytes", async () => {
  const { job } = jobOf();
  const input = inputOf(job);
  job.receive(Uint8Array.of(1), partOf(), ignore);
  await Promise.resolve();
  job.receive(new Uint8Array(0), partOf({ last: true }), ignore);
  assertEquals(await input, [[[1], 0], [[], 0]]);
});

Deno.test("Job says of a payload that it does not wait any more: when it is taken, or dropped", async () => {
  const { job } = jobOf();
  const consumed: number[] = [];
  const note = (bytes: number) => void consumed.push(bytes);
  job.receive(new Uint8Array(5), partOf(), note);
  job.receive(new Uint8Array(6), partOf({ more: true }), note);
  job.receive(new Uint8Array(1), partOf(), note);
  job.receive(new Uint8Array(9), partOf({ more: true }), note);
  const input = job.input();
  await input.next();
  assertEquals(consumed, [5]);
  // Bytes of a payload that is not whole were given to nobody, so they are told apart.
  assertEquals([job.drop(), consumed], [{ bytes: 9 }, [5, 7]]);
  assertEquals([job.drop(), consumed], [{ bytes: 0 }, [5, 7]]);
});

Deno.test("Job gives memory back to its pool: that of parts, and of a payload when the next is asked for", async () => {
  const { job, pool } = jobOf();
  const [first, second] = [pool.take(5000), pool.take(5000)];
  job.receive(first, partOf({ more: true }), ignore);
  job.receive(second, partOf({ last: true }), ignore);
  assertStrictEquals(pool.take(5000).buffer, second.buffer);
  assertStrictEquals(pool.take(5000).buffer, first.buffer);
  const input = job.input();
  const { value } = await input.next();
  assertEquals(value!.bytes.length, 10_000);
  assertEquals(pool.take(10_000).buffer === value!.bytes.buffer, false);
  await input.next();
  assertStrictEquals(pool.take(10_000).buffer, value!.bytes.buffer);
});

Deno.test("Job that is aborted refuses whatever waits for it, and whatever comes", async () => {
  const { job, forwarded, told } = jobOf();
  const waiting = [
    assertRejects(() => inputOf(job), JobAborted),
    assertRejects(() => job.until(ignore), JobAborted),
    assertRejects(() => job.work(1e9), JobAborted),
  ];
  job.abort();
  await Promise.all(waiting);
  const chunk = { bytes: new Uint8Array(1), units: 1 };
  await assertRejects(() => job.forward(chunk, true), JobAborted);
  await assertRejects(() => job.tell({ kind: MESSAGE.REPORT }), JobAborted);
  await assertRejects(() => job.work(0), JobAborted);
  assertEquals([job.aborted, forwarded, told], [true, [], []]);
});

Deno.test("Job gives up payloads that it has when it is aborted", async () => {
  const { job } = jobOf();
  job.receive(Uint8Array.of(1), partOf({ last: true }), ignore);
  job.abort();
  await assertRejects(() => inputOf(job), JobAborted);
});

Deno.test("Job.until() ends what it has begun when the job is aborted, and only then", async () => {
  const { job } = jobOf();
  let ended = 0;
  let resolveIt = () => {};
  const first = job.until((resolve) => {
    resolveIt = resolve;
    return () => void ended++;
  });
  resolveIt();
  await first;
  assertEquals(ended, 0);
  const second = job.until(() => () => void ended++);
  job.abort();
  await assertRejects(() => second, JobAborted);
  assertEquals(ended, 1);
});

Deno.test("Job.until() takes a condition that holds at once", async () => {
  const { job } = jobOf();
  await job.until((resolve) => resolve());
});

Deno.test("Job.onAbort() calls its listener until it is ended", () => {
  const { job } = jobOf();
  const called: string[] = [];
  const end = job.onAbort(() => void called.push("a"));
  job.onAbort(() => void called.push("b"));
  end();
  job.abort();
  assertEquals(called, ["b"]);
});

Deno.test("Job does not wait for times that no timer keeps", async () => {
  const { job } = jobOf({ speedFactor: 1e9 });
  const setTimer = globalThis.setTimeout;
  let timers = 0;
  globalThis.setTimeout = ((...args: Parameters<typeof setTimer>) => {
    timers++;
    return setTimer(...args);
  }) as typeof setTimer;
  try {
    const seconds = await job.work(1000);
    assertEquals([timers, seconds >= 0], [0, true]);
  } finally {
    globalThis.setTimeout = setTimer;
  }
});

Deno.test("Job delivers media in parts of 64 KiB, and says of each whether more follow", async () => {
  const { job, told } = jobOf();
  const bytes = Uint8Array.from({ length: 65_536 * 2 + 1 }, (_, i) => i % 251);
  await job.deliver(MESSAGE.DATA, bytes, { type: "png", index: 2 });
  assertEquals(told.map(({ payload }) => payload?.length), [65_536, 65_536, 1]);
  assertEquals(told.map(({ head }) => (head as DataHead).more), [true, true, false]);
  assertEquals(told[2].payload?.[0], bytes[65_536 * 2]);
  const whole = jobOf();
  await whole.job.deliver(MESSAGE.DATA, bytes.subarray(0, 65_536), { type: "png", index: 0 });
  assertEquals(whole.told.map(({ head }) => (head as DataHead).more), [false]);
});

Deno.test("Job knows whether a stage follows", () => {
  assertEquals([jobOf({ step: 0 }).job.hasNext, jobOf({ step: 1 }).job.hasNext], [true, false]);
});
