import type { i18n } from "i18next";
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { BenchMethod, BenchParams } from "../../src/town/bench/protocol.ts";
import type { Bench, BenchView } from "./connection.ts";

export type Language = "ja" | "en";

/** What every part of the page needs. */
export interface Surroundings {
  readonly bench: Bench;
  readonly view: BenchView;
  readonly language: Language;
  readonly t: i18n["t"];
}

const surroundings = createContext<Surroundings | undefined>(undefined);
export const Surround = surroundings.Provider;

/** The bench, what is known of it, and the words. */
export function useBench(): Surroundings {
  const found = useContext(surroundings);
  if (!found) throw new Error("this part of the page stands outside of it");
  return found;
}

/** The newest view of a bench; draws again when it changes, at most once a frame. */
export function useView(bench: Bench): BenchView {
  const [view, setView] = useState(bench.view());
  useEffect(() => {
    let frame = 0;
    const stop = bench.onChange(() => {
      if (frame === 0) {
        frame = requestAnimationFrame(() => {
          frame = 0;
          setView(bench.view());
        });
      }
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [bench]);
  return view;
}

/** A button that does one thing at the machine. `act` is what a person would say it does: `insertCoin:500`. */
export function Act<M extends BenchMethod>(props: {
  readonly act: string;
  readonly method: M;
  readonly params: BenchParams<M>;
  readonly children: ComponentChildren;
  readonly kind?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly label?: string;
  readonly before?: () => Promise<unknown>;
}) {
  const { bench } = useBench();
  const [busy, setBusy] = useState(false);
  const go = async () => {
    if (busy) return;
    setBusy(true);
    await props.before?.();
    await bench.call(props.method, props.params);
    setBusy(false);
  };
  return (
    <button
      type="button"
      class={props.kind ?? "button"}
      data-do={props.act}
      aria-pressed={props.pressed}
      aria-label={props.label}
      aria-busy={busy}
      disabled={props.disabled}
      onClick={() => void go()}
    >
      {props.children}
    </button>
  );
}
