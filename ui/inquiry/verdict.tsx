import { useWords } from "./words.ts";

export type SignName = "good" | "bad" | "unsure";

/** Codes with words of their own; every other one gets the general ones. */
const FAILURES: ReadonlySet<string> = new Set([
  "offline",
  "K-IMAGE-103",
  "K-IMAGE-104",
  "K-IMAGE-109",
  "K-IMAGE-112",
  "K-IMAGE-113",
  "K-IMAGE-114",
  "K-NET-106",
  "K-INQ-101",
  "K-INQ-102",
]);

/** Why nothing more comes of a file: a code of the site, or `offline`. */
export function Failed({ code = "" }: { readonly code?: string | undefined }) {
  return <Verdict sign="unsure" name={`failed.${FAILURES.has(code) ? code : "other"}`} code={code} />;
}

/** One answer in words, with its sign: what it is, and what to do next. `name` is its key in the words. */
export function Verdict(props: {
  readonly sign: SignName;
  readonly name: string;
  readonly code?: string | undefined;
  /** Of what the words count, where they do. */
  readonly count?: number;
}) {
  const { t } = useWords();
  return (
    <div class={`verdict verdict-${props.sign}`} data-answer={props.name}>
      <Sign sign={props.sign} />
      <div>
        <p class="verdict-what">{t(`answer.${props.name}.what`, { count: props.count })}</p>
        <p class="verdict-next">{t(`answer.${props.name}.next`, { count: props.count })}</p>
        {props.code !== undefined && props.code !== "offline" && <p class="verdict-code">{props.code}</p>}
      </div>
    </div>
  );
}

function Sign({ sign }: { readonly sign: SignName }) {
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
