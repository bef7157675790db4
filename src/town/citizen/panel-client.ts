import { WebSocket } from "ws";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { PanelTouch, PanelView, Touch } from "../../protocol/panel.ts";

/** A page at the kiosk's panel: sees views, touches. */
export interface PanelClient {
  /** The view that is shown now, or the next one. */
  current(): PanelView | undefined;
  /** Resolves with the first view after `revision`; undefined when the socket closed. */
  after(revision: number): Promise<PanelView | undefined>;
  /** Touches what the newest view shows. */
  touch(touch: Touch): void;
  close(): void;
}

/** Connects to the panel socket with its Origin and token, exactly as the page does. */
export function connectPanel(url: string): Promise<Result<PanelClient>> {
  const { host, protocol } = new URL(url);
  const origin = `${protocol === "wss:" ? "https" : "http"}://${host}`;
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { origin, maxPayload: 1_000_000 });
    let latest: PanelView | undefined;
    let closed = false;
    const waiting = new Set<{ revision: number; done: (view: PanelView | undefined) => void }>();
    const wake = () => {
      for (const waiter of waiting) {
        if (!closed && (latest === undefined || latest.revision <= waiter.revision)) continue;
        waiting.delete(waiter);
        waiter.done(closed ? undefined : latest);
      }
    };
    socket.on("message", (data) => {
      latest = JSON.parse(String(data)) as PanelView;
      wake();
    });
    socket.on("close", () => {
      closed = true;
      wake();
    });
    socket.on("error", (error) => resolve(fail("K-NET-101", { url: host, why: messageOf(error) })));
    socket.on("open", () =>
      resolve(
        ok({
          current: () => latest,
          after: (revision) =>
            new Promise((done) => {
              waiting.add({ revision, done });
              wake();
            }),
          touch(touch) {
            const message: PanelTouch = { revision: latest?.revision ?? 0, touch };
            socket.send(JSON.stringify(message));
          },
          close: () => socket.close(),
        }),
      ),
    );
  });
}
