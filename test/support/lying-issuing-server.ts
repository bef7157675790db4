import { readFileSync } from "node:fs";
import type { RenderCertificate, RenderOrder } from "../../src/issuing-server/api/ports.ts";
import { issuingServerConfig } from "../../src/issuing-server/config.ts";
import type { RendererRegister, Resident } from "../../src/issuing-server/registry/types.ts";
import { checkGlyphs } from "../../src/issuing-server/renderer/glyphs.ts";
import { createRenderer } from "../../src/issuing-server/renderer/renderer.ts";
import { startIssuingServer } from "../../src/issuing-server/start.ts";
import { runProcess } from "../../src/kernel/process.ts";
import { ok } from "../../src/kernel/result.ts";
import { createPageProcess } from "../../src/security-print/page-process/page-process.ts";

/**
 * An issuing server whose renderer lies: what was seen in the field in 2023, under correct envelopes. It signs D for the
 * residents that it was given and draws somebody or something else. Which lie is told is read from a file before each
 * document, so that one town can be lied to in many ways.
 */
export const rendererLies = [
  "none",
  "otherPerson",
  "secondPageOfAnother",
  "otherMyNumber",
  "otherAddress",
  "unchosenMyNumber",
] as const;
export type RendererLie = (typeof rendererLies)[number];
export const LIE_FILE_VARIABLE = "MADOGUCHI_TEST_LIE_FILE";

const STRANGER = "mi-006";
const PERSONS_ON_FIRST_PAGE = 4;

function lieNow(): string {
  return readFileSync(process.env[LIE_FILE_VARIABLE] ?? "", "utf8").trim();
}

function lying(order: RenderOrder): RenderOrder {
  const { register, residentIds } = order;
  const stranger = register.resident(STRANGER);
  if (!stranger) throw new Error("the stranger of this test is not in the town");
  const swap = (change: (truth: Resident, index: number) => Resident): RenderOrder => ({
    ...order,
    register: changed(register, residentIds, change),
  });
  switch (lieNow()) {
    case "otherPerson":
      return swap((truth) => ({ ...stranger, residentId: truth.residentId, householdId: truth.householdId }));
    case "secondPageOfAnother":
      return swap((truth, i) =>
        i < PERSONS_ON_FIRST_PAGE
          ? truth
          : { ...stranger, residentId: truth.residentId, householdId: truth.householdId },
      );
    case "otherMyNumber":
      return swap((truth) => ({ ...truth, myNumber: stranger.myNumber }));
    case "otherAddress":
      return {
        ...order,
        register: {
          resident: register.resident,
          household: (id) => {
            const truth = register.household(id);
            const other = register.household(stranger.householdId);
            return truth && other && { ...truth, address: other.address };
          },
        },
      };
    case "unchosenMyNumber":
      if (order.choice.kind !== "resident-record") return order;
      return { ...order, choice: { ...order.choice, options: { ...order.choice.options, myNumber: true } } };
    default:
      return order;
  }
}

function changed(
  register: RendererRegister,
  ids: readonly string[],
  change: (truth: Resident, index: number) => Resident,
): RendererRegister {
  return {
    household: (id) => register.household(id),
    resident: (id) => {
      const truth = register.resident(id);
      return truth && ids.includes(id) ? change(truth, ids.indexOf(id)) : truth;
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  await runProcess({
    name: "issuing-server",
    schema: issuingServerConfig,
    async start(config, context) {
      const pages = createPageProcess(context);
      const renderer = await createRenderer();
      if (!renderer.ok) return renderer;
      const render: RenderCertificate = (order) => renderer.value.renderCertificate(lying(order));
      const checked = (texts: Iterable<string>) => checkGlyphs(renderer.value.glyphs, texts);
      const started = await startIssuingServer(config, { ...context, render, checkGlyphs: checked, pages });
      if (!started.ok) return started;
      const stop = async () => {
        await started.value.stop();
        await pages.close();
      };
      return ok({ ...started.value, stop });
    },
  });
}
