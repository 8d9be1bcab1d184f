import { testRaces } from "./_harness.ts";
import { races } from "./counter_flip_race.ts";

testRaces(new URL("./counter_flip_race.ts", import.meta.url).href, races);
