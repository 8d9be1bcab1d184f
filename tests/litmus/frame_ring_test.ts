import { testRaces } from "./_harness.ts";
import { races } from "./frame_ring_race.ts";

testRaces(new URL("./frame_ring_race.ts", import.meta.url).href, races);
