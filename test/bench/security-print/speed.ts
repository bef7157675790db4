import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../src/kernel/clock.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { inspectFile } from "../../../src/security-print/inspect-process/inspect-file.ts";
import { createPdfEngine, withPdf } from "../../../src/security-print/pages/engine.ts";
import { encodePayload } from "../../../src/security-print/scramble/payload.ts";
import { drawnBack } from "../../support/print-scan/backs.ts";
import { printAndScan } from "../../support/print-scan/channel.ts";
import { levels } from "../../support/print-scan/levels.ts";
import { renderedCertificate } from "../../support/rendered-certificate.ts";
import { TestCentre } from "../../support/scramble.ts";
import type { Measurement } from "../support/results.ts";
import { sampleMs } from "../support/samples.ts";
import type { SpeedOrder, SpeedReply, SpeedTask } from "./messages.ts";

const PROCESS = fileURLToPath(new URL("./speed-process.ts", import.meta.url));

/** Writing, composing and verifying one real certificate, each in a process that does nothing else. */
export async function measureSpeed(runs: number): Promise<Measurement[]> {
  const centre = new TestCentre("bench");
  const pdf = await renderedCertificate(2);
  const front = unwrap(await withPdf(createPdfEngine(), pdf, (document) => document.front(0)));
  const sealed = centre.payload({ front });
  const jpeg = await printAndScan(await drawnBack(sealed), levels.typical, 300, 1);
  const keys = centre.inspectionKeys();

  const payload = await alone({ work: { task: "payload", pdf }, runs });
  const copy = await alone({ work: { task: "copy", pdf }, runs });
  const sheet = await alone({ work: { task: "sheet", pdf, payload: encodePayload(sealed) }, runs });
  const verification = await alone({ work: { task: "verification", jpeg, keys }, runs });
  const whole = await sampleMs(Math.min(runs, 5), async () =>
    unwrap(
      await inspectFile({ file: jpeg, keys, fronts: true, fields: true }, { clock: systemClock, onBack: () => {} }),
    ),
  );
  return [
    ms("payload and cells from a front", payload, "one copy of the page at 600 dpi"),
    mb("payload and cells: memory beyond what is loaded", payload.extraMb),
    ms("a front drawn by pdfium, and copied", copy, "the same without the copy"),
    ms("a sheet from PDF to PWG raster, both sides", sheet, "its front drawn by pdfium alone"),
    mb("a sheet: the render process at its peak", sheet.peakMb),
    ms("a scan at 300 dpi, JPEG, verified", verification, "the JPEG decoded alone"),
    mb("a scan: the process at its peak", verification.peakMb),
    { metric: "a scan verified in a process of its own, with PNG", unit: "ms", samples: whole },
  ];
}

function ms(metric: string, { samplesMs, floorMs }: SpeedReply, what: string): Measurement {
  return { metric, unit: "ms", samples: samplesMs, floor: { what, samples: floorMs } };
}

function mb(metric: string, value: number): Measurement {
  return { metric, unit: "MB", samples: [value] };
}

/** Measures one thing in a process of its own. */
async function alone(order: { readonly work: SpeedTask; readonly runs: number }): Promise<SpeedReply> {
  const child = fork(PROCESS, [], { serialization: "advanced" });
  try {
    child.send(order satisfies SpeedOrder);
    const [reply] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => {
        throw new Error(`the process for ${order.work.task} ended`);
      }),
    ])) as [SpeedReply];
    return reply;
  } finally {
    child.kill("SIGKILL");
  }
}
