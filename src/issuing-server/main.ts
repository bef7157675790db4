import { runProcess } from "../kernel/process.ts";
import { createPageProcess } from "../security-print/page-process/page-process.ts";
import { issuingServerConfig } from "./config.ts";
import { checkGlyphs } from "./renderer/glyphs.ts";
import { createRenderer } from "./renderer/renderer.ts";
import { startIssuingServer } from "./start.ts";

await runProcess({
  name: "issuing-server",
  schema: issuingServerConfig,
  async start(config, context) {
    const pages = createPageProcess(context);
    pages.warm();
    const renderer = await createRenderer();
    if (!renderer.ok) {
      await pages.close();
      return renderer;
    }
    const started = await startIssuingServer(config, {
      ...context,
      render: (order) => renderer.value.renderCertificate(order),
      checkGlyphs: (texts) => checkGlyphs(renderer.value.glyphs, texts),
      pages,
    });
    if (!started.ok) {
      await pages.close();
      return started;
    }
    return {
      ok: true,
      value: {
        ...started.value,
        async stop() {
          await started.value.stop();
          await pages.close();
        },
      },
    };
  },
});
