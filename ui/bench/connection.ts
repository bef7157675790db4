import type {
  BenchCitizen,
  BenchEvent,
  BenchMethod,
  BenchParams,
  BenchSetup,
  BenchState,
  TimelineEntry,
} from "../../src/town/bench/protocol.ts";

/** What the page knows of the bench. */
export interface BenchView {
  readonly connected: boolean;
  readonly setup: BenchSetup | undefined;
  readonly citizens: readonly BenchCitizen[];
  readonly state: BenchState | undefined;
  readonly entries: readonly TimelineEntry[];
  /** The last request that the bench refused. */
  readonly refused: { readonly code: string; readonly detail: string } | undefined;
}

/** The bench as the page's parts use it. */
export interface Bench {
  view(): BenchView;
  onChange(listener: () => void): () => void;
  /** Does something at the machine; what is refused appears in the view and is undefined here. */
  call<T = unknown, M extends BenchMethod = BenchMethod>(method: M, params: BenchParams<M>): Promise<T | undefined>;
  forgetRefusal(): void;
}

type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: { readonly code: string; readonly detail?: object } };

/** As many as the bench itself keeps. */
const MAX_ENTRIES = 2_000;
const RECONNECT_MS = 1_000;

/** Connects to the bench that served this page, again and again. */
export function connectBench(): Bench {
  const listeners = new Set<() => void>();
  const waiting = new Map<number, (value: unknown) => void>();
  let view: BenchView = {
    connected: false,
    setup: undefined,
    citizens: [],
    state: undefined,
    entries: [],
    refused: undefined,
  };
  let socket: WebSocket | undefined;
  let nextId = 1;

  const change = (news: Partial<BenchView>) => {
    view = { ...view, ...news };
    for (const listener of listeners) listener();
  };

  const call = <T>(method: BenchMethod, params: unknown) =>
    new Promise<T | undefined>((resolve) => {
      if (socket?.readyState !== WebSocket.OPEN) return resolve(undefined);
      const id = nextId++;
      waiting.set(id, (value) => resolve(value as T | undefined));
      socket.send(JSON.stringify({ id, method, params }));
    });

  const hear = (message: BenchEvent | Reply) => {
    if ("event" in message) {
      if (message.event === "state") change({ state: message.state });
      else change({ entries: [...view.entries, ...message.entries].slice(-MAX_ENTRIES) });
      return;
    }
    const done = waiting.get(message.id);
    waiting.delete(message.id);
    if (!message.ok) {
      const { code, detail } = message.failure;
      const words = Object.entries(detail ?? {}).map(([key, value]) => `${key}: ${value}`);
      change({ refused: { code, detail: words.join(", ") } });
    }
    done?.(message.ok ? message.value : undefined);
  };

  const greet = async () => {
    const setup = await call<BenchSetup>("setup", {});
    const citizens = await call<BenchCitizen[]>("citizens", {});
    const state = await call<BenchState>("watch", { after: 0 });
    change({ connected: true, setup, citizens: citizens ?? [], state, entries: [] });
  };

  const open = () => {
    const next = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`);
    socket = next;
    next.addEventListener("open", () => void greet());
    next.addEventListener("message", (event) => hear(JSON.parse(String(event.data)) as BenchEvent | Reply));
    next.addEventListener("close", () => {
      for (const done of waiting.values()) done(undefined);
      waiting.clear();
      change({ connected: false });
      setTimeout(open, RECONNECT_MS);
    });
  };
  open();

  return {
    view: () => view,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    call: (method, params) => call(method, params),
    forgetRefusal: () => change({ refused: undefined }),
  };
}
