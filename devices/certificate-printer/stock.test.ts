import { afterEach, describe, expect, test } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { certificate, codeOf, printerBench } from "../../test/support/printer-bench.ts";
import { conditionOf, statusWord } from "./condition.ts";
import { decodeIpp } from "./ipp/decode.ts";
import {
  attribute,
  enumeration,
  groupsOf,
  type IppAttribute,
  integer,
  keyword,
  nameText,
  valuesOf,
} from "./ipp/message.ts";
import { operations } from "./ipp/registry.ts";
import { SIMULATED_UUID } from "./simulator/attributes.ts";
import { suppliesOf, supplyWarning } from "./supplies.ts";
import { paperOf } from "./trays.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const A5 = { media: "iso_a5_148x210mm", xDimension: 14_800, yDimension: 21_000 };

async function bench() {
  const asked: { mediaCol: unknown; media: unknown }[] = [];
  const b = await printerBench({
    sheetsInTray: 100,
    onExchange(request) {
      const message = unwrap(decodeIpp(request));
      if (message.code !== operations["Print-Job"]) return;
      const [job] = groupsOf(message, "job");
      asked.push({ mediaCol: valuesOf(job, "media-col")[0], media: valuesOf(job, "media")[0] });
    },
  });
  open.push(b.close);
  return { ...b, asked };
}

const printer = (...attributes: readonly IppAttribute[]) => ({ tag: "printer" as const, attributes });
const octets = (text: string) => ({ tag: "octetString" as const, value: Buffer.from(text, "utf8") });

describe("trays", () => {
  test("an empty tray of another size is no fault: certificates lie in the other", async () => {
    const b = await bench();
    b.simulator.setSecondTray({ ...A5, sheets: 0 });
    unwrap(await b.run(b.printer.check()));
    expect(b.printer.status().word).toBe("online");
    expect(unwrap(await b.print("doc-1"))).toMatchObject({ state: "done" });
  });

  test("the tray with A4 is named in the job when the printer might take another, and only then", async () => {
    const b = await bench();
    await b.print("doc-1");
    b.simulator.setSecondTray({ ...A5, sheets: 50 });
    await b.print("doc-2");
    const size = [attribute("x-dimension", integer(21_000)), attribute("y-dimension", integer(29_700))];
    expect(b.asked).toEqual([
      { media: keyword("iso_a4_210x297mm"), mediaCol: undefined },
      {
        media: undefined,
        mediaCol: {
          tag: "collection",
          members: [
            attribute("media-size", { tag: "collection", members: size }),
            attribute("media-source", keyword("tray-1")),
          ],
        },
      },
    ]);
  });

  test("paper of another size is none: the printer that has only that is out of paper", async () => {
    const b = await bench();
    b.simulator.setSecondTray({ ...A5, sheets: 50 });
    b.simulator.loadPaper(-b.simulator.sheetsInTray());
    expect(codeOf(await b.run(b.printer.check()))).toBe("K-PRINT-201");
    const idle = [attribute("printer-state", enumeration(3)), attribute("media-ready", keyword("na_letter_8.5x11in"))];
    expect(conditionOf(printer(...idle)).fault?.code).toBe("K-PRINT-201");
  });

  test.each([
    ["micrometres", "mediafeed=297000;mediaxfeed=210000;maxcapacity=250;level=100;name=Tray 1;", 40, true],
    ["hundredths of millimetres", "mediafeed=29700;mediaxfeed=21000;maxcapacity=250;level=250;name=main", 100, true],
    ["inches in ten thousand parts", "mediafeed=116929;mediaxfeed=82677;maxcapacity=500;level=150;", 30, true],
    ["A4 with its long edge first", "mediafeed=210000;mediaxfeed=297000;maxcapacity=100;level=1;", 1, true],
    ["some sheets, not how many", "mediafeed=29700;mediaxfeed=21000;maxcapacity=250;level=-3;", undefined, true],
    ["a level nobody knows", "mediafeed=29700;mediaxfeed=21000;maxcapacity=-2;level=-2;", undefined, false],
    ["more than it holds", "mediafeed=29700;mediaxfeed=21000;maxcapacity=10;level=11;", undefined, true],
    ["another size", "mediafeed=27940;mediaxfeed=21590;maxcapacity=250;level=250;", undefined, false],
    ["no size", "mediafeed=0;mediaxfeed=0;maxcapacity=250;level=250;name=auto;", undefined, false],
    ["noise", ";;=;level;=5;mediafeed=99999999999999;level=1e9;\u0000", undefined, false],
  ] as const)("a tray that is told of in %s", (_, described, percent, counted) => {
    const paper = paperOf(printer(attribute("printer-input-tray", octets(described))));
    expect(paper).toMatchObject({ percent, counted });
  });

  test("a printer that stopped for an empty tray is out of paper whatever it counts", () => {
    const tray = "mediafeed=29700;mediaxfeed=21000;maxcapacity=250;level=250;";
    const stopped = printer(
      attribute("printer-state", enumeration(5)),
      attribute("printer-state-reasons", keyword("media-empty-error")),
      attribute("printer-input-tray", octets(tray)),
    );
    expect(conditionOf(stopped).fault?.code).toBe("K-PRINT-201");
  });
});

