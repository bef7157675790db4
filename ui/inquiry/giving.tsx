import { useState } from "preact/hooks";
import { useWords } from "./words.ts";

const TYPES = "image/jpeg,image/png,image/tiff,application/pdf";

/** Where scans are given: dropped, chosen, or taken with the camera. */
export function Giving({ take }: { readonly take: (files: readonly File[]) => void }) {
  const { t } = useWords();
  const [over, setOver] = useState(false);
  const chosen = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    take([...(input.files ?? [])]);
    // The same file may be given again.
    input.value = "";
  };
  return (
    <section
      class={over ? "giving giving-over" : "giving"}
      aria-label={t("give.label")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <SheetPicture />
      <p class="giving-words">{t("give.words")}</p>
      <div class="giving-ways">
        <label class="way way-first">
          {t("give.choose")}
          <input type="file" accept={TYPES} multiple onChange={chosen} data-way="choose" />
        </label>
        <label class="way">
          {t("give.camera")}
          <input type="file" accept="image/*" capture="environment" onChange={chosen} data-way="camera" />
        </label>
      </div>
      <p class="giving-limits">{t("give.limits")}</p>
    </section>
  );
}

/** The back of a sheet with its four corner marks, all of which must be in the picture. */
function SheetPicture() {
  return (
    <svg class="giving-picture" viewBox="0 0 120 150" aria-hidden="true">
      <rect x="14" y="6" width="92" height="130" rx="3" class="sheet" />
      <path d="M24 18h34M24 24h26" class="line" />
      <rect x="88" y="14" width="12" height="12" class="dark" />
      <rect x="24" y="46" width="72" height="48" class="noise" />
      {[
        [24, 36],
        [90, 36],
        [24, 98],
        [90, 98],
      ].map(([x, y]) => (
        <rect key={`${x} ${y}`} x={x} y={y} width="6" height="6" class="dark" />
      ))}
      <path d="M6 20V2h18M114 20V2H96M6 122v20h18M114 122v20H96" class="aim" />
    </svg>
  );
}
