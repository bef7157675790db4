import { runProcess } from "../kernel/process.ts";
import { issuanceCenterConfig } from "./config.ts";
import { startIssuanceCenter } from "./start.ts";

await runProcess({ name: "issuance-center", schema: issuanceCenterConfig, start: startIssuanceCenter });
