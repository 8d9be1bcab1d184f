import { testRaces } from "./_harness.ts";
import { races } from "./gauge_flip_race.ts";

testRaces(new URL("./gauge_flip_race.ts", import.meta.url).href, races);
