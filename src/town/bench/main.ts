import { runProcess } from "../../kernel/process.ts";
import { benchConfig } from "./config.ts";
import { startBench } from "./start.ts";

await runProcess({ name: "bench", schema: benchConfig, start: startBench });
