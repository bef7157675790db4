import { runProcess } from "../../kernel/process.ts";
import { inquiryConfig } from "./config.ts";
import { startInquiry } from "./start.ts";

await runProcess({ name: "inquiry", schema: inquiryConfig, start: startInquiry });
