/**
 * An application for `deno serve --parallel` whose threads say who they are.
 *
 * @module
 */
import { parallel } from "promslab";

export default await parallel({
  fetch: (_request, context) => new Response(String(context.worker)),
});
