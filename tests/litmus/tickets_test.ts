import { testRaces } from "./_harness.ts";
import { races } from "./tickets_race.ts";

testRaces(new URL("./tickets_race.ts", import.meta.url).href, races);
