import { runProcess } from "../kernel/process.ts";
import { operatorCenterConfig } from "./config.ts";
import { startOperatorCenter } from "./start.ts";

await runProcess({ name: "operator-center", schema: operatorCenterConfig, start: startOperatorCenter });
