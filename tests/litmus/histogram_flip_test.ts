import { testRaces } from "./_harness.ts";
import { races } from "./histogram_flip_race.ts";

testRaces(new URL("./histogram_flip_race.ts", import.meta.url).href, races);
