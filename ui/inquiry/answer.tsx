import type { InquiryAnswer, InquiryBack } from "../../src/protocol/inquiry.ts";
import { ComparisonAnswer, GiveFront } from "./comparison.tsx";
import { ProtectionsLink } from "./protections.tsx";
import { isPerhapsFront, type Scan } from "./scans.ts";
import { Failed, type SignName, Verdict } from "./verdict.tsx";
import { useWords } from "./words.ts";
import { isUnderWay, Working } from "./working.tsx";

/** What the sign beside an answer is; its colour says nothing that the sign and the words do not. */
const signs: Readonly<Record<InquiryAnswer, SignName>> = {
  genuine: "good",
  altered: "bad",
  voided: "bad",
  partial: "unsure",
  unreadable: "unsure",
  "not-ours": "unsure",
  "unknown-key": "bad",
};

/** One given file: how far it is, and what each of its backs proves. */
export function ScanAnswer({ scan, giveFront }: { readonly scan: Scan; readonly giveFront: (front: File) => void }) {
  const { t, language } = useWords();
  const working = isUnderWay(scan.state);
  return (
    <article class="scan" data-state={scan.state} aria-busy={working}>
      <h3 class="scan-name">{scan.name}</h3>
      <div aria-live="polite">
        <Working state={scan.state} />
        {scan.full.map((count, index) => (
          <Verdict key={`more ${index}`} sign="unsure" name="more" count={count} />
        ))}
        {scan.backs.map((back, index) => {
          const key = `${back.number} ${index}`;
          if (isPerhapsFront(scan, back)) return <NoBack key={key} back={back} />;
          return <BackAnswer key={key} back={back} pictureUrl={scan.pictureUrl} giveFront={giveFront} />;
        })}
        {scan.withheld.map((code, index) => (
          <Verdict key={`${code} ${index}`} sign="unsure" name="withheld" />
        ))}
        {scan.state === "failed" && <Failed code={scan.failure} />}
      </div>
      {!working && <ProtectionsLink />}
      {scan.asOfMs !== undefined && <p class="as-of">{t("asOf", { time: japaneseTime(scan.asOfMs, language) })}</p>}
    </article>
  );
}

function NoBack({ back: { number, count } }: { readonly back: InquiryBack }) {
  const { t } = useWords();
  return (
    <section class="back" data-answer="no-back">
      <h4>{t("pageOfScan", { number, count })}</h4>
      <p>{t("noBack")}</p>
    </section>
  );
}

function BackAnswer(props: {
  readonly back: InquiryBack;
  readonly pictureUrl: string | undefined;
  readonly giveFront: (front: File) => void;
}) {
  const { t } = useWords();
  const { back, pictureUrl } = props;
  const front = back.frontPng === undefined ? undefined : `data:image/png;base64,${back.frontPng}`;
  const laid = back.comparison?.aligned === true;
  return (
    <section class="back">
      {back.count > 1 && <h4>{t("pageOfScan", { number: back.number, count: back.count })}</h4>}
      <Verdict sign={signs[back.answer]} name={back.answer} />
      <Facts back={back} />
      {back.strips.length > 0 && back.answer !== "genuine" && <Strips back={back} />}
      {back.comparison && front !== undefined && <ComparisonAnswer comparison={back.comparison} frontUrl={front} />}
      {!laid && <Pictures front={front} scan={pictureUrl} />}
      {front !== undefined && <p class="compare">{t("compare")}</p>}
      <GiveFront back={back} give={props.giveFront} />
    </section>
  );
}

function Pictures({ front, scan }: { readonly front: string | undefined; readonly scan: string | undefined }) {
  const { t } = useWords();
  return (
    <div class="pictures">
      {front !== undefined && (
        <figure>
          <figcaption>{t("picture.front")}</figcaption>
          <a href={front} download="front.png" aria-label={t("picture.save")}>
            <img src={front} alt={t("picture.front.alt")} />
          </a>
        </figure>
      )}
      {scan !== undefined && (
        <figure>
          <figcaption>{t("picture.scan")}</figcaption>
          <img src={scan} alt={t("picture.scan.alt")} />
        </figure>
      )}
    </div>
  );
}

function Facts({ back }: { readonly back: InquiryBack }) {
  const { t, language } = useWords();
  const { fields, fieldsOk, code } = back;
  // Where the pattern says nothing, the signed code may still say whose back it is.
  const document = back.document ?? code.data;
  if (!document) return null;
  const issued = fields ?? (code.state === "ok" ? code.data : undefined);
  const rows: [string, string][] = [
    [t("fact.documentId"), document.documentId],
    [t("fact.page"), t("fact.pageOf", { page: document.page, pages: document.pages })],
  ];
  if (issued) {
    rows.push([t("fact.issuer"), issued.issuer]);
    rows.push([t("fact.issuedAt"), japaneseTime(issued.issuedAtMs, language)]);
  }
  rows.push([t("fact.code"), t(`code.${code.state}`)]);
  return (
    <>
      {!fieldsOk && <p class="claimed">{t(code.state === "ok" ? "byCode" : "claimed")}</p>}
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
