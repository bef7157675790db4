import { runProcess } from "../../kernel/process.ts";
import { parentChannel } from "../control/channel.ts";
import { benchConfig } from "./config.ts";
import { startBench } from "./start.ts";

await runProcess({
  name: "bench",
  schema: benchConfig,
  start: (config, context) => startBench(config, { ...context, channel: parentChannel() }),
});
