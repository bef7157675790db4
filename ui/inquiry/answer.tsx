import type { InquiryAnswer, InquiryBack } from "../../src/protocol/inquiry.ts";
import type { Scan } from "./scans.ts";
import { useWords } from "./words.ts";

/** What the sign beside an answer is; its colour says nothing that the sign and the words do not. */
const signs: Readonly<Record<InquiryAnswer, "good" | "bad" | "unsure">> = {
  genuine: "good",
  altered: "bad",
  voided: "bad",
  partial: "unsure",
  unreadable: "unsure",
  "not-ours": "unsure",
  "unknown-key": "bad",
};

/** Codes with words of their own; every other one gets the general ones. */
const FAILURES: ReadonlySet<string> = new Set([
  "offline",
  "K-IMAGE-103",
  "K-IMAGE-104",
  "K-NET-106",
  "K-INQ-101",
  "K-INQ-102",
]);

/** One given file: how far it is, and what each of its backs proves. */
export function ScanAnswer({ scan }: { readonly scan: Scan }) {
  const { t, language } = useWords();
  const working = scan.state !== "done" && scan.state !== "failed";
  return (
    <article class="scan" data-state={scan.state} aria-busy={working}>
      <h3 class="scan-name">{scan.name}</h3>
      <div aria-live="polite">
        {working && (
          <p class="working">
            <progress aria-label={t(`state.${scan.state}`)} />
            {t(`state.${scan.state}`)}
          </p>
        )}
        {scan.backs.map((back, index) => (
          <BackAnswer key={`${back.number} ${index}`} back={back} pictureUrl={scan.pictureUrl} />
        ))}
        {scan.withheld.map((code, index) => (
          <Verdict key={`${code} ${index}`} sign="unsure" name="withheld" />
        ))}
        {scan.state === "failed" && (
          <Verdict
            sign="unsure"
            name={`failed.${FAILURES.has(scan.failure ?? "") ? scan.failure : "other"}`}
            code={scan.failure}
          />
        )}
      </div>
      {scan.asOfMs !== undefined && <p class="as-of">{t("asOf", { time: japaneseTime(scan.asOfMs, language) })}</p>}
    </article>
  );
}

function Verdict(props: {
  readonly sign: "good" | "bad" | "unsure";
  readonly name: string;
  readonly code?: string | undefined;
}) {
  const { t } = useWords();
  return (
    <div class={`verdict verdict-${props.sign}`} data-answer={props.name}>
      <Sign sign={props.sign} />
      <div>
        <p class="verdict-what">{t(`answer.${props.name}.what`)}</p>
        <p class="verdict-next">{t(`answer.${props.name}.next`)}</p>
        {props.code !== undefined && props.code !== "offline" && <p class="verdict-code">{props.code}</p>}
      </div>
    </div>
  );
}

function Sign({ sign }: { readonly sign: "good" | "bad" | "unsure" }) {
  const paths = {
    good: "M15 33l11 11 23-25",
    bad: "M18 18l28 28M46 18L18 46",
    unsure: "M23 25c0-12 18-12 18 0 0 8-9 7-9 15M32 47v3",
  };
  return (
    <svg class="sign" viewBox="0 0 64 64" aria-hidden="true">
      {sign === "bad" ? <path class="sign-ground" d="M20 3h24l17 17v24L44 61H20L3 44V20z" /> : null}
      {sign === "good" ? <circle class="sign-ground" cx="32" cy="32" r="29" /> : null}
      {sign === "unsure" ? <rect class="sign-ground" x="4" y="4" width="56" height="56" rx="10" /> : null}
      <path class="sign-mark" d={paths[sign]} />
    </svg>
  );
}

function BackAnswer({ back, pictureUrl }: { readonly back: InquiryBack; readonly pictureUrl: string | undefined }) {
  const { t } = useWords();
  const front = back.frontPng === undefined ? undefined : `data:image/png;base64,${back.frontPng}`;
  return (
    <section class="back">
      {back.count > 1 && <h4>{t("pageOfScan", { number: back.number, count: back.count })}</h4>}
      <Verdict sign={signs[back.answer]} name={back.answer} />
      <Facts back={back} />
      {back.strips.length > 0 && back.answer !== "genuine" && <Strips back={back} />}
      <div class="pictures">
        {front !== undefined && (
          <figure>
            <figcaption>{t("picture.front")}</figcaption>
            <a href={front} download="front.png" aria-label={t("picture.save")}>
              <img src={front} alt={t("picture.front.alt")} />
            </a>
          </figure>
        )}
        {pictureUrl !== undefined && (
          <figure>
            <figcaption>{t("picture.scan")}</figcaption>
            <img src={pictureUrl} alt={t("picture.scan.alt")} />
          </figure>
        )}
      </div>
      {front !== undefined && <p class="compare">{t("compare")}</p>}
    </section>
  );
}

function Facts({ back }: { readonly back: InquiryBack }) {
  const { t, language } = useWords();
  const { document, fields, fieldsOk } = back;
  if (!document) return null;
  const rows: [string, string][] = [
    [t("fact.documentId"), document.documentId],
    [t("fact.page"), t("fact.pageOf", { page: document.page, pages: document.pages })],
  ];
  if (fields) {
    rows.push([t("fact.issuer"), fields.issuer]);
    rows.push([t("fact.issuedAt"), japaneseTime(fields.issuedAtMs, language)]);
  }
  return (
    <>
      {!fieldsOk && <p class="claimed">{t("claimed")}</p>}
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {fields && fields.values.length > 0 && (
        <details class="fields">
          <summary>{t("fields")}</summary>
          <dl class="facts">
            {fields.values.map(([field, text], index) => (
              <div key={`${field} ${index}`}>
                <dt>{t(`field.${field}`, { defaultValue: field })}</dt>
                <dd lang="ja">{text}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

/** Certificates are issued in Japan: its time, wherever the reader is. */
function japaneseTime(ms: number, language: string): string {
  return new Date(ms).toLocaleString(language, { timeZone: "Asia/Tokyo", timeZoneName: "short" });
}

/** The eight parts of the front from top to bottom: read, not readable (hatched), or false. */
function Strips({ back }: { readonly back: InquiryBack }) {
  const { t } = useWords();
  return (
    <ol class="strips" aria-label={t("strips")}>
      {back.strips.map((state, index) => (
        <li key={`${index} ${state}`} class={`strip strip-${state}`}>
          {t(`strip.${state}`, { number: index + 1 })}
        </li>
      ))}
    </ol>
  );
}