test("which printer it is, is known once it has answered", async () => {
  const b = await bench();
  expect(b.printer.uuid()).toBe(SIMULATED_UUID);
});

describe("supplies", () => {
  test("are told in percent, and little of them is a warning of a printer that works", async () => {
    const b = await bench();
    expect(b.printer.supplies()).toEqual([
      { kind: "toner", name: "Black Toner", percent: 100, low: false },
      { kind: "paper", name: "A4", percent: 100, low: false },
    ]);
    b.simulator.setToner(10);
    await b.clock.advance(5_000);
    expect(b.printer.status()).toMatchObject({ word: "online", cause: { code: "K-PRINT-208" } });
    unwrap(await b.run(b.printer.check()));
    b.simulator.loadPaper(-90);
    await b.clock.advance(5_000);
    expect(b.printer.status()).toMatchObject({ word: "online", cause: { code: "K-PRINT-209" } });
    expect(unwrap(await b.run(b.printer.submit(certificate("doc-1"))))).toMatchObject({ jobId: 1 });
    b.simulator.loadPaper(90);
    b.simulator.setToner(80);
    await b.clock.advance(30_000);
    expect(b.printer.status().cause).toBeUndefined();
  });

  test("a level that is no percent is unknown and warns of nothing; the printer's own threshold counts", () => {
    const markers = (level: number, threshold: number) =>
      suppliesOf(
        printer(
          attribute("marker-names", nameText("Black\u0007 Toner")),
          attribute("marker-types", keyword("toner")),
          attribute("marker-levels", integer(level)),
          attribute("marker-low-levels", integer(threshold)),
        ),
      );
    for (const level of [-3, -2, -1, 101, 2_000_000_000]) {
      expect(markers(level, 10)).toEqual([{ kind: "toner", name: "Black Toner", percent: undefined, low: false }]);
    }
    expect(supplyWarning(markers(15, 20))?.code).toBe("K-PRINT-208");
    expect(supplyWarning(markers(8, 2))).toBeUndefined();
    expect(supplyWarning(markers(8, -1))?.code).toBe("K-PRINT-208");
  });

  test("printer-supply stands in for markers that are missing; a waste bin is no toner", () => {
    const described = [
      "index=1;class=receptacleThatIsFilled;type=wasteToner;unit=percent;maxcapacity=100;level=1;",
      "index=2;class=supplyThatIsConsumed;type=tonerCartridge;unit=impressions;maxcapacity=4000;level=200;colorantname=black;",
    ];
    const supplies = suppliesOf(printer(attribute("printer-supply", ...described.map(octets))));
    expect(supplies).toEqual([
      { kind: "other", name: "", percent: 1, low: false },
      { kind: "toner", name: "black", percent: 5, low: true },
    ]);
  });

  test("a printer that only gives a reason is believed", () => {
    const says = (reason: string) =>
      supplyWarning(suppliesOf(printer(attribute("printer-state-reasons", keyword(reason)))))?.code;
    expect(says("toner-low-warning")).toBe("K-PRINT-208");
    expect(says("media-low-report")).toBe("K-PRINT-209");
    expect(says("media-empty-warning")).toBeUndefined();
    const idle = printer(
      attribute("printer-state", enumeration(3)),
      attribute("printer-state-reasons", keyword("toner-low")),
    );
    expect(statusWord(conditionOf(idle))).toBe("online");
  });
});
