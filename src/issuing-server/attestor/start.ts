import { rmSync } from "node:fs";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { Running } from "../../kernel/process.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { loadAuthorities, loadSigner } from "../../protocol/identity-files.ts";
import { createAttestor } from "./attestor.ts";
import type { AttestorConfig } from "./config.ts";
import { openRegisterView } from "./register-view.ts";
import { openSeenRequests } from "./seen-requests.ts";
import { serveAttestor } from "./serve.ts";

/** Starts an attestor from its configuration: opens its view and its memory and serves on its socket. */
export async function startAttestor(
  config: AttestorConfig,
  context: { readonly clock: Clock; readonly logger: Logger },
): Promise<Result<Running>> {
  const signer = loadSigner(config.signer);
  if (!signer.ok) return signer;
  const kioskAuthorities = loadAuthorities(config.kioskAuthorities);
  if (!kioskAuthorities.ok) return kioskAuthorities;
  const view = openRegisterView(config.files);
  if (!view.ok) return view;
  const seen = openSeenRequests(config.files.attested);
  if (!seen.ok) {
    view.value.close();
    return seen;
  }
  const attestor = createAttestor({
    municipality: config.municipality,
    mayor: `${config.mayor.title}　${config.mayor.name}`,
    rules: config.refusals,
    maxRegisterAgeMs: config.maxRegisterAgeMinutes * 60_000,
    sessionMs: config.sessionMinutes * 60_000,
    view: view.value,
    seen: seen.value,
    signer: signer.value,
    kioskAuthorities: kioskAuthorities.value,
    ...context,
  });
  // A socket that a killed predecessor left behind would refuse the address; its supervisor has seen it end.
  rmSync(config.socket, { force: true });
  const server = await serveAttestor(attestor, config.socket, context.logger);
  if (!server.ok) {
    view.value.close();
    seen.value.close();
    return server;
  }
  return ok({
    addresses: { attestor: server.value.url },
    async stop() {
      await server.value.close();
      view.value.close();
      seen.value.close();
    },
  });
}
