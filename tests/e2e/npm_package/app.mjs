// A handler of a user's: what each worker runs.
import { Counter } from "PACKAGE";

const greetings = new Counter({ name: "greetings_total", help: "Greetings.", labelNames: ["kind"] });

export default {
  fetch() {
    greetings.inc({ kind: "plain" });
    return new Response("hello\n");
  },
};
