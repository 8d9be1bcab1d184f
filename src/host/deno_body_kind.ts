/**
 * Tells a streamed response from a ready one in Deno, without touching `response.body`: that getter turns ready
 * bytes into a stream, which costs `Deno.serve` its fast path.
 *
 * Deno keeps what it knows in symbol properties of the response. They are not a documented interface, so they are
 * used only after a probe has found them and they have judged samples of every kind rightly; otherwise the getter is used.
 *
 * @module
 */

type Judge = (response: Response) => boolean;

/** Returns the cheapest function that tells whether a response's body is a stream and that passes the samples. */
export function denoBodyKind(): Judge {
  const judge = judgeBySymbols();
  return judge !== undefined && passesSamples(judge) ? judge : judgeByGetter;
}

/** Correct everywhere: whatever has a body counts as a stream. */
export function judgeByGetter(response: Response): boolean {
  return response.body !== null;
}

/** Whether the function judges each kind of response rightly. */
export function passesSamples(judge: Judge): boolean {
  const headers = { "x-sample": "1" };
  const still: Response[] = [
    new Response(null, { status: 204 }),
    new Response("text"),
    new Response("text", { headers }),
    new Response(new Uint8Array(3), { headers }),
    new Response(new URLSearchParams("a=1")),
    Response.json({ a: 1 }),
    Response.redirect("http://localhost/"),
  ];
  const streamed: Response[] = [
    new Response(new ReadableStream()),
    new Response(new ReadableStream(), { headers }),
    new Response(new ReadableStream()).clone(),
    new Response(new Blob(["text"]).stream()),
  ];
  try {
    return still.every((response) => judge(response) === false) &&
      streamed.every((response) => judge(response) === true);
  } catch {
    return false;
  }
}

function judgeBySymbols(): Judge | undefined {
  const inner = symbolOf("response");
  const lazyBody = symbolOf("lazy static body");
  if (inner === undefined) return undefined;
  return (response) => {
    const record = response as unknown as Record<symbol, InnerResponse | string | null | undefined>;
    if (lazyBody !== undefined && record[lazyBody] !== null) return false;
    const body = (record[inner] as InnerResponse).body;
    return body !== null && body.streamOrStatic instanceof ReadableStream;
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
