import { z } from "zod";
import type { RenderCertificate } from "../../issuing-server/api/ports.ts";
import { issuingServerConfig } from "../../issuing-server/config.ts";
import { checkGlyphs } from "../../issuing-server/renderer/glyphs.ts";
import { createRenderer } from "../../issuing-server/renderer/renderer.ts";
import { startIssuingServer } from "../../issuing-server/start.ts";
import { loadTown } from "../../issuing-server/town-folder/load-town.ts";
import { runProcess } from "../../kernel/process.ts";
import { fail, ok } from "../../kernel/result.ts";
import { createPageProcess } from "../../security-print/page-process/page-process.ts";
import { LIE_VARIABLE, rendererLies } from "./lies.ts";
import { lyingOrder, strangerTo } from "./lying.ts";

/**
 * An issuing server whose renderer lies, in the place of the honest one: it has the municipality's own keys and signs
 * everything correctly. Only `src/town` can start it; the honest program knows nothing of it.
 */
await runProcess({
  name: "issuing-server",
  schema: issuingServerConfig,
  async start(config, context) {
    const lie = z.enum(rendererLies).safeParse(process.env[LIE_VARIABLE]);
    if (!lie.success) {
      return fail("K-CONF-103", {
        file: "environment",
        key: LIE_VARIABLE,
        value: process.env[LIE_VARIABLE] ?? "",
        allowed: rendererLies.join(", "),
      });
    }
    const town = loadTown(config.town);
    if (!town.ok) return town;
    const pages = createPageProcess(context);
    const renderer = await createRenderer();
    if (!renderer.ok) return renderer;
    const render: RenderCertificate = (order) => {
      const stranger = strangerTo(order, town.value.residents);
      return renderer.value.renderCertificate(stranger ? lyingOrder(lie.data, order, stranger) : order);
    };
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
