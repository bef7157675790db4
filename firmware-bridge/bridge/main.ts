import { runProcess } from "../../src/kernel/process.ts";
import { startBridge } from "./bridge.ts";
import { bridgeConfig } from "./config.ts";

/** The bridge's process: `--config io-bridge.yaml`. Its ready line names the kiosk's socket. */
await runProcess({
  name: "io-bridge",
  schema: bridgeConfig,
  start: (config, context) => startBridge(config, { ...context, end: (code) => process.exit(code) }),
});
