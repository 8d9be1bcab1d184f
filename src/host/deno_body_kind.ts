/**
 * Tells a streamed response from a ready one in Deno, without touching `response.body`: that getter turns ready
 * bytes into a stream, which costs `Deno.serve` its fast path.
 *
 * Deno keeps what it knows in symbol properties of the response. They are not a documented interface, so they are
 * used only after a probe has found them and they have judged samples of every kind rightly; otherwise the getter is used.
 *
 * @module
 */
import { bytesOf } from "./ready_body.ts";
import type { BodyJudge } from "./types.ts";

/** Returns the cheapest judge of bodies that passes the samples. */
export function denoBodyKind(): BodyJudge {
  const judge = judgeBySymbols();
  return judge !== undefined && passesSamples(judge) ? judge : JUDGE_BY_GETTER;
}

/** Correct everywhere: whatever has a body counts as a stream. */
export const JUDGE_BY_GETTER: BodyJudge = {
  isStreamed: (response) => response.body !== null,
  readyBytes: (response) => response.body === null ? 0 : undefined,
};

/** Whether the judge is right about each kind of response. */
export function passesSamples(judge: BodyJudge): boolean {
  const headers = { "x-sample": "1" };
  const ready: [Response, number][] = [
    [new Response(null, { status: 204 }), 0],
    [new Response("text"), 4],
    [new Response("täxt", { headers }), 5],
    [new Response(new Uint8Array(3), { headers }), 3],
    [new Response(new URLSearchParams("a=1")), 3],
    [Response.json({ a: 1 }), 7],
    [Response.redirect("http://localhost/"), 0],
  ];
  const streamed: Response[] = [
    new Response(new ReadableStream()),
    new Response(new ReadableStream(), { headers }),
    new Response(new ReadableStream()).clone(),
    new Response(new Blob(["text"]).stream()),
  ];
  try {
    return ready.every(([response, bytes]) =>
      judge.isStreamed(response) === false && judge.readyBytes(response) === bytes
    ) && streamed.every((response) => judge.isStreamed(response) === true);
  } catch {
    return false;
  }
}

function judgeBySymbols(): BodyJudge | undefined {
  const inner = symbolOf("response");
  const lazyBody = symbolOf("lazy static body");
  if (inner === undefined) return undefined;
  const recordOf = (response: Response) =>
    response as unknown as Record<symbol, InnerResponse | string | null | undefined>;
  return {
    isStreamed: (response) => {
      const record = recordOf(response);
      if (lazyBody !== undefined && record[lazyBody] !== null) return false;
      const { body } = record[inner] as InnerResponse;
      return body !== null && body.streamOrStatic instanceof ReadableStream;
    },
    readyBytes: (response) => {
      const record = recordOf(response);
      if (lazyBody !== undefined && record[lazyBody] !== null) return bytesOf(record[lazyBody]);
      const { body } = record[inner] as InnerResponse;
      return body === null ? 0 : bytesOf((body.streamOrStatic as { body?: unknown }).body);
    },
  };
}

interface InnerResponse {
  readonly body: { readonly streamOrStatic: unknown } | null;
}

function symbolOf(description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(new Response("sample")).find((name) =>
    name.description === description
  );
}
