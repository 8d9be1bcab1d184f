/**
 * The cheapest application that names its route: what it costs is what the server costs.
 *
 * @module
 */
export default {
  /** Answers one request. */
  fetch(_request: Request, context: { route: string | undefined }): Response {
    context.route = "/";
    return new Response("Hello\n");
  },
};
