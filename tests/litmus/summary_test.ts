import { testRaces } from "./_harness.ts";
import { races } from "./summary_race.ts";

testRaces(new URL("./summary_race.ts", import.meta.url).href, races);
