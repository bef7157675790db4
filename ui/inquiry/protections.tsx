import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CHECK, PROTECTIONS } from "./address.ts";
import { LatentViewer } from "./latent.tsx";
import { useWords } from "./words.ts";

/** Drawn by test/screens/draw-protections.ts. */
const files = import.meta.glob<string>("./pictures/*.webp", { eager: true, query: "?url", import: "default" });
const urlOf = (picture: string) => files[`./pictures/${picture}.webp`];

/** How pictures share a row: two alike, four alike, or a wide one and a narrow one. */
type Row = "halves" | "quarters" | "unequal";

interface Section {
  readonly name: string;
  readonly row: Row;
  readonly pictures: readonly string[];
  /** A picture beside the words. */
  readonly beside?: string;
  /** Places on the picture of the back, in millimetres. */
  readonly places?: readonly (readonly [x: number, y: number, width: number, height: number])[];
  /** What can be tried with a picture of one's own. */
  readonly Own?: () => VNode;
}

const sections: readonly Section[] = [
  {
    name: "image",
    row: "quarters",
    beside: "image-pattern",
    pictures: ["image-scan", "image-front", "image-stained", "image-lost"],
    places: [[10.5, 43, 188.5, 158]],
  },
  {
    name: "code",
    row: "unequal",
    pictures: ["code-lines", "code"],
    places: [
      [11, 15, 131, 24],
      [164, 10.5, 35, 31],
    ],
  },
  {
    name: "deterrent",
    row: "halves",
    pictures: ["deterrent-original", "deterrent-copy", "deterrent-original-dots", "deterrent-copy-dots"],
    places: [[10.5, 210, 188.5, 78]],
  },
  { name: "detection", row: "halves", pictures: ["detection-eye", "detection-infrared"], Own: LatentViewer },
  { name: "comparison", row: "halves", pictures: ["comparison-issued", "comparison-scan"] },
];

/** The link to the page about the protections. */
export function ProtectionsLink() {
  const { t } = useWords();
  return (
    <p class="explain">
      <a href={PROTECTIONS}>{t("protections.link")}</a>
    </p>
  );
}

/** What protects a certificate, in words for laymen and with pictures; `address` may name one of its sections. */
export function Protections({ address }: { readonly address: string }) {
  const { t } = useWords();
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    const section = page.current?.querySelector<HTMLElement>(`[id="${CSS.escape(address.slice(1))}"]`);
    (section ?? page.current?.querySelector("h1"))?.focus();
    if (!section) scrollTo(0, 0);
  }, [address]);
  return (
    <main class="page protections" ref={page}>
      <h1 tabIndex={-1}>{t("protections.title")}</h1>
      <p class="lead">{t("protections.lead")}</p>
      <div class="protections-ways">
        <BackToCheck />
        <button type="button" class="quiet" onClick={() => print()}>
          {t("protections.print")}
        </button>
      </div>
      <div class="overview">
        <figure>
          <BackOfSheet />
          <figcaption>{t("protections.picture.back")}</figcaption>
        </figure>
        <nav aria-label={t("protections.contents")}>
          <ol class="contents">
            {sections.map(({ name }, index) => (
              <li key={name}>
                <a href={`${PROTECTIONS}-${name}`}>
                  <b class="number">{index + 1}</b>
                  {t(`protections.${name}`)}
                </a>
              </li>
            ))}
          </ol>
          <p class="sample">{t("protections.sample")}</p>
        </nav>
      </div>
      {sections.map((section, index) => (
        <Protection key={section.name} section={section} number={index + 1} />
      ))}
      <aside class="copy">
        <h2>{t("protections.original")}</h2>
        <p>{t("protections.original.words")}</p>
      </aside>
      <div class="protections-ways">
        <BackToCheck />
      </div>
    </main>
  );
}

function BackToCheck() {
  const { t } = useWords();
  return (
    <a class="way" href={CHECK}>
      {t("protections.back")}
    </a>
  );
}

/** The back with a numbered frame around each protection that stands on it. */
function BackOfSheet() {
  const { t } = useWords();
  return (
    <svg class="sheet-picture" viewBox="0 0 210 297" role="img" aria-label={t("protections.picture.back.alt")}>
      <image href={urlOf("back")} width="210" height="297" />
      {sections.flatMap(({ name, places = [] }, index) =>
        places.map(([x, y, width, height]) => (
          <g key={`${name} ${x}`} class="place-of">
            <rect x={x} y={y} width={width} height={height} rx="2" />
            <circle cx={x} cy={y + height / 2} r="7.5" />
            <text x={x} y={y + height / 2 + 3.6} text-anchor="middle">
              {index + 1}
            </text>
          </g>
        )),
      )}
    </svg>
  );
}

function Protection({ section, number }: { readonly section: Section; readonly number: number }) {
  const { t } = useWords();
  const { name, row, pictures, beside, Own } = section;
  const id = `${PROTECTIONS.slice(1)}-${name}`;
  return (
    <section class="protection" id={id} tabIndex={-1} aria-labelledby={`${id}-name`}>
      <h2 id={`${id}-name`}>
        <b class="number">{number}</b>
        {t(`protections.${name}`)}
      </h2>
      <div class="what">
        <p>{t(`protections.${name}.what`)}</p>
        {beside !== undefined && <Shown picture={beside} />}
      </div>
      <div class={`shown shown-${row}`}>
        {pictures.map((picture) => (
          <Shown key={picture} picture={picture} />
        ))}
      </div>
      <dl class="proofs">
        {(["how", "proves", "open"] as const).map((part) => (
          <div key={part} class={`proof proof-${part}`}>
            <dt>{t(`protections.${part}`)}</dt>
            <dd>{t(`protections.${name}.${part}`)}</dd>
          </div>
        ))}
      </dl>
      {Own && <Own />}
    </section>
  );
}

function Shown({ picture }: { readonly picture: string }) {
  const { t } = useWords();
  return (
    <figure>
      <img src={urlOf(picture)} alt={t(`protections.picture.${picture}.alt`)} />
      <figcaption>{t(`protections.picture.${picture}`)}</figcaption>
    </figure>
  );
}
