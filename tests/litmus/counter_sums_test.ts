import { testRaces } from "./_harness.ts";
import { races } from "./counter_sums_race.ts";

testRaces(new URL("./counter_sums_race.ts", import.meta.url).href, races);
