import type { InquiryBack, InquiryComparison } from "../../src/protocol/inquiry.ts";
import { Verdict } from "./verdict.tsx";
import { useWords } from "./words.ts";

/** The decoded front in millimetres: 1654 × 2339 pixels at 200 dpi. */
const SHEET_MM = { width: (1654 * 25.4) / 200, height: (2339 * 25.4) / 200 };
/** Places that are shown enlarged; a sheet with more of them is another one. */
const MOST_SHOWN = 12;
/** Paper around an enlarged place. */
const AROUND_MM = 6;
const TYPES = "image/jpeg,image/png,image/tiff,application/pdf";

type Difference = InquiryComparison["differences"][number];

/** Where a scan of the front can be given, for a back whose whole front was read. */
export function GiveFront({ back, give }: { readonly back: InquiryBack; readonly give: (front: File) => void }) {
  const { t } = useWords();
  if (back.frontPng === undefined || !back.strips.every((state) => state === "ok")) return null;
  const chosen = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file) give(file);
    // The same file may be given again.
    input.value = "";
  };
  return (
    <div class="give-front">
      <p>{t("front.words")}</p>
      <label class="way">
        {t(back.comparison ? "front.again" : "front.choose")}
        <input type="file" accept={TYPES} onChange={chosen} data-way="front" />
      </label>
    </div>
  );
}

/** What the machine saw when it laid a scan of the front over the decoded one. */
export function ComparisonAnswer(props: { readonly comparison: InquiryComparison; readonly frontUrl: string }) {
  const { t } = useWords();
  const { aligned, differences, scanJpeg } = props.comparison;
  const scanUrl = scanJpeg === undefined ? undefined : `data:image/jpeg;base64,${scanJpeg}`;
  if (!aligned || scanUrl === undefined) return <Verdict sign="unsure" name="front.unaligned" />;
  const shown = differences.slice(0, MOST_SHOWN);
  return (
    <section class="comparison" aria-label={t("front.heading")}>
      <Verdict
        sign="unsure"
        name={differences.length === 0 ? "front.same" : "front.different"}
        count={differences.length}
      />
      <div class="pictures">
        <figure>
          <figcaption>{t("picture.front")}</figcaption>
          <Sheet url={props.frontUrl} label={t("picture.front.alt")} marks={shown} />
        </figure>
        <figure>
          <figcaption>{t("picture.frontScan")}</figcaption>
          <Sheet url={scanUrl} label={t("picture.frontScan.alt")} marks={shown} />
        </figure>
      </div>
      {shown.length > 0 && (
        <ol class="places">
          {shown.map((place, index) => (
            <li key={`${place.kind} ${place.xMm} ${place.yMm}`} class="place">
              <p>
                <b>{index + 1}</b> {t(`front.kind.${place.kind}`)}{" "}
                <span class="place-where">
                  {t("front.where", { x: Math.round(place.xMm), y: Math.round(place.yMm) })}
                </span>
              </p>
              <Enlarged url={props.frontUrl} place={place} label={t("front.issued")} />
              <Enlarged url={scanUrl} place={place} label={t("front.scanned")} />
            </li>
          ))}
        </ol>
      )}
      {differences.length > MOST_SHOWN && <p>{t("front.more", { count: differences.length - MOST_SHOWN })}</p>}
    </section>
  );
}

/** A whole sheet with numbered frames around the places that differ. */
function Sheet(props: { readonly url: string; readonly label: string; readonly marks: readonly Difference[] }) {
  return (
    <svg class="sheet-picture" viewBox={`0 0 ${SHEET_MM.width} ${SHEET_MM.height}`} role="img" aria-label={props.label}>
      <image href={props.url} {...SHEET_MM} />
      {props.marks.map(({ kind, xMm, yMm, widthMm, heightMm }, index) => (
        <g key={`${kind} ${xMm} ${yMm}`} class="frame">
          <rect x={xMm - 1} y={yMm - 1} width={widthMm + 2} height={heightMm + 2} rx={1} />
          <text x={xMm - 2} y={yMm + heightMm / 2 + 2} text-anchor="end">
            {index + 1}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** One place of a sheet and the paper around it. */
function Enlarged(props: { readonly url: string; readonly place: Difference; readonly label: string }) {
  const { xMm, yMm, widthMm, heightMm } = props.place;
  const box = [xMm - AROUND_MM, yMm - AROUND_MM, widthMm + 2 * AROUND_MM, heightMm + 2 * AROUND_MM];
  return (
    <figure>
      <figcaption>{props.label}</figcaption>
      <svg class="enlarged" viewBox={box.join(" ")} role="img" aria-label={props.label}>
        <image href={props.url} {...SHEET_MM} />
      </svg>
    </figure>
  );
}
