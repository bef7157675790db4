import { runProcess } from "../../kernel/process.ts";
import { attestorConfig } from "./config.ts";
import { startAttestor } from "./start.ts";

await runProcess({ name: "attestor", schema: attestorConfig, start: startAttestor });
