import { createCertificatePrinter } from "../../../../devices/certificate-printer/printer.ts";
import { encodeGreyPage } from "../../../../devices/certificate-printer/pwg/encode.ts";
import { certificateHeader, SYNC_WORD } from "../../../../devices/certificate-printer/pwg/header.ts";
import {
  createHttpTransport,
  type IppTransport,
  parseIppAddress,
} from "../../../../devices/certificate-printer/transport.ts";
import { ok, type Result } from "../../../kernel/result.ts";
import { type AskedContext, byHand, type Driven, notUnderstood } from "./driven.ts";

const SETTLE_TIMEOUT_MS = 180_000;
const WHITE = 255;
/** Five millimetres from the edge at 600 dpi, and a line of a third of a millimetre. */
const FRAME_DOTS = 120;
const FRAME_LINE_DOTS = 8;

/** The certificate printer by hand. */
export function driveCertificatePrinter(context: AskedContext): Result<Driven> {
  const { address, clock, logger, tap, exchange } = context;
  const parsed = parseIppAddress(address);
  if (!parsed.ok) return parsed;
  const http = createHttpTransport(parsed.value);
  const transport: IppTransport = {
    async send(attributes, document, signal) {
      tap({ dir: "tx", bytes: attributes });
      if (document) tap({ document });
      const answer = exchange
        ? await exchange({ bytes: attributes, document })
        : await http.send(attributes, document, signal);
      tap(answer.ok ? { dir: "rx", bytes: answer.value } : { failed: answer.error.code });
      return answer;
    },
  };
  const created = createCertificatePrinter({ name: "certificatePrinter", address, clock, logger, transport });
  if (!created.ok) return created;
  const printer = created.value;
  let tests = 0;
  return ok({
    device: printer,
    onNews: () => {},
    commands: {
      check: {
        usage: "check",
        summary: "asks whether it could print a certificate now",
        run: (_, signal) => printer.check(byHand(signal)),
      },
      print: {
        usage: "print",
        summary: "prints one test sheet, two sides with a frame, and settles it on its impressions",
        async run(_, signal) {
          tests += 1;
          const job = { documentId: `madoguchi-test-${tests}`, pwgRaster: testSheet(), impressions: 2 };
          const taken = await printer.submit(job, byHand(signal));
          if (!taken.ok) return taken;
          return await printer.settle(taken.value, () => {}, { signal, timeoutMs: SETTLE_TIMEOUT_MS });
        },
      },
      find: {
        usage: "find DOCUMENT",
        summary: "looks for a job by the id of its document",
        async run([documentId], signal) {
          if (!documentId) return notUnderstood("find", documentId, "the id of a document");
          const found = await printer.findJob(documentId, byHand(signal));
          return found.ok ? ok(found.value ?? "no such job") : found;
        },
      },
      cancel: {
        usage: "cancel JOB",
        summary: "cancels a job by its number",
        async run([job], signal) {
          const id = Number(job);
          if (!Number.isInteger(id) || id < 1) return notUnderstood("cancel", job, "a job's number");
          return await printer.cancel(id, byHand(signal));
        },
      },
      identify: {
        usage: "identify",
        summary: "the printer blinks or beeps",
        run: (_, signal) => printer.identify(byHand(signal)),
      },
    },
  });
}

/** Two A4 sides with a frame near the edge: what is cut off or scaled shows. */
function testSheet(): Uint8Array {
  const header = certificateHeader(2);
  const { widthPx, heightPx } = header;
  const grey = new Uint8Array(widthPx * heightPx).fill(WHITE);
  for (let y = FRAME_DOTS; y < heightPx - FRAME_DOTS; y++) {
    const edge = y < FRAME_DOTS + FRAME_LINE_DOTS || y >= heightPx - FRAME_DOTS - FRAME_LINE_DOTS;
    const row = y * widthPx;
    if (edge) grey.fill(0, row + FRAME_DOTS, row + widthPx - FRAME_DOTS);
    grey.fill(0, row + FRAME_DOTS, row + FRAME_DOTS + FRAME_LINE_DOTS);
    grey.fill(0, row + widthPx - FRAME_DOTS - FRAME_LINE_DOTS, row + widthPx - FRAME_DOTS);
  }
  const side = encodeGreyPage(grey, header);
  return Buffer.concat([SYNC_WORD, side, side]);
}
