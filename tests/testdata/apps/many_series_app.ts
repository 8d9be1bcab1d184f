/** Makes so many counters as `SERIES` says, shared among the workers, and counts all of them up on demand. */
import { Counter, type CounterChild, type Handler } from "promslab";

const SERIES = Number(Deno.env.get("SERIES"));
const WORKERS = Number(Deno.env.get("WORKERS"));

const requests = new Counter({
  name: "many_requests_total",
  help: "Requests.",
  labelNames: ["route", "status"],
  maxSeries: SERIES,
});

const children: CounterChild[] = [];

export default {
  start({ worker }: { worker: number }) {
    for (let i = worker; i < SERIES; i += WORKERS) {
      children.push(requests.labels({ route: `/api/v1/resources/${i}/items`, status: "200" }));
    }
    for (const child of children) child.inc(1_000_000);
    return Promise.resolve();
  },
  fetch(request) {
    if (request.url.endsWith("/count")) { for (const child of children) child.inc(); }
    return new Response("counted\n");
  },
} satisfies Handler;
