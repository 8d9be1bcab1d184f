// Type-checked as an ES module, against the package as it is installed.
import { Counter, Histogram, serve } from "PACKAGE";

const requests = new Counter({ name: "requests_total", help: "h", labelNames: ["method"] });
requests.inc({ method: "GET" });
// @ts-expect-error A label that the definition does not have.
requests.inc({ verb: "GET" });
new Histogram({ name: "seconds", help: "h", buckets: [1, 2] }).observe(1.5);
export const port: Promise<number> = serve({ handler: "file:///app.mjs" }).then((server) => server.port);
