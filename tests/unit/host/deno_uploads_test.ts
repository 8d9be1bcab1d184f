import { assertEquals } from "@std/assert";
import { DenoUploads } from "../../../src/host/deno_uploads.ts";

const peer = undefined as never;

function request(method: string): Request {
  return new Request("http://localhost/", { method });
}

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => settled = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  return settled;
}

Deno.test("DenoUploads.settled() waits for answers to requests that may have a body, for no others", async () => {
  const uploads = new DenoUploads();
  const answers = [0, 1].map(() => Promise.withResolvers<Response>());
  const left = [...answers];
  const handler = uploads.watch(() => left.shift()!.promise);
  void handler(request("GET"), peer);
  await uploads.settled();
  void handler(request("POST"), peer);
  const settled = uploads.settled();
  assertEquals(await isSettled(settled), false);
  answers[1].resolve(new Response());
  await settled;
});

Deno.test("DenoUploads.settled() takes failures, and answers that are there at once, for answers", async () => {
  const uploads = new DenoUploads();
  const failing = Promise.withResolvers<Response>();
  const answer = uploads.watch(() => failing.promise)(request("PUT"), peer) as Promise<Response>;
  uploads.watch(() => new Response())(request("POST"), peer);
  const [settled, failed] = [uploads.settled(), answer.then(() => false, () => true)];
  failing.reject(new Error("no"));
  await settled;
  assertEquals(await failed, true);
});

Deno.test("DenoUploads.settled() does not wait for ever while new uploads come", async () => {
  const uploads = new DenoUploads();
  const handler = uploads.watch(() =>
    new Promise((resolve) => setTimeout(() => resolve(new Response()), 20))
  );
  let isOver = false;
  const lanes = [0, 10].map(async (delayMs) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    while (!isOver) await handler(request("POST"), peer);
  });
  const startMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await uploads.settled();
  isOver = true;
  await Promise.all(lanes);
  assertEquals(performance.now() - startMs < 30_000, true);
});
