import { testRaces } from "./_harness.ts";
import { races } from "./counter_page_race.ts";

testRaces(new URL("./counter_page_race.ts", import.meta.url).href, races);
