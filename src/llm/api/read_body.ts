/**
 * Reads the JSON body of a request, up to a size.
 *
 * @module
 */
import { ApiError, badRequest } from "./api_error.ts";
import { Fields } from "./fields.ts";

/**
 * Reads and parses a body.
 *
 * @param bytesMax The longest body that is read.
 * @throws {ApiError} If the body is too long, no JSON, or no object
 */
export async function readBody(request: Request, bytesMax: number): Promise<Fields> {
  const text = await readText(request, bytesMax);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw badRequest(`The request body is no JSON: ${(error as Error).message}`);
  }
  return new Fields(body);
}

/**
 * Reads a body as text.
 *
 * @throws {ApiError} If it is longer than `bytesMax`
 */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  const announced = request.headers.get("content-length");
  if (announced === null) return new TextDecoder().decode(await readChunks(request, bytesMax));
  if (Number(announced) > bytesMax) throw tooLong(bytesMax);
  return await request.text();
}

/** A body whose length nobody announced. */
async function readChunks(request: Request, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) throw tooLong(bytesMax);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLong(bytesMax: number): ApiError {
  return new ApiError(413, `The request body must be at most ${bytesMax} bytes`);
}
