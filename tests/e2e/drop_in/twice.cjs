// Two copies of the package, as two dependencies bring them; and one copy, loaded both ways.
const { cpSync } = require("node:fs");
const client = require("prom-client");

(async () => {
  cpSync("node_modules/promslab", "node_modules/promslab_again", { recursive: true });
  const again = require("./node_modules/promslab_again/compat.cjs");
  const module = await import("prom-client");
  new client.Counter({ name: "both_total", help: "h" }).inc();
  new again.Counter({ name: "both_total", help: "h" }).inc(20);
  console.log(JSON.stringify({
    separate: again.Counter !== client.Counter && again.register !== client.register,
    same: module.Counter === client.Counter && module.default.register === client.register,
    first: await client.register.metrics(),
    second: await again.register.metrics(),
  }));
  process.exit(0);
})();
