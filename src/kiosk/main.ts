import { runProcess } from "../kernel/process.ts";
import { assembleKiosk } from "./assemble.ts";
import { kioskConfig } from "./config.ts";
import { startKiosk } from "./kiosk.ts";

/** The kiosk's process: `--config kiosk.yaml`. Its ready line names the panel's socket. */
await runProcess({
  name: "kiosk",
  schema: kioskConfig,
  async start(config, surroundings) {
    const parts = assembleKiosk(config, surroundings);
    if (!parts.ok) return parts;
    return startKiosk({ waits: config.waits, panel: config.panel, staffSocket: config.staffSocket }, parts.value);
  },
});
