import { useEffect, useRef, useState } from "preact/hooks";
import type { BenchSide } from "../../src/town/bench/protocol.ts";
import { useBench } from "./context.tsx";

/** A4 at 600 dpi. */
const PAGE = { widthPx: 4960, heightPx: 7016 };
const zooms = [0.12, 0.25, 0.5, 1] as const;

/** Every sheet that came out, front and back side by side; the newest first. */
export function Sheets() {
  const { t, bench, view } = useBench();
  const [sides, setSides] = useState<readonly BenchSide[]>([]);
  const [opened, setOpened] = useState<number>();
  const printed = view.state?.sidesPrinted ?? 0;
  useEffect(() => {
    let current = true;
    const load = async () => {
      const all: BenchSide[] = [];
      while (all.length < printed) {
        const more = await bench.call<BenchSide[]>("sides", { from: all.length });
        if (!more || more.length === 0) break;
        all.push(...more);
      }
      if (current) setSides(all);
    };
    void load();
    return () => {
      current = false;
    };
  }, [bench, printed]);
  const sheets = sheetsOf(sides).reverse();
  return (
    <>
      {sheets.length === 0 && <p class="says">{t("sheets.none")}</p>}
      <ul class="sheets">
        {sheets.map((indexes) => {
          const [first = 0] = indexes;
          const about = sides[first];
          return (
            <li key={first}>
              <div class="pair">
                {indexes.map((index) => (
                  <button
                    key={index}
                    type="button"
                    data-side={index}
                    class="thumbnail"
                    onClick={() => setOpened(index)}
                    aria-label={t("sheets.open", { side: t(`side.${sides[index]?.side}`), number: index + 1 })}
                  >
                    <img src={`/sides/${index}/thumbnail.png`} alt="" width="150" height="212" loading="lazy" />
                    <span>{t(`side.${sides[index]?.side}`)}</span>
                  </button>
                ))}
              </div>
              <p class="sheetId">
                <code>{about?.documentId}</code>
                {indexes.some((index) => sides[index]?.waste) && <span class="badge bad">{t("sheets.waste")}</span>}
              </p>
            </li>
          );
        })}
      </ul>
      {opened !== undefined && sides[opened] && (
        <FullPage index={opened} side={sides[opened]} close={() => setOpened(undefined)} />
      )}
    </>
  );
}

/** Numbers of the sides of each sheet: a front begins one, and its back follows. */
function sheetsOf(sides: readonly BenchSide[]): number[][] {
  const sheets: number[][] = [];
  for (const [index, { side }] of sides.entries()) {
    const last = sheets.at(-1);
    if (side === "back" && last?.length === 1) last.push(index);
    else sheets.push([index]);
  }
  return sheets;
}

function FullPage({ index, side, close }: { index: number; side: BenchSide; close: () => void }) {
  const { t } = useBench();
  const dialog = useRef<HTMLDialogElement>(null);
  const [zoom, setZoom] = useState<number>(0.25);
  const [loaded, setLoaded] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const address = `/sides/${index}/page.png`;
  return (
    <dialog ref={dialog} class="fullPage" onClose={close} aria-label={t("sheets.full")}>
      <div class="fullPageHead">
        <h2>
          {t(`side.${side.side}`)} <code>{side.documentId}</code>
        </h2>
        <fieldset class="zooms">
          <legend class="unseen">{t("sheets.zoom")}</legend>
          {zooms.map((one) => (
            <button key={one} type="button" class="chip fine" aria-pressed={one === zoom} onClick={() => setZoom(one)}>
              {Math.round(one * 100)} %
            </button>
          ))}
        </fieldset>
        <a class="button" href={address} download={`${side.documentId}-${side.side}.png`}>
          {t("sheets.download")}
        </a>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {t("close")}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard (WCAG 2.1.1) */}
      <section class="fullPageBody" tabIndex={0} aria-label={t("sheets.full")}>
        {!loaded && <p class="says">{t("sheets.loading")}</p>}
        <img
          src={address}
          alt={t("sheets.full")}
          onLoad={() => setLoaded(true)}
          width={Math.round(PAGE.widthPx * zoom)}
          height={Math.round(PAGE.heightPx * zoom)}
        />
      </section>
    </dialog>
  );
}
