import { join } from "node:path";
import { silentLogger } from "../../src/kernel/logger.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { startPanelServer } from "../../src/kiosk/panel/server.ts";
import type { PanelView, Touch } from "../../src/protocol/panel.ts";

/** A panel that shows what it is told, through the kiosk's own server and page. */
export interface ShownPanel {
  readonly url: string;
  /** Shows a view; returns the revision that it got. */
  show(view: Omit<PanelView, "revision">): number;
  readonly touches: readonly Touch[];
  close(): Promise<void>;
}

/** `pages`: the folder of built pages. */
export async function startShownPanel(pages: string, first: Omit<PanelView, "revision">): Promise<ShownPanel> {
  let current: PanelView = { ...first, revision: 1 };
  const touches: Touch[] = [];
  const listeners = new Set<(view: PanelView) => void>();
  const server = unwrap(
    await startPanelServer({
      port: 0,
      page: join(pages, "citizen"),
      logger: silentLogger,
      subject: {
        view: () => current,
        touch: (_, touch) => touches.push(touch),
        onView(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    }),
  );
  return {
    url: server.pageUrl,
    touches,
    show(view) {
      current = { ...view, revision: current.revision + 1 };
      for (const tell of listeners) tell(current);
      return current.revision;
    },
    close: server.close,
  };
}
