// The same through require(), and one copy of the library however it is loaded.
const { pathToFileURL } = require("node:url");
const { Counter, serve } = require("PACKAGE");

(async () => {
  const { Counter: Imported } = await import("PACKAGE");
  if (Imported !== Counter) throw new Error("require() and import give two copies");
  new Counter({ name: "starts_total", help: "Starts." }).inc();
  const server = await serve({
    handler: pathToFileURL(`${__dirname}/app.mjs`),
    workers: 2,
    port: 0,
    adminPort: 0,
    handleSignals: false,
  });
  for (let i = 0; i < 10; i++) await (await fetch(server.url, { headers: { connection: "close" } })).text();
  const text = await (await fetch(`${server.adminUrl}/metrics`)).text();
  await server.stop();
  console.log(JSON.stringify(text.split("\n").filter((line) => /^(?:greetings|starts)_total/.test(line))));
})();
