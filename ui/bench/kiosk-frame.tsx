import { useEffect, useRef, useState } from "preact/hooks";
import { useBench } from "./context.tsx";

/** The panel of a kiosk: it stands upright. */
const PANEL = { widthPx: 1080, heightPx: 1920 };

/** The citizen's panel at its own size, made smaller as a whole, in the frame of a kiosk. */
export function KioskFrame() {
  const { t, view } = useBench();
  const screen = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(0.4);
  useEffect(() => {
    const { current } = screen;
    if (!current) return;
    const observer = new ResizeObserver(() => setScale(current.clientWidth / PANEL.widthPx));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const kiosk = view.state?.processes.find((process) => process.name === "kiosk");
  const url = view.setup?.panelUrl ?? "";
  return (
    <section class="kiosk" aria-label={t("panel.label")}>
      <div class="kioskHead" aria-hidden="true">
        <span class="kioskCamera" />
      </div>
      <div class="screen" ref={screen}>
        {url === "" ? (
          <p class="screenNote">{t("panel.none")}</p>
        ) : (
          <iframe
            title={t("panel.label")}
            src={`${url}/`}
            width={PANEL.widthPx}
            height={PANEL.heightPx}
            style={{ transform: `scale(${scale})` }}
          />
        )}
        {kiosk && kiosk.state !== "running" && <p class="screenNote screenOver">{t("panel.away")}</p>}
      </div>
      <div class="kioskFoot" aria-hidden="true" />
    </section>
  );
}
