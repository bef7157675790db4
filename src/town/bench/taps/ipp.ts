import { decodeIpp } from "../../../../devices/certificate-printer/ipp/decode.ts";
import { groupsOf, type IppMessage, numberOf, textsOf } from "../../../../devices/certificate-printer/ipp/message.ts";
import {
  isSuccess,
  jobStateNames,
  operationNames,
  printerStateNames,
  statusName,
} from "../../../../devices/certificate-printer/ipp/registry.ts";
import type { Ear } from "./repeats.ts";

/** Tells an IPP exchange: the operation, the status, and what the answer says of the printer and of the job. */
export function listenToPrinter(ear: Ear): (request: Uint8Array, answer: Uint8Array | undefined) => void {
  return (request, answer) => {
    const asked = decodeIpp(request);
    const said = answer ? decodeIpp(answer) : undefined;
    if (!asked.ok) {
      ear({ name: "IPP", level: "warn", detail: { bytes: request.length, answer: "HTTP 400" } });
      return;
    }
    const name = operationNames.get(asked.value.code) ?? `operation 0x${asked.value.code.toString(16)}`;
    const heard = said?.ok ? said.value : undefined;
    ear({
      name,
      level: heard && isSuccess(heard.code) ? "info" : "warn",
      detail: {
        status: heard ? statusName(heard.code) : "HTTP 400",
        ...(asked.value.data.length > 0 ? { documentBytes: asked.value.data.length } : {}),
        ...(heard ? facts(heard) : {}),
      },
      topic: `${name}/${numberOf(asked.value.groups[0], "job-id") ?? ""}`,
    });
  };
}

function facts(message: IppMessage): Readonly<Record<string, unknown>> {
  const [printer] = groupsOf(message, "printer");
  const [job] = groupsOf(message, "job");
  const printerState = numberOf(printer, "printer-state");
  const jobState = numberOf(job, "job-state");
  const reasons = [...textsOf(printer, "printer-state-reasons"), ...textsOf(job, "job-state-reasons")];
  return {
    ...(printerState === undefined ? {} : { printerState: printerStateNames.get(printerState) ?? printerState }),
    ...(jobState === undefined ? {} : { jobState: jobStateNames.get(jobState) ?? jobState }),
    ...optional("jobId", numberOf(job, "job-id")),
    ...optional("impressionsCompleted", numberOf(job, "job-impressions-completed")),
    ...(reasons.length > 0 ? { reasons: reasons.join(", ") } : {}),
  };
}

function optional(name: string, value: number | undefined): Readonly<Record<string, number>> {
  return value === undefined ? {} : { [name]: value };
}
