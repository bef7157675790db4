import type { PanelTouch, PanelView } from "../../src/protocol/panel.ts";

/** The page's line to its kiosk. */
export interface PanelLine {
  send(touch: PanelTouch): void;
  close(): void;
}

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4_000;

/**
 * Keeps a WebSocket to the kiosk that served this page. The socket's path with the boot's token is asked for anew before
 * every connection, because a kiosk that was started again has another one. Tries for ever, with a pause that grows to four
 * seconds.
 */
export function connectToKiosk(hear: { onView(view: PanelView): void; onLost(): void }): PanelLine {
  let socket: WebSocket | undefined;
  let closed = false;
  let pauseMs = FIRST_PAUSE_MS;

  const later = () => {
    if (closed) return;
    setTimeout(() => void open(), pauseMs);
    pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
  };
  const lost = () => {
    if (closed) return;
    socket = undefined;
    hear.onLost();
    later();
  };
  const open = async () => {
    try {
      const answer = await fetch("/socket", { cache: "no-store" });
      if (!answer.ok) return lost();
      const { path } = (await answer.json()) as { path: string };
      const next = new WebSocket(`ws://${location.host}${path}`);
      next.onmessage = ({ data }) => {
        pauseMs = FIRST_PAUSE_MS;
        hear.onView(JSON.parse(String(data)) as PanelView);
      };
      next.onclose = lost;
      socket = next;
    } catch {
      lost();
    }
  };
  void open();
  return {
    send(touch) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(touch));
    },
    close() {
      closed = true;
      socket?.close();
    },
  };
}
